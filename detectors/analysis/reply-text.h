#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REPLY_TEXT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REPLY_TEXT_H

#include "detectors/readers/reported-reply.h"

#include <string>

namespace bouncelab::detectors
{

/// The other end by its name, else by its address: "mx.example", "a client".
std::string NameOf(const ReportedReply& reply);

/// "550 5.7.1 \"Our system has ...\"", 160 octets of the words at most.
std::string Quote(const ReportedReply& reply);

/// "mx.example refuses at RCPT with 550 5.1.1 ..."
std::string Saying(const ReportedReply& reply);

/// Whether packets show the reply, captured or printed ones.
bool IsCaptured(const ReportedReply& reply);

/// "line 7", "frame 7", "packet 7"
std::string PlaceOf(const ReportedReply& reply);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REPLY_TEXT_H
