#ifndef BOUNCELAB_DETECTORS_READERS_REPLY_IN_TEXT_H
#define BOUNCELAB_DETECTORS_READERS_REPLY_IN_TEXT_H

#include "detectors/readers/reported-reply.h"

#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// A reply that a line of a text reports, and how firmly.
struct ReplyInText : FoundReply
{
    ReportedReply::Standing standing = ReportedReply::Standing::Record;
    bool isLed = false; //!< Words of a program lead to it: "The server response was:".
};

/**
 * The first reply that a line reports, in a text of whatever kind. What only mentions replies
 * reports none: configuration, rules of filters and programs' source, a reply quoted in the middle
 * of a sentence, an explanation of codes, prices.
 *
 * A reply counts as reported behind words by which programs lead to it; behind a colon or at the
 * front of a line, if it has an enhanced code or words of refusal; anywhere, if it has an enhanced
 * code and the line names an address or a mailbox. Otherwise its words have to be about mail.
 * \param isReport the lines before show that the text is a bounce or a program's error.
 */
std::optional<ReplyInText> FindReplyInText(std::string_view line, bool isReport);

/// Whether a line is configuration, a rule of a filter, or a program's source.
bool IsSettings(std::string_view line);

/// Whether a text names a mailbox or an address: whom it is about.
bool HasParticulars(std::string_view text);

/// Whether words could be a mail server's: they speak of mailboxes, relaying, block lists and such.
bool IsAboutMail(std::string_view words);

/// Whether words refuse something, whatever it is: they say that it is denied, invalid or too much.
/// Those of file transfer and web servers do not count.
bool IsRefusing(std::string_view words);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPLY_IN_TEXT_H
