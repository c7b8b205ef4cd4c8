#ifndef BOUNCELAB_DETECTORS_READERS_REPORTED_REPLY_H
#define BOUNCELAB_DETECTORS_READERS_REPORTED_REPLY_H

#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * A reply that ended a step of a delivery, or the failure to get one, as a log, a bounce, a
 * program's error or a queue's listing reports it.
 */
struct ReportedReply
{
    /// Who wrote it down.
    enum class Witness : std::uint8_t
    {
        Client, //!< A sending host: the reply is another's.
        Server, //!< A receiving host of what it answered itself.
    };

    std::uint32_t line = 0;  //!< From 1.
    std::uint32_t lines = 1; //!< How many lines of the text it takes.
    std::string text;        //!< The line, or the first one, as it stands.
    std::optional<WallTime> time;
    Witness witness = Witness::Client;
    std::string program; //!< "Postfix log", "Exim bounce"
    std::string queueId;
    std::string messageId;
    std::string sender;
    std::string recipient;
    std::string host;       //!< Name of the other end, in lower case; empty = not told.
    HostAddress address;    //!< Of the other end.
    std::string stage;      //!< "connect", "greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT",
                            //!< "DATA", "content"; empty = not told.
    std::uint32_t code = 0; //!< 0 = there was no reply.
    std::string enhanced;   //!< "5.7.1"; empty = none.
    std::string status;     //!< That the report itself gives; empty = none.
    std::string reply;      //!< Without codes in front of each line, lines joined by a space.
    std::string failure;    //!< Where there was no reply: "Connection timed out".
    bool isFinal = false;   //!< The sender gives up.
};

/// A reply found in a text: where it stands, its codes, and its words.
struct FoundReply
{
    std::size_t at = 0;
    std::size_t end = 0;
    std::uint32_t code = 0;
    std::string enhanced;
    std::string words; //!< With the codes of continued lines taken out.
};

/**
 * The first reply of class 4 or 5 in a text. A number alone is none: an enhanced code has to
 * follow, or words that lead to a reply have to stand before it ("said:", "reject", "response",
 * "stat=").
 */
std::optional<FoundReply> FindReply(std::string_view text);

/// "Connection timed out" of whatever words a program has for it; "" where the text tells of no
/// connection that failed.
std::string ConnectFailureIn(std::string_view text);

/// "RCPT" of "(in reply to RCPT TO command)", "content" of "after end of data"; "" if none is
/// named.
std::string StageIn(std::string_view text);

/// "mx.example" and "203.0.113.5" of "mx.example[203.0.113.5]:25", "mx.example [203.0.113.5]".
void ReadHost(std::string_view text, std::string& name, HostAddress& address);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPORTED_REPLY_H
