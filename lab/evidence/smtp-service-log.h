#ifndef BOUNCELAB_LAB_EVIDENCE_SMTP_SERVICE_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_SMTP_SERVICE_LOG_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/smtp-service-fields.h"
#include "lab/evidence/output-file.h"
#include "lab/evidence/vantage-folder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// Milliseconds since a Windows host was started, as GetTickCount() gives them: they rise 64 times
/// a second, by 15 or 16 (S002-63).
class TickCount
{
  public:
    /// \param bootNs when the host was started, simulated time; 0 or less
    explicit TickCount(std::int64_t bootNs)
        : m_bootNs(bootNs)
    {
    }

    /// \param timeNs not before the host was started
    std::int64_t At(std::int64_t timeNs) const
    {
        constexpr std::int64_t TICK_NS = 15625000;
        return (timeNs - m_bootNs) / TICK_NS * TICK_NS / 1000000;
    }

  private:
    std::int64_t m_bootNs;
};

/// One row. Empty texts are written "-"; views have to live during the call only.
struct SmtpServiceRecord
{
    std::int64_t timeNs = 0;  //!< Simulated; when the service has dealt with it.
    std::int64_t sinceNs = 0; //!< From where time-taken counts; the same clock.
    Ipv4 remote;
    std::string_view user;     //!< HELO name, or a word of formats/smtp-service-fields.h.
    std::optional<Ipv4> local; //!< Inbound rows alone tell it.
    std::uint16_t port = 0;    //!< 0 inbound, the server's port outbound.
    std::string_view method;
    std::string_view query; //!< Spaces are written "+".
    int status = 0;
    std::int64_t win32Status = 0;
    std::size_t sentBytes = 0;
    std::size_t receivedBytes = 0;
};

/**
 * exYYMMDD.log of the SMTP service of IIS, with all fields: a file for each UTC day, stamps cut to
 * the second (fact F45). No file is made before there is a row for it.
 */
class SmtpServiceLog
{
  public:
    /**
     * \param vantage not owned. \param computer NetBIOS name of the server
     * \param version of IIS: "5.0", "6.0"
     */
    SmtpServiceLog(VantageFolder& vantage,
                   const HostClock& clock,
                   TickCount ticks,
                   std::string computer,
                   std::string version);

    void Write(const SmtpServiceRecord& record);

    /// What time-taken would say.
    std::int64_t TakenMs(std::int64_t sinceNs, std::int64_t timeNs) const
    {
        return m_ticks.At(timeNs) - m_ticks.At(sinceNs);
    }

    /// Throws std::runtime_error as OutputFile does.
    void Close();

  private:
    void Begin(std::int64_t day, const std::string& stamp);
    void Put(std::string_view field);

    VantageFolder& m_vantage;
    HostClock m_clock;
    TickCount m_ticks;
    std::string m_computer;
    std::string m_version;
    std::unique_ptr<OutputFile> m_file;
    std::int64_t m_day = 0; //!< Since 1970, of the open file.
    std::string m_line;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SMTP_SERVICE_LOG_H
