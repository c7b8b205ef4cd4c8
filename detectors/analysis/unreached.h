#ifndef BOUNCELAB_DETECTORS_ANALYSIS_UNREACHED_H
#define BOUNCELAB_DETECTORS_ANALYSIS_UNREACHED_H

#include "detectors/readers/reported-reply.h"

#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// What kept a delivery from any server's answer.
enum class Unreached
{
    No,      //!< A server answered, or the sending host refuses by itself.
    Silent,  //!< Nothing came back.
    Refused, //!< A reset came back.
    Local,   //!< This host has no address or no route.
    Name,    //!< The name has no address.
    Tls,     //!< No encryption was agreed on.
    Lost,    //!< The connection stood, and broke.
    Stalled, //!< It stood, and what was waited for did not come.
    Other,
};

Unreached UnreachedBy(const ReportedReply& reply);

/// What a kind of failure means.
struct UnreachedText
{
    std::string_view dottedClass;
    std::string_view what;
    std::string_view side;
    std::string_view next;
};

/// \param failure the words that a program has for it
UnreachedText TextOf(Unreached kind, const std::string& failure);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_UNREACHED_H
