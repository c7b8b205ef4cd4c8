#ifndef BOUNCELAB_LAB_EVIDENCE_PROTOCOL_ROWS_H
#define BOUNCELAB_LAB_EVIDENCE_PROTOCOL_ROWS_H

#include "lab/evidence/log-writer.h"
#include "lab/evidence/rolling-log.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// What all rows of a session have.
struct ProtocolSession
{
    std::string_view connector;
    std::uint64_t id = 0;
    std::string local; //!< "192.0.2.1:25"
    std::string remote;
};

/**
 * The rows of an SMTP protocol log of Exchange's, of either kind (facts F25, F26). Sequence numbers
 * count from 0 without gaps in each session; stamps are the host clock's, in UTC, cut to the
 * millisecond; a text of several lines gives a row each.
 */
class ProtocolRows
{
  public:
    /// \param prefix of the files' names \param type as the header has it
    ProtocolRows(const LogPlace& place, std::string_view prefix, std::string_view type);

    void Write(const ProtocolSession& session,
               Nanoseconds time,
               char event,
               std::string_view data,
               std::string_view context = {});

    /// A command line, by either end; what a client says during AUTH is left out.
    void WriteCommand(const ProtocolSession& session, const smtp::CommandEvent& event, char sign);

    /// A reply, by either end; a challenge is named and not quoted.
    void WriteReply(const ProtocolSession& session, const smtp::ReplyEvent& event, char sign);

    void End(std::uint64_t session) { m_next.erase(session); }

    void Close() { m_files.Close(); }

    const HostClock& Clock() const { return m_clock; }

  private:
    RollingLog m_files;
    HostClock m_clock;
    std::map<std::uint64_t, std::uint32_t> m_next; //!< Sequence numbers of open sessions.
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_PROTOCOL_ROWS_H
