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

    /// What a text shows of where a reply comes from.
    enum class Standing : std::uint8_t
    {
        Record, //!< A log, a report or a program's error has it, or it names whom it is about.
        Alone,  //!< The words of a reply, and nothing of a delivery.
    };

    std::uint32_t line = 0;  //!< From 1.
    std::uint32_t lines = 1; //!< How many lines of the text it takes.
    std::string text;        //!< The line, or the first one, as it stands.
    std::optional<WallTime> time;
    Witness witness = Witness::Client;
    Standing standing = Standing::Record;
    std::string program; //!< "Postfix log", "Exim bounce"
    std::string queueId;
    std::string messageId;
    std::string sender;
    std::string recipient;
    std::string host;           //!< Name of the other end, in lower case; empty = not told.
    HostAddress address;        //!< Of the other end.
    HostAddress witnessAddress; //!< Unknown where it is not told.
    std::string hello;          //!< By which the client greeted, if a session shows it.
    std::string stage;      //!< "connect", "greeting", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT",
                            //!< "DATA", "content"; empty = not told.
    std::uint32_t code = 0; //!< 0 = there was no reply.
    std::string enhanced;   //!< "5.7.1"; empty = none.
    std::string status;     //!< That the report itself gives; empty = none.
    std::string reply;      //!< Without codes in front of each line, lines joined by a space.
    std::string failure;    //!< Where there was no reply: "Connection timed out".
    std::string ownTrouble; //!< Of the witness's own programs, what failed; empty = another host.
    bool isCodeTold = true; //!< Else the record shows the class alone, of which `code` is any.
    bool isFinal = false;   //!< The sender gives up.
    bool isUnreported = false; //!< The log shows the message's end, and no report to its sender.

    /// 4 or 5: by the reply, else by the codes of the report, else by what the sender does.
    std::uint32_t Class() const;

    /// Whether a server answered, be it that its code is not told.
    bool HasReply() const { return code != 0 || !reply.empty(); }

    /// The words of the server, or of the sending host where there was no reply.
    const std::string& Words() const { return reply.empty() ? failure : reply; }
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
 * The first reply of class 4 or 5 in the words that a record has for what went wrong: "host
 * mx.example said: 550 5.1.1 ...". A number alone is none: an enhanced code has to follow, or
 * words that lead to a reply have to stand before it ("said:", "reject", "response", "stat="), or
 * nothing. Texts of unknown kinds are for FindReplyInText().
 */
std::optional<FoundReply> FindReply(std::string_view text);

/// The reply of which the code stands at `at`: its enhanced code and its words.
FoundReply ReadReplyAt(std::string_view text, std::size_t at);

/// Whether three digits of class 4 or 5 stand there, bounded as those of a reply are.
bool IsReplyCodeAt(std::string_view text, std::size_t at);

/// "5.7.1" off the front of a text, in brackets or behind "#" or not; "" if there is none.
std::string TakeEnhancedCode(std::string_view& text);

/// "Connection timed out" of whatever words a program has for it; "" where the text tells of no
/// connection that failed.
std::string ConnectFailureIn(std::string_view text);

/**
 * What a sending host says of a delivery for which no server answered, or that it gave up by
 * itself: "connect to mx.example[192.0.2.1]:25: Connection refused", "unknown user: \"joe\"",
 * "lost connection with mx.example[192.0.2.1] while sending RCPT TO", Postfix's words and those of
 * others. Sets the failure, and as far as told the step, the other end and the codes.
 */
void ReadOwnWords(std::string_view text, ReportedReply& reply);

/// Fills a reply from the words that a log's status or a bounce has for what went wrong: a server's
/// reply, or the sending host's own words.
void ReadReason(std::string_view words, ReportedReply& reply);

/// "RCPT" of "(in reply to RCPT TO command)", "content" of "after end of data"; "" if none is
/// named.
std::string StageIn(std::string_view text);

/// "mx.example" and "203.0.113.5" of "mx.example[203.0.113.5]:25", "mx.example [203.0.113.5]".
void ReadHost(std::string_view text, std::string& name, HostAddress& address);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPORTED_REPLY_H
