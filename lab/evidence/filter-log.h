#ifndef BOUNCELAB_LAB_EVIDENCE_FILTER_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_FILTER_LOG_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/describe.h"
#include "lab/evidence/output-file.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// What a filter agent did.
enum class FilterAction
{
    Pass,
    Whitelist, //!< Passed because an exception list says so.
    Count,     //!< An invalid delivery attempt was counted against the address.
    Reject,    //!< Refused by one of its tests.
    Ban,       //!< Refused because the address is banned, or: the ban begins.
    Tarpit,    //!< Its reply is delayed.
};

constexpr std::array<EnumName<FilterAction>, 6>
EnumNames(FilterAction)
{
    return {{{"pass", FilterAction::Pass},
             {"whitelist", FilterAction::Whitelist},
             {"count", FilterAction::Count},
             {"reject", FilterAction::Reject},
             {"ban", FilterAction::Ban},
             {"tarpit", FilterAction::Tarpit}}};
}

/// One decision of the agent. Empty members are written "-"; views have to live during the call
/// only.
struct FilterLogRecord
{
    std::int64_t timeNs = 0; //!< Simulated.
    bool onArrival = false;  //!< At DATA; else before arrival, at RCPT.
    std::string_view test;   //!< "dha-protection", "sender-whitelist", "recipient", "tarpit"
    FilterAction action = FilterAction::Pass;
    Ipv4 remote;
    std::string_view ptr; //!< Name of the remote address, where the agent looked it up.
    std::string_view helo;
    std::string_view sender;        //!< Mailbox; "<>" for the null path.
    std::string_view recipient;     //!< Mailbox.
    std::string_view authenticated; //!< Name that the session authenticated as.
    std::string_view reply;         //!< What the agent answered.
    std::string_view comment;       //!< "3 of 3 invalid attempts in 00:10:00"
};

/// The agent's text log. ORF's own format is not public; this one is the lab's
/// (docs/formats-exchange.md).
class FilterLog
{
  public:
    /// \param file where the log goes, empty as yet; not owned.
    FilterLog(OutputFile& file, const HostClock& clock);

    void Write(const FilterLogRecord& record);

  private:
    void Put(std::string_view field);

    OutputFile& m_file;
    HostClock m_clock;
    std::string m_line;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_FILTER_LOG_H
