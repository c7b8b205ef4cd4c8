#ifndef BOUNCELAB_MODELS_MAIL_MESSAGE_H
#define BOUNCELAB_MODELS_MAIL_MESSAGE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::mail
{

/// The text of a message as it lies on a disk: lines end in LF. Shared by all who hold the message.
using Content = std::shared_ptr<const std::string>;

struct Envelope
{
    std::string sender; //!< Without angle brackets; empty for the null sender of a bounce.
    std::vector<std::string> recipients;
};

/// A message as somebody hands it to a queue.
struct Submission
{
    Envelope envelope;
    Content content;
    std::uint32_t uid = 0; //!< User that submits it.
};

/// The text with CRLF line ends, as it goes over the wire (without dot-stuffing).
std::string WithNetworkLineEnds(std::string_view content);

/// The text with LF line ends; a bare CR stays.
std::string WithDiskLineEnds(std::string_view content);

/// The Message-ID with its angle brackets, unfolded; empty without such a field in the header.
std::string_view MessageIdOf(std::string_view content);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MESSAGE_H
