#ifndef BOUNCELAB_MODELS_MAIL_MESSAGE_H
#define BOUNCELAB_MODELS_MAIL_MESSAGE_H

#include "formats/address.h"
#include "models/smtp/transaction.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::mail
{

/// The text of a message as it lies on a disk: lines end in LF. Shared by all who hold the message.
using Content = std::shared_ptr<const std::string>;

struct QueueEnvelope
{
    std::string sender; //!< Without angle brackets; empty for the null sender of a bounce.
    std::vector<std::string> recipients;
    smtp::DsnRequest dsn = {}; //!< What the sender asked for (RFC 3461), as it came over the wire.
};

/// How a message came in by SMTP: what a Received field tells.
struct Arrival
{
    std::string helo; //!< Name that the client gave; empty if it gave none.
    std::string clientName = "unknown";
    IpAddress client;
    std::string protocol = "SMTP"; //!< "SMTP", "ESMTP", "ESMTPS", "ESMTPSA" (RFC 3848).
};

/// A message as it is handed to a queue.
struct Submission
{
    QueueEnvelope envelope;
    Content content;
    std::uint32_t uid = 0;               //!< User that submits it.
    std::optional<Arrival> arrival = {}; //!< It was received by SMTP, and gets a Received field.
};

/// The text with CRLF line ends, as it goes over the wire (without dot-stuffing).
std::string WithNetworkLineEnds(std::string_view content);

/// The text with LF line ends; a bare CR stays.
std::string WithDiskLineEnds(std::string_view content);

/// The header with its last line end, without the empty line that ends it.
std::string_view HeaderOf(std::string_view content);

/// Received fields in the header: the hops that a message has behind it (RFC 5321 6.3).
std::uint32_t CountReceived(std::string_view content);

/// The Message-ID with its angle brackets, unfolded; empty without such a field in the header.
std::string_view MessageIdOf(std::string_view content);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MESSAGE_H
