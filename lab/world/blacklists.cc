#include "lab/world/blacklists.h"

#include "formats/endpoint.h"
#include "models/dns/blacklist.h"
#include "models/provenance/sim-now.h"
#include "models/smtp/hello-check.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::world
{

namespace
{

constexpr std::string_view LISTED = "blacklist.listed";

Nanoseconds
Now()
{
    return SimNow().time_since_epoch();
}

} // namespace

/// One list: its timers, what it signs, and what it tells.
class Blacklists::RunningList
{
  public:
    RunningList(host::Host& host,
                const scenario::BlacklistConfig& config,
                const host::EventStream& events,
                host::NameServer& server)
        : m_host(host)
        , m_config(config)
        , m_events(events)
    {
        auto list = std::make_unique<dns::Blacklist>(config.zone, config.policy.value);
        m_list = list.get();
        server.Zones().Add(std::move(list));
        for (const auto& [name, removal] : config.removals)
        {
            ns3::Simulator::Schedule(ns3::NanoSeconds(removal.at.count()),
                                     [this, address = removal.address]
                                     {
                                         m_list->Remove(address, Now());
                                         Drain();
                                     });
        }
    }

    /// Keeps for the truth what a client does at any server; what a sensor sees is told on.
    void Hear(const std::string& server,
              const smtp::ConnectionInfo& connection,
              const std::string& hello,
              bool taken)
    {
        if (!taken)
        {
            Note(connection.client,
                 {EndpointText(connection.client, connection.clientPort),
                  EndpointText(connection.server, connection.serverPort),
                  hello});
        }
        if (IsTrap(server) || IsFilter(server))
        {
            Sight(server, connection, hello, taken);
        }
    }

    provenance::CauseId CauseOf(IpAddress address) const
    {
        const auto found = m_cases.find(address);
        return found == m_cases.end() ? 0 : found->second.cause;
    }

  private:
    /// The ends of a client's connection, and what it greeted as.
    struct Session
    {
        std::string client;
        std::string server;
        std::string hello;
    };

    /// What stands behind one time of an address on the list.
    struct Case
    {
        provenance::CauseId cause = 0; //!< Of the last time.
        bool listed = false;
        std::set<std::string> hellos;  //!< That counted against it.
        std::vector<Session> sessions; //!< Of no listing so far.
    };

    void Sight(const std::string& sensor,
               const smtp::ConnectionInfo& connection,
               const std::string& hello,
               bool taken)
    {
        dns::Sighting sighting;
        sighting.client = connection.client;
        sighting.hello = hello;
        sighting.atTrap = taken && IsTrap(sensor);
        if (!taken && IsFilter(sensor))
        {
            sighting.helloFault = smtp::NameOfHelloFault(
                smtp::JudgeHello(hello, connection.client, connection.server, connection.hostname));
        }
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_config.reportDelay.count()),
                                 [this, sighting]
                                 {
                                     m_list->Sight(sighting, Now());
                                     Drain();
                                 });
    }

    bool IsTrap(const std::string& host) const
    {
        const auto& traps = m_config.spamTraps;
        return std::find(traps.begin(), traps.end(), host) != traps.end();
    }

    bool IsFilter(const std::string& host) const
    {
        const auto& filters = m_config.filters;
        return std::find(filters.begin(), filters.end(), host) != filters.end();
    }

    void Drain()
    {
        while (const auto event = m_list->TakeEvent())
        {
            Sign(*event);
            m_events.Publish({m_host.Name(), SimTime(event->time), nullptr, nullptr, &*event});
        }
        ns3::Simulator::Remove(m_timer);
        if (const auto next = m_list->NextTimer())
        {
            m_timer = ns3::Simulator::Schedule(ns3::NanoSeconds((*next - Now()).count()),
                                               [this]
                                               {
                                                   m_list->Advance(Now());
                                                   Drain();
                                               });
        }
    }

    /// Each time on the list is a cause of its own, with all sessions of who got it there: of the
    /// same address under the same name.
    void Sign(const dns::ListingEvent& event)
    {
        using Change = dns::ListingChange;
        Case& listing = m_cases[event.address];
        if (event.change == Change::Hit)
        {
            listing.hellos.insert(event.hello);
        }
        else if (event.change == Change::Listed)
        {
            listing.listed = true;
            listing.cause = m_host.Ledger().NewCause();
            SignChange(event, listing.cause, TruthEvent::Listed);
        }
        else if (event.change == Change::Removed || event.change == Change::Expired)
        {
            SignChange(event, listing.cause, TruthEvent::Delisted);
            listing.listed = false;
            listing.hellos.clear();
        }
        SignSessions(listing);
    }

    void Note(IpAddress client, Session session)
    {
        Case& listing = m_cases[client];
        if (listing.listed && listing.hellos.count(session.hello) > 0)
        {
            SignSession(listing, session);
            return;
        }
        listing.sessions.push_back(std::move(session));
    }

    void SignSessions(Case& listing) const
    {
        if (!listing.listed)
        {
            return;
        }
        const auto others = std::stable_partition(
            listing.sessions.begin(),
            listing.sessions.end(),
            [&](const Session& session) { return listing.hellos.count(session.hello) > 0; });
        std::for_each(listing.sessions.begin(),
                      others,
                      [&](const Session& session) { SignSession(listing, session); });
        listing.sessions.erase(listing.sessions.begin(), others);
    }

    void SignSession(const Case& listing, const Session& session) const
    {
        Sign(SimNow(),
             listing.cause,
             "flow",
             TruthEvent::Judged,
             {{"client", session.client}, {"server", session.server}, {"hello", session.hello}});
    }

    void SignChange(const dns::ListingEvent& event, provenance::CauseId cause, TruthEvent did) const
    {
        Sign(SimTime(event.time),
             cause,
             "event",
             did,
             {{"address", event.address.ToString()},
              {"zone", std::string(event.zone)},
              {"reason", event.reason},
              {"hello", event.hello},
              {"hits", std::to_string(event.hits)},
              {"listings", std::to_string(event.listings)},
              {"change", std::string(dns::NameOfChange(event.change))}});
    }

    void Sign(SimTime time,
              provenance::CauseId cause,
              const char* kind,
              TruthEvent did,
              std::vector<std::pair<std::string, std::string>> params) const
    {
        provenance::Action action;
        action.time = time;
        action.kind = kind;
        action.classLabel = LISTED;
        action.cause = cause;
        action.actor = m_host.Actor();
        action.did = did;
        action.params = std::move(params);
        m_host.Ledger().Record(action);
    }

    host::Host& m_host;
    const scenario::BlacklistConfig& m_config;
    const host::EventStream& m_events;
    dns::Blacklist* m_list; //!< The name server's.
    std::map<IpAddress, Case> m_cases;
    ns3::EventId m_timer;
};

Blacklists::Blacklists(const ProgramContext& context, const Names& names)
{
    for (const auto& [name, config] : context.network.Scenario().hosts)
    {
        host::NameServer* server = names.ServerOf(name);
        if (config.blacklist && server)
        {
            m_lists.push_back(std::make_unique<RunningList>(*context.network.SimulatedHost(name),
                                                            *config.blacklist,
                                                            context.events,
                                                            *server));
        }
    }
}

Blacklists::~Blacklists() = default;

provenance::CauseId
Blacklists::CauseOf(IpAddress address) const
{
    for (const auto& list : m_lists)
    {
        if (const provenance::CauseId cause = list->CauseOf(address))
        {
            return cause;
        }
    }
    return 0;
}

Blacklists::Sensor
Blacklists::SensorAt(const std::string& host) const
{
    if (m_lists.empty())
    {
        return {};
    }
    return
        [this, host](const smtp::ConnectionInfo& connection, const std::string& hello, bool taken)
    {
        for (const auto& list : m_lists)
        {
            list->Hear(host, connection, hello, taken);
        }
    };
}

} // namespace bouncelab::world
