#include "formats/dialects.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/windows-times.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::evidence::inspections
{

namespace
{

std::string
Upper(std::string_view text)
{
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(), ToUpper);
    return upper;
}

/// "DC=example,DC=com" of "EXAMPLE.COM".
std::string
DistinguishedName(std::string_view realm)
{
    std::string name;
    while (!realm.empty())
    {
        const std::string_view label = realm.substr(0, realm.find('.'));
        name += (name.empty() ? "DC=" : ",DC=") + InLowerCase(label);
        realm.remove_prefix(std::min(label.size() + 1, realm.size()));
    }
    return name;
}

/// "2010-01-04 09:01:15"
std::string
SortableStamp(const HostClock& clock, Nanoseconds time)
{
    const CivilTime at = clock.Local(clock.Read(SimTime(time)));
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                       at.year,
                       at.month,
                       at.day,
                       at.hour,
                       at.minute,
                       at.second);
}

/// `setspn -L` for each machine, as the asked controller's copy has it.
std::string
RegisteredNames(const host::Inspection& inspection)
{
    const std::string domain = DistinguishedName(inspection.domain.Realm());
    std::string text;
    for (const auto& [key, account] : inspection.domain.At(inspection.controller).Accounts())
    {
        if (account.name == kerberos::TICKET_ACCOUNT)
        {
            continue;
        }
        const std::string name = account.name.substr(0, account.name.find('$'));
        Print(text,
              "C:\\>setspn -L {0}\nRegistered ServicePrincipalNames for "
              "CN={0},CN={1},{2}:\n",
              name,
              account.machine ? "Computers" : "Users",
              domain);
        for (const std::string& service : account.serviceNames.value)
        {
            Print(text, "\t{}\n", service);
        }
        text += '\n';
    }
    return text;
}

void
PrintNeighbor(std::string& text, const kerberos::Neighbor& neighbor, const HostClock& clock)
{
    Print(text, "    {} via RPC\n", Upper(neighbor.link.from));
    if (!neighbor.lastAttempt)
    {
        text += "        Last attempt @ (never).\n";
    }
    else if (neighbor.failures == 0)
    {
        Print(text,
              "        Last attempt @ {} was successful.\n",
              SortableStamp(clock, *neighbor.lastAttempt));
    }
    else
    {
        Print(text,
              "        Last attempt @ {} failed, result 1722 (0x6ba):\n"
              "            The RPC server is unavailable.\n"
              "        {} consecutive failure(s).\n        Last success @ {}.\n",
              SortableStamp(clock, *neighbor.lastAttempt),
              neighbor.failures,
              neighbor.lastSuccess ? SortableStamp(clock, *neighbor.lastSuccess) : "(never)");
    }
}

/// `repadmin /showrepl` of the asked controller.
std::string
ReplicationState(const host::Inspection& inspection, const HostClock& clock)
{
    std::string text = "C:\\>repadmin /showrepl\n\n";
    Print(text,
          "Repadmin: running command /showrepl against full DC localhost\n{}\nDSA Options: IS_GC\n"
          "Site Options: (none)\n\n==== INBOUND NEIGHBORS ======================================"
          "\n\n{}\n",
          Upper(inspection.controller),
          DistinguishedName(inspection.domain.Realm()));
    for (const kerberos::Neighbor& neighbor : inspection.domain.Neighbors())
    {
        if (neighbor.link.to == inspection.controller)
        {
            PrintNeighbor(text, neighbor, clock);
        }
    }
    return text;
}

double
SecondsOf(Nanoseconds time)
{
    return static_cast<double>(time.count()) / 1e9;
}

/// `w32tm /monitor`: each controller's clock against the head's.
std::string
ControllerClocks(const host::Inspection& inspection)
{
    Nanoseconds head(0);
    std::string headName;
    for (const host::ControllerClock& clock : inspection.clocks)
    {
        head = clock.isHead ? clock.ahead : head;
        headName = clock.isHead ? clock.hostname : headName;
    }
    std::string text = "C:\\>w32tm /monitor\n";
    for (const host::ControllerClock& clock : inspection.clocks)
    {
        Print(text,
              "{}{}[{}:123]:\n    NTP: {:+.7f}s offset from {}\n        RefID: {}\n        "
              "Stratum: {}\n",
              clock.hostname,
              clock.isHead ? " *** PDC ***" : "",
              clock.address.ToString(),
              SecondsOf(clock.ahead - head),
              headName,
              clock.isHead           ? "'LOCL' [0x4C434F4C]"
              : clock.source.empty() ? "(unspecified / unsynchronized) [0x00000000]"
                                     : clock.source,
              clock.state.stratum);
    }
    return text;
}

