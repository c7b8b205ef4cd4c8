#include "detectors/readers/daemon-start-reader.h"

#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::string_view, 3> BEGINNINGS{
    "starting daemon (",          // sendmail
    "daemon started -- version ", // Postfix's master
    " daemon started: pid=",      // Exim
};

constexpr std::array<std::string_view, 4> ENDS{
    "stopping daemon, reason=",         // sendmail
    "stopping the Postfix mail system", // postfix-script
    "terminating on signal ",           // Postfix's master
    " daemon shutdown",                 // Exim, of old: by SIGTERM
};

template <class Words>
bool
HasAny(std::string_view text, const Words& words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
}

} // namespace

bool
DaemonStartReader::Line(std::uint32_t number, std::string_view text)
{
    if (HasAny(text, ENDS))
    {
        m_hasEnded = true;
    }
    else if (HasAny(text, BEGINNINGS))
    {
        const auto stamp = TakeSyslogStamp(text);
        if (stamp && !m_hasEnded)
        {
            m_handler({number, stamp->In1972(), std::string(text)});
        }
        m_hasEnded = false;
    }
    return false;
}

} // namespace bouncelab::detectors
