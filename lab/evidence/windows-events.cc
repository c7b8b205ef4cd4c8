#include "formats/dialects.h"
#include "formats/text.h"
#include "formats/xml-text.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/windows-times.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

namespace bouncelab::evidence::windows
{

namespace
{

/// How the viewer calls a level, and its number in XML.
struct Level
{
    std::string_view name;
    int number = 0;
};

constexpr Level FAULT{"Error", 2};
constexpr Level WARNING{"Warning", 3};
constexpr Level INFORMATION{"Information", 4};

/// Who writes entries. One that has a manifest has an identifier; one of the classic kind logs
/// whole seconds, and gives its numbers qualifiers.
struct Provider
{
    std::string_view name;
    std::string_view guid = {};
    std::string_view classicName = {};
    bool isClassic = true;
    std::string_view user = "N/A";
    std::string_view sid = {};
    std::string_view keywords = "Classic";
    std::string_view keywordMask = "0x80000000000000";
};

constexpr Provider TRANSPORT{"MSExchangeTransport", {}, {}};
constexpr Provider CONTROLLER{"Microsoft-Windows-Kerberos-Key-Distribution-Center",
                              "{3FD9DA1A-5A54-46C5-9A26-9BD7C0685056}",
                              "KDC"};
constexpr Provider KERBEROS{"Microsoft-Windows-Security-Kerberos",
                            "{98E6CFCB-EE0A-41E0-A57B-622D4E1B30B1}",
                            "Kerberos"};
constexpr Provider TIME{"Microsoft-Windows-Time-Service",
                        "{06EDCFEB-0FD0-4E53-ACCA-A6F8BBF81BCB}",
                        {},
                        false,
                        "LOCAL SERVICE",
                        "S-1-5-19",
                        {},
                        "0x8000000000000000"};
constexpr Provider KERNEL{"Microsoft-Windows-Kernel-General",
                          "{A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D}",
                          {},
                          false,
                          "SYSTEM",
                          "S-1-5-18",
                          "Time",
                          "0x8000000000000010"};

/// What a provider has of one number: %1, %2, ... in its text stand for the data of an entry.
struct Message
{
    std::string_view log = "System"; //!< Channel.
    const Provider& provider;
    int id = 0;
    int qualifiers = 0; //!< Of a classic one.
    Level level = FAULT;
    std::string_view text;
    std::string_view names = {}; //!< Of the data, a space between; empty where they have none.
    std::string_view category = "None";
    int task = 0;
};

constexpr Message LOGON_FAILURE{
    "Application",
    TRANSPORT,
    1035,
    32772,
    WARNING,
    "Inbound authentication failed with error %1 for Receive connector %2. The authentication "
    "mechanism is %3. The source IP address of the client who tried to authenticate to Microsoft "
    "Exchange is [%4].",
    {},
    "SmtpReceive",
    1};
constexpr Message DUPLICATE_NAME{
    "System",
    CONTROLLER,
    11,
    49152,
    FAULT,
    "The KDC encountered duplicate names while processing a Kerberos authentication request. The "
    "duplicate name is %1 (of type %2). This may result in authentication failures or downgrades "
    "to NTLM. In order to prevent this from occuring remove the duplicate entries for %1 in Active "
    "Directory."};
constexpr Message KERBEROS_ERROR{
    "System",
    KERBEROS,
    3,
    32768,
    FAULT,
    "A Kerberos Error Message was received:\n Error Code: %4 %5\n Server Name: %10",
    "LogonSession ClientTime ServerTime ErrorCode ErrorMessage ExtendedError ClientRealm "
    "ClientName ServerRealm ServerName TargetName ErrorText File Line"};
constexpr Message TICKET_REFUSED{
    "System",
    KERBEROS,
    4,
    16384,
    FAULT,
    "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server %1. The target name "
    "used was %3. This indicates that the target server failed to decrypt the ticket provided by "
    "the client. This can occur when the target server principal name (SPN) is registered on an "
    "account other than the account the target service is using. Please ensure that the target SPN "
    "is registered on, and only registered on, the account used by the server. This error can also "
    "happen when the target service is using a different password for the target service account "
    "than what the Kerberos Key Distribution Center (KDC) has for the target service account. "
    "Please ensure that the service on the server and the KDC are both updated to use the current "
    "password. If the server name is not fully qualified, and the target domain (%2) is different "
    "from the client domain (%4), check if there are identically named server accounts in these "
    "two domains, or use the fully-qualified name to identify the server.",
    "Server TargetRealm Targetname ClientRealm"};
constexpr Message SYNCHRONIZED{
    "System",
    TIME,
    35,
    0,
    INFORMATION,
    "The time service is now synchronizing the system time with the time source %1.",
    "TimeSource"};
constexpr Message CORRECTION_REFUSED{
    "System",
    TIME,
    34,
    0,
    FAULT,
    "The time service has detected that the system time needs to be changed by %1 seconds. The "
    "time service will not change the system time by more than %2 seconds. Verify that your time "
    "and time zone are correct, and that the time source %3 is working properly."};
constexpr Message SOURCE_LOST{
    "System",
    TIME,
    24,
    0,
    WARNING,
    "Time Provider NtpClient: No valid response has been received from domain controller %1 after "
    "8 attempts to contact it. This domain controller will be discarded as a time source and "
    "NtpClient will attempt to discover a new domain controller from which to synchronize."};
constexpr Message NO_SOURCE{
    "System",
    TIME,
    29,
    0,
    FAULT,
    "The time provider NtpClient is configured to acquire time from one or more time sources, "
    "however none of the sources are currently accessible. No attempt to contact a source will be "
    "made for 14 minutes. NtpClient has no source of accurate time."};
constexpr Message TIME_SET{"System",
                           KERNEL,
                           1,
                           0,
                           INFORMATION,
                           "The system time has changed to %1 from %2.",
                           "NewTime OldTime"};

/// An entry of an event log.
struct Entry
{
    const Message& message;
    std::vector<std::string> data;
};

/// The message's text with the data in it.
std::string
TextOf(const Entry& entry)
{
    std::string text;
    std::string_view rest = entry.message.text;
    while (!rest.empty())
    {
        const std::size_t mark = std::min(rest.find('%'), rest.size());
        text += rest.substr(0, mark);
        rest.remove_prefix(mark);
        if (!rest.empty())
        {
            std::size_t number = 0;
            const char* end =
                std::from_chars(rest.data() + 1, rest.data() + rest.size(), number).ptr;
            text += entry.data.at(number - 1);
            rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        }
    }
    return text;
}

/// Whoever logs on over SMTP and does not prove it (facts F32, F33): event 1035.
Entry
EntryOf(const connector::SessionInfo& session, const connector::LogonFailureEvent& event)
{
    const std::string_view id = session.connector;
    return {LOGON_FAILURE,
            {std::string(event.error),
             std::string(id.substr(id.find('\\') + 1)),
             std::string(event.mechanism),
             session.connection->client.ToString()}};
}

/// What a service says of a ticket. One that it could not open is logged always; one realm.
Entry
RefusalOf(const kerberos::ClientEvent& event)
{
    return {TICKET_REFUSED, {event.server, event.realm, event.service, event.realm}};
}

/// Written where Kerberos's events are switched on (KB 262177); its fields without a value, and
/// File and Line, are left out of the text.
Entry
EntryOf(const kerberos::ClientEvent& event)
{
    std::vector<std::string> data(14);
    data[3] = fmt::format("{:#x}", static_cast<std::int64_t>(event.error));
    data[4] = NameOf(event.error);
    data[9] = event.service;
    return {KERBEROS_ERROR, std::move(data)};
}

/// Seconds of a duration, cut.
std::string
SecondsOf(Nanoseconds duration)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

Entry
EntryOf(const kerberos::TimeEvent& event, WallTime clock)
{
    using Kind = kerberos::TimeEvent::Kind;
    switch (event.kind)
    {
    case Kind::Synchronized:
        return {SYNCHRONIZED, {event.source}};
    case Kind::CorrectionRefused:
        return {CORRECTION_REFUSED,
                {SecondsOf(event.offset), SecondsOf(event.limit), event.source}};
    case Kind::SourceLost:
        return {SOURCE_LOST, {event.source}};
    case Kind::NoSource:
        return {NO_SOURCE, {}};
    case Kind::Set:
        break;
    }
    return {TIME_SET, {UtcStamp(clock), UtcStamp(clock - event.offset)}};
}

/// "2010-01-04T08:10:00.165123400Z"
std::string
SystemTime(WallTime time, bool isClassic)
{
    std::string stamp = UtcStamp(time);
    stamp.resize(stamp.find('.') + 1);
    return stamp + fmt::format("{:07}00Z", isClassic ? 0 : SecondFraction(time) / 100);
}

void
AppendSystem(std::string& out,
             const Message& message,
             const std::string& systemTime,
             std::uint64_t record,
             const std::string& computer)
{
    const Provider& provider = message.provider;
    const bool hasManifest = !provider.guid.empty();
    Print(out, "<System><Provider Name='{}'", provider.name);
    if (hasManifest)
    {
        Print(out, " Guid='{}'", provider.guid);
    }
    if (!provider.classicName.empty())
    {
        Print(out, " EventSourceName='{}'", provider.classicName);
    }
    out += "/><EventID";
    if (provider.isClassic)
    {
        Print(out, " Qualifiers='{}'", message.qualifiers);
    }
    Print(out,
          ">{}</EventID>{}<Level>{}</Level><Task>{}</Task>{}<Keywords>{}</Keywords><TimeCreated "
          "SystemTime='{}'/><EventRecordID>{}</EventRecordID><Channel>{}</Channel><Computer>",
          message.id,
          hasManifest ? "<Version>0</Version>" : "",
          message.level.number,
          message.task,
          hasManifest ? "<Opcode>0</Opcode>" : "",
          provider.keywordMask,
          systemTime,
          record,
          message.log);
    out += EscapedForXml(computer);
    out += provider.sid.empty()
               ? "</Computer><Security/></System>"
               : fmt::format("</Computer><Security UserID='{}'/></System>", provider.sid);
}

void
AppendEventData(std::string& out, const Entry& entry)
{
    out += "<EventData>";
    std::string_view names = entry.message.names;
    for (const std::string& value : entry.data)
    {
        const std::string_view name = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        out += name.empty() ? "<Data>" : fmt::format("<Data Name='{}'>", name);
        out += EscapedForXml(value);
        out += "</Data>";
    }
    out += "</EventData>";
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
                Write(event.time, {DUPLICATE_NAME, {answer->service, "DS_SERVICE_PRINCIPAL_NAME"}});
            }
        }
        else if (const auto* ticket = event.As<kerberos::ClientEvent>())
        {
            OnTicket(event.time, *ticket);
        }
        else if (const auto* time = event.As<kerberos::TimeEvent>())
        {
            Write(event.time, EntryOf(*time, m_clock.Read(event.time)));
        }
    }

    void Close() override
    {
        for (const auto& [log, records] : m_records)
        {
            m_folder.Open(FileOf(log, ".xml")).Write("</Events>\r\n");
        }
        m_records.clear();
    }

  private:
    void OnTicket(SimTime time, const kerberos::ClientEvent& event)
    {
        using Kind = kerberos::ClientEvent::Kind;
        using kerberos::ErrorCode;
        if (event.kind == Kind::Refused && event.error == ErrorCode::Modified)
        {
            Write(time, RefusalOf(event));
        }
        else if (event.kind == Kind::Refused ||
                 (event.kind == Kind::Failed && event.error != ErrorCode::ServiceUnavailable))
        {
            Write(time, EntryOf(event));
        }
    }

    static std::string FileOf(std::string_view log, std::string_view extension)
    {
        return fmt::format("events/{}{}", InLowerCase(log), extension);
    }

    void Write(SimTime time, const Entry& entry)
    {
        const WallTime reading = m_clock.Read(time);
        const std::string stamp = LocalStamp(m_clock, reading);
        const std::string text = TextOf(entry);
        const std::uint64_t record = ++m_records[entry.message.log];
        WriteRow(entry.message, record, stamp, text);
        WriteText(entry.message, stamp, text);
        WriteXml(entry, record, reading);
    }

    /// As the viewer saves a list of entries.
    void WriteRow(const Message& message,
                  std::uint64_t record,
                  const std::string& stamp,
                  const std::string& text)
    {
        std::string line;
        if (record == 1)
        {
            line += "Level,Date and Time,Source,Event ID,Task Category,Description\r\n";
        }
        Print(line,
              "{},{},{},{},{},",
              message.level.name,
              stamp,
              message.provider.name,
              message.id,
              message.category);
        AppendCsv(line, text);
        line += "\r\n";
        m_folder.Open(FileOf(message.log, ".csv")).Write(line);
    }

    /// As the viewer copies an entry.
    void WriteText(const Message& message, const std::string& stamp, const std::string& text)
    {
        std::string lines;
        Print(lines,
              "Log Name:      {}\nSource:        {}\nDate:          {}\nEvent ID:      {}\n"
              "Task Category: {}\nLevel:         {}\nKeywords:      {}\nUser:          {}\n"
              "Computer:      {}\nDescription:\n{}\n\n",
              message.log,
              message.provider.name,
              stamp,
              message.id,
              message.category,
              message.level.name,
              message.provider.keywords,
              message.provider.user,
              m_hostname,
              text);
        m_folder.Open(FileOf(message.log, ".txt")).Write(lines);
    }

    /// As `wevtutil qe LOG /f:xml /e:Events` prints them.
    void WriteXml(const Entry& entry, std::uint64_t record, WallTime reading)
    {
        std::string line = record == 1 ? "<Events>\r\n" : "";
        line += "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>";
        AppendSystem(line,
                     entry.message,
                     SystemTime(reading, entry.message.provider.isClassic),
                     record,
                     m_hostname);
        AppendEventData(line, entry);
        line += "</Event>\r\n";
        m_folder.Open(FileOf(entry.message.log, ".xml")).Write(line);
    }

    VantageFolder& m_folder;
    HostClock m_clock;
    std::string m_hostname;
    std::map<std::string_view, std::uint64_t> m_records; //!< By log.
};

} // namespace bouncelab::evidence::windows

bouncelab::dialects::WriterPtr
bouncelab::dialects::WindowsEvents::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::windows::EventLogs>(place);
}
