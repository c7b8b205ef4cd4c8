#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REPLY_AUTHOR_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REPLY_AUTHOR_H

#include "detectors/readers/reported-reply.h"

#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// Who wrote a reply, by its own words.
struct ReplyAuthor
{
    bool isGenuine = false; //!< It has marks that only the server's own program makes.
    bool isSample = false;  //!< Words of RFC 821's tables, which programs on the path use too.
    std::string why;        //!< One clause.
};

ReplyAuthor AuthorOf(const ReportedReply& reply);

/// "XXXXXXXX" of "500 5.0.0 'XXXXXXXX': command not understood"; empty where no masked word is
/// quoted, or not as a command that is unknown.
std::string_view MaskedWordIn(const ReportedReply& reported);

/// Whether a reply is what an Exchange server says itself of a server that it called.
bool IsOfSendingExchange(const ReportedReply& reply);

/// Whether a log that quotes nothing else has a reply that anybody on the path could give, in a few
/// words.
bool IsBareInQmailLog(const ReportedReply& reply);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REPLY_AUTHOR_H
