#ifndef BOUNCELAB_DETECTORS_ANALYSIS_EVIDENCE_CLOCKS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_EVIDENCE_CLOCKS_H

#include "detectors/analysis/auth-traffic.h"
#include "detectors/analysis/clock-offset.h"
#include "detectors/analysis/session-table.h"
#include "detectors/readers/server-logs.h"
#include "formats/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// What several clocks can have stamped.
enum class Shared : std::uint8_t
{
    Session, //!< By logs of either end, and captures on the way.
    Message, //!< By tracking logs, and by the log of the session that it came or went by.
    Request, //!< To a domain controller, by captures.
    Refusal, //!< Of a log-on, by event logs, and by receive logs and captures of the session.
};

constexpr std::size_t SHARED_KINDS = 4;

/// How far a file's clock is ahead of another's.
struct ClockEstimate
{
    ClockInterval ahead;
    std::array<std::size_t, SHARED_KINDS> shared{}; //!< By Shared: how much of it was compared.
    std::vector<std::string> between;               //!< Files of a chain.

    /// "12 sessions that both saw", "12 sessions and 1 message by way of hub1/capture.pcap"
    std::string Basis() const;
};

/// The clocks that files of evidence were stamped by, as far as what several of them saw tells
/// them apart. Each file has one of its own, for nothing says that two were written on one host.
class EvidenceClocks
{
  public:
    EvidenceClocks(SessionTable& table,
                   const EvidenceContext& context,
                   const std::vector<KerberosExchange>& exchanges,
                   const std::vector<SealedSession>& sealed = {});

    /// At a time of the reference's clock: straight, or by way of other files that share something
    /// with both. Nothing where no way leads from one to the other.
    std::optional<ClockEstimate> Ahead(const std::string& file,
                                       const std::string& reference,
                                       WallTime time) const;

  private:
    struct Link
    {
        ClockOffset ahead;
        ClockInterval tightest = ClockInterval::Any();
        std::array<std::size_t, SHARED_KINDS> shared{};
    };

    using Sessions = std::vector<const SmtpSession*>;

    void AddSessions(const Sessions& sessions);
    void AddTransfers(const Sessions& sessions, const ServerLogs& logs);
    void AddMessages(const ServerLogs& logs);
    void AddRequests(const std::vector<KerberosExchange>& exchanges);
    void AddRefusals(const ServerLogs& logs, const std::vector<SealedSession>& sealed);
    /// A thing that two files stamped at these times, and how far the first one's clock is ahead.
    void Add(Shared shared,
             const std::pair<const std::string&, WallTime>& one,
             const std::pair<const std::string&, WallTime>& other,
             const ClockInterval& ahead);
    std::vector<std::string> WayTo(const std::string& file, const std::string& from) const;

    std::map<std::string, std::map<std::string, Link>> m_links; //!< By reference, then file.
    mutable std::map<std::pair<std::string, std::string>, std::vector<std::string>> m_ways;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_EVIDENCE_CLOCKS_H
