#include "formats/dialects.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/windows-times.h"

#include <fmt/format.h>

namespace bouncelab::evidence::windows
{

namespace
{

constexpr std::string_view WARNING = "Warning";
constexpr std::string_view FAULT = "Error";
constexpr std::string_view INFORMATION = "Information";

constexpr std::string_view TRANSPORT = "MSExchangeTransport";
constexpr std::string_view CONTROLLER = "Microsoft-Windows-Kerberos-Key-Distribution-Center";
constexpr std::string_view KERBEROS = "Microsoft-Windows-Security-Kerberos";
constexpr std::string_view TIME = "Microsoft-Windows-Time-Service";
constexpr std::string_view KERNEL = "Microsoft-Windows-Kernel-General";

/// An entry of an event log.
struct Entry
{
    std::string_view log = "System";
    std::string_view source;
    int id = 0;
    std::string_view level = FAULT;
    std::string_view category = "None";
    std::string text;
};

/// Seconds of a duration, cut.
std::int64_t
SecondsOf(Nanoseconds duration)
{
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

/// Whoever logs on over SMTP and does not prove it (facts F32, F33): event 1035.
Entry
EntryOf(const connector::SessionInfo& session, const connector::LogonFailureEvent& event)
{
    const std::string_view id = session.connector;
    return {"Application",
            TRANSPORT,
            1035,
            WARNING,
            "SmtpReceive",
            fmt::format("Inbound authentication failed with error {} for Receive connector {}. The "
                        "authentication mechanism is {}. The source IP address of the client who "
                        "tried to authenticate to Microsoft Exchange is [{}].",
                        event.error,
                        id.substr(id.find('\\') + 1),
                        event.mechanism,
                        session.connection->client.ToString())};
}

Entry
EntryOf(const kerberos::KdcEvent& event)
{
    return {"System",
            CONTROLLER,
            11,
            FAULT,
            "None",
            fmt::format("The KDC encountered duplicate names while processing a Kerberos "
                        "authentication request. The duplicate name is {0} (of type "
                        "DS_SERVICE_PRINCIPAL_NAME). This may result in authentication failures or "
                        "downgrades to NTLM. In order to prevent this from occuring remove the "
                        "duplicate entries for {0} in Active Directory.",
                        event.service)};
}

/// Written where Kerberos's events are switched on (KB 262177); its fields without a value, and
/// File and Line, are left out.
Entry
EntryOf(const kerberos::ClientEvent& event)
{
    return {"System",
            KERBEROS,
            3,
            FAULT,
            "None",
            fmt::format("A Kerberos Error Message was received:\n Error Code: {:#x} {}\n Server "
                        "Name: {}",
                        static_cast<std::int64_t>(event.error),
                        NameOf(event.error),
                        event.service)};
}

Entry
EntryOf(const kerberos::TimeEvent& event, WallTime clock)
{
    using Kind = kerberos::TimeEvent::Kind;
    switch (event.kind)
    {
    case Kind::Synchronized:
        return {"System",
                TIME,
                35,
                INFORMATION,
                "None",
                fmt::format("The time service is now synchronizing the system time with the time "
                            "source {}.",
                            event.source)};
    case Kind::CorrectionRefused:
        return {
            "System",
            TIME,
            34,
            FAULT,
            "None",
            fmt::format("The time service has detected that the system time needs to be changed "
                        "by {} seconds. The time service will not change the system time by "
                        "more than {} seconds. Verify that your time and time zone are "
                        "correct, and that the time source {} is working properly.",
                        SecondsOf(event.offset),
                        SecondsOf(event.limit),
                        event.source)};
    case Kind::SourceLost:
        return {
            "System",
            TIME,
            24,
            WARNING,
            "None",
            fmt::format("Time Provider NtpClient: No valid response has been received from "
                        "domain controller {} after 8 attempts to contact it. This domain "
                        "controller will be discarded as a time source and NtpClient will "
                        "attempt to discover a new domain controller from which to synchronize.",
                        event.source)};
    case Kind::NoSource:
        return {"System",
                TIME,
                29,
                FAULT,
                "None",
                "The time provider NtpClient is configured to acquire time from one or more time "
                "sources, however none of the sources are currently accessible. No attempt to "
                "contact a source will be made for 14 minutes. NtpClient has no source of accurate "
                "time."};
    case Kind::Set:
        break;
    }
    return {"System",
            KERNEL,
            1,
            INFORMATION,
            "None",
            fmt::format("The system time has changed to {} from {}.",
                        UtcStamp(clock),
                        UtcStamp(clock - event.offset))};
}

} // namespace

/// The entries that mail and its authentication bring into a host's event logs.
class EventLogs : public LogWriter
{
  public:
    explicit EventLogs(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
        , m_hostname(place.hostname)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* failure = event.As<connector::LogonFailureEvent>())
        {
            Write(event.time, EntryOf(*event.session, *failure));
        }
        else if (const auto* answer = event.As<kerberos::KdcEvent>())
        {
            if (answer->kind == kerberos::KdcEvent::Kind::DuplicateName)
            {
                Write(event.time, EntryOf(*answer));
            }
        }
        else if (const auto* ticket = event.As<kerberos::ClientEvent>())
        {
            if (ticket->kind == kerberos::ClientEvent::Kind::Failed &&
                ticket->error != kerberos::ErrorCode::ServiceUnavailable)
            {
                Write(event.time, EntryOf(*ticket));
            }
        }
        else if (const auto* time = event.As<kerberos::TimeEvent>())
        {
            Write(event.time, EntryOf(*time, m_clock.Read(event.time)));
        }
    }

  private:
    void Write(SimTime time, const Entry& entry)
    {
        const std::string stamp = LocalStamp(m_clock, m_clock.Read(time));
        const std::string name = entry.log == "System" ? "events/system" : "events/application";
        OutputFile& csv = m_folder.Open(name + ".csv");
        std::string line;
        if (csv.GetSize() == 0)
        {
            line += "Level,Date and Time,Source,Event ID,Task Category,Description\r\n";
        }
        Print(line, "{},{},{},{},{},", entry.level, stamp, entry.source, entry.id, entry.category);
        AppendCsv(line, entry.text);
        line += "\r\n";
        csv.Write(line);
        std::string text;
        Print(text,
              "Log Name:      {}\nSource:        {}\nDate:          {}\nEvent ID:      {}\n"
              "Task Category: {}\nLevel:         {}\nKeywords:      Classic\nUser:          N/A\n"
              "Computer:      {}\nDescription:\n{}\n\n",
              entry.log,
              entry.source,
              stamp,
              entry.id,
              entry.category,
              entry.level,
              m_hostname,
              entry.text);
        m_folder.Open(name + ".txt").Write(text);
    }

    VantageFolder& m_folder;
    HostClock m_clock;
    std::string m_hostname;
};

} // namespace bouncelab::evidence::windows

bouncelab::dialects::WriterPtr
bouncelab::dialects::WindowsEvents::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::windows::EventLogs>(place);
}