/// `w32tm /stripchart`: the own clock against each controller's.
std::string
OwnClock(const host::Inspection& inspection, const HostClock& clock, SimTime time)
{
    std::string text;
    for (const host::ControllerClock& controller : inspection.clocks)
    {
        const CivilTime at = clock.Local(clock.Read(time));
        Print(text,
              "C:\\>w32tm /stripchart /computer:{0} /samples:1 /dataonly\nTracking {0} [{1}:123].\n"
              "The current time is {2}.\n{3:02}:{4:02}:{5:02}, {6:+.7f}s\n\n",
              controller.hostname,
              controller.address.ToString(),
              LocalStamp(clock, clock.Read(time)),
              at.hour,
              at.minute,
              at.second,
              SecondsOf(controller.ahead));
    }
    return text;
}

} // namespace

/// What tools print when an administrator looks: a file for each look and tool.
class InspectionOutputs : public LogWriter
{
  public:
    explicit InspectionOutputs(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
        , m_name(place.name)
        , m_server(Upper(place.FirstLabel()))
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* queue = event.As<mail::QueueEvent>())
        {
            Follow(*queue);
        }
        else if (const auto* inspection = event.As<host::Inspection>())
        {
            Look(event.time, *inspection);
        }
    }

  private:
    /// Messages that wait for one domain.
    struct Queue
    {
        std::uint64_t number = 0;
        std::set<std::uint64_t> messages; //!< By serial.
        SimTime lastRetry{};
        std::string lastError;
    };

    void Follow(const mail::QueueEvent& event)
    {
        using Kind = mail::QueueEvent::Kind;
        const std::string domain = event.recipient.substr(event.recipient.find('@') + 1);
        if (event.kind == Kind::DeliveryResult && event.channel == mail::Channel::Remote)
        {
            Queue& queue = m_queues[domain];
            queue.number = queue.number == 0 ? ++m_numbered : queue.number;
            if (event.outcome == mail::DeliveryOutcome::Deferral)
            {
                queue.messages.insert(event.serial);
                queue.lastRetry = event.time;
                queue.lastError = OneLine(TrimEnd(event.text, "\r\n"));
            }
            else
            {
                queue.messages.erase(event.serial);
            }
        }
        else if (event.EndsMessage())
        {
            for (auto& [name, queue] : m_queues)
            {
                queue.messages.erase(event.serial);
            }
        }
    }

    /// `Get-Queue | fl`, of the queues that wait.
    std::string WaitingQueues() const
    {
        std::string text = "[PS] C:\\>Get-Queue | fl\n\n";
        for (const auto& [domain, queue] : m_queues)
        {
            if (queue.messages.empty())
            {
                continue;
            }
            Print(text,
                  "\nIdentity         : {0}\\{1}\nDeliveryType     : SmtpRelayToRemoteAdSite\n"
                  "NextHopDomain    : {2}\nStatus           : Retry\nMessageCount     : {3}\n"
                  "LastError        : {4}\nLastRetryTime    : {5}\n\n",
                  m_server,
                  queue.number,
                  domain,
                  queue.messages.size(),
                  queue.lastError,
                  LocalStamp(m_clock, m_clock.Read(queue.lastRetry)));
        }
        return text;
    }

    void Look(SimTime time, const host::Inspection& inspection)
    {
        const std::string look = fmt::format("inspections/{}-", ++m_looks);
        if (inspection.controller != m_name)
        {
            m_folder.WriteFile(look + "get-queue.txt", WaitingQueues());
            m_folder.WriteFile(look + "w32tm.txt", OwnClock(inspection, m_clock, time));
            return;
        }
        m_folder.WriteFile(look + "repadmin.txt", ReplicationState(inspection, m_clock));
        m_folder.WriteFile(look + "setspn.txt", RegisteredNames(inspection));
        m_folder.WriteFile(look + "w32tm.txt", ControllerClocks(inspection));
    }

    VantageFolder& m_folder;
    HostClock m_clock;
    std::string m_name;
    std::string m_server;
    std::map<std::string, Queue> m_queues; //!< By domain.
    std::uint64_t m_numbered = 0;
    std::uint64_t m_looks = 0;
};

} // namespace bouncelab::evidence::inspections

bouncelab::dialects::WriterPtr
bouncelab::dialects::Inspections::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::inspections::InspectionOutputs>(place);
}
