#ifndef BOUNCELAB_LAB_EVIDENCE_EXCHANGE_PROTOCOL_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_EXCHANGE_PROTOCOL_LOG_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/evidence/rolling-log.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// One end of a connection; port 0 leaves the field empty.
struct LogEndpoint
{
    Ipv4 address;
    std::uint16_t port = 0;
};

/// One thing that a connector logs. Views have to live during the call only.
struct ProtocolLogRecord
{
    std::int64_t timeNs = 0;    //!< Simulated.
    std::string_view connector; //!< "WIN-TQTAID053PB\Default WIN-TQTAID053PB"
    std::uint64_t session = 0;  //!< Unique and rising (S000-26); drawn by the connector.
    LogEndpoint local;
    LogEndpoint remote;
    char event = fields::protocol::INFORMATION; //!< One of formats/exchange-fields.h.
    /// A command or a reply without its line end; a reply of several lines has them joined by LF
    /// and gives a row each.
    std::string_view data;
    std::string_view context; //!< Words of formats/exchange-fields.h; "Local" or "Remote" at '-'.
};

/// Which connectors a protocol log tells of.
enum class ProtocolLogKind
{
    Receive, //!< RECVyyyymmdd-n.log
    Send,    //!< SENDyyyymmdd-n.log
};

struct ProtocolLogOptions : RollingLogOptions
{
    /// Cuts "receiving message" rows behind the session id, as the document's excerpt is cut
    /// (S000-18). For tests of readers.
    bool documentCut = false;
};

/**
 * A server's SMTP protocol log (facts F25, F26). Rows get sequence numbers from 0 without gaps per
 * session; stamps are the host clock's, in UTC, cut to the millisecond. Sessions may interleave as
 * they like; a session's numbers begin anew behind its '-'.
 */
class ExchangeProtocolLog
{
  public:
    /// \param vantage not owned.
    ExchangeProtocolLog(VantageFolder& vantage,
                        const HostClock& clock,
                        ProtocolLogKind kind,
                        const ProtocolLogOptions& options = {});

    void Write(const ProtocolLogRecord& record);

    /// Data of a "receiving message" row: "08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;1".
    /// \param connectedNs simulated time at which the session began.
    /// \param count messages of this session so far, this one included.
    std::string ReceivingMessage(std::uint64_t session, std::int64_t connectedNs, int count) const;

    void Close() { m_files.Close(); }

  private:
    void PutRow(const ProtocolLogRecord& record, std::uint32_t sequence, std::string_view data);

    RollingLog m_files;
    HostClock m_clock;
    bool m_documentCut;
    std::map<std::uint64_t, std::uint32_t> m_next; //!< Sequence numbers of open sessions.
    std::string m_line;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_EXCHANGE_PROTOCOL_LOG_H
