#include "lab/world/domain.h"

#include "formats/text.h"
#include "models/provenance/sim-now.h"
#include "models/smtp/spnego.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

namespace
{

constexpr std::uint32_t FIRST_RID = 1000;

/// "EXAMPLE\HUB1$" of "HUB1$@EXAMPLE.COM".
std::string
DownLevelName(const std::string& client)
{
    const std::size_t at = client.find('@');
    const std::string realm = client.substr(at == std::string::npos ? client.size() : at + 1);
    return realm.substr(0, realm.find('.')) + '\\' + client.substr(0, at);
}

} // namespace

/// The service that opens others' tokens with the passwords that its host knows, by its clock.
class Domain::TicketJudge final : public connector::TokenJudge
{
  public:
    TicketJudge(const Member& member, const std::string& realm)
        : m_member(member)
        , m_core(member.config.persona.value.accept,
                 realm,
                 kerberos::PrincipalName::Parse(InLowerCase(member.config.account)),
                 member.host.Draws("acceptor"))
    {
    }

    connector::TokenVerdict Judge(std::string_view token) override
    {
        const auto result = m_core.Accept(smtp::spnego::Unwrap(token).value_or(token),
                                          m_member.secrets.NewestFirst(),
                                          m_member.host.Clock().Read(SimNow()));
        m_lastError = result.error;
        const bool isAccepted = result.error == kerberos::ErrorCode::None;
        const bool isKerberos = result.error != kerberos::ErrorCode::MessageType;
        return {isAccepted,
                result.client.empty() ? std::string() : DownLevelName(result.client),
                !isAccepted && isKerberos ? smtp::spnego::WrapError(result.reply) : std::string()};
    }

    /// What came of the last token.
    kerberos::ErrorCode LastError() const { return m_lastError; }

  private:
    const Member& m_member;
    kerberos::Acceptor m_core;
    kerberos::ErrorCode m_lastError = kerberos::ErrorCode::None;
};

/// A member's tokens, and the truth about those that were refused.
class Domain::Tokens final : public host::TokenSource
{
  public:
    Tokens(Domain& owner,
           const std::string& name,
           const Member& member,
           const std::vector<host::KerberosAgent::Controller>& controllers)
        : m_owner(owner)
        , m_name(name)
        , m_agent(member.host,
                  member.config.persona.value.client,
                  member.config.account,
                  owner.m_domain.Realm(),
                  controllers,
                  [this](const kerberos::ClientEvent& event) { Hear(event); })
    {
    }

    host::KerberosAgent& Agent() { return m_agent; }

    std::uint64_t Ask(const std::string& server, Handler handler) override
    {
        return m_agent.Ask(server, std::move(handler));
    }

    void Forget(std::uint64_t request) override { m_agent.Forget(request); }

    void OnAnswered(const std::string& server, std::string_view answer) override
    {
        m_agent.OnAnswered(server, answer);
    }

    void OnRefused(const std::string& server,
                   const std::string& client,
                   const std::string& peer) override
    {
        m_owner.SignRefusal(m_name, server, m_lastError, {{"client", client}, {"server", peer}});
        m_agent.OnRefused(server, client, peer);
    }

  private:
    void Hear(const kerberos::ClientEvent& event)
    {
        using Kind = kerberos::ClientEvent::Kind;
        if (event.kind == Kind::Obtained || event.kind == Kind::Failed)
        {
            m_lastError = event.error;
        }
        kerberos::ClientEvent told = event;
        told.controller = m_owner.HostnameOf(event.controller);
        m_owner.Publish(m_name, &told);
    }

    Domain& m_owner;
    std::string m_name;
    kerberos::ErrorCode m_lastError = kerberos::ErrorCode::None; //!< Of the last wish.
    host::KerberosAgent m_agent;
};

Domain::Domain(const ProgramContext& context, const scenario::DomainSection& section)
    : m_context(context)
    , m_section(section)
    , m_domain(section.domain, DrawKey(context.network.Seed(), "domain"))
{
    for (const auto& [name, config] : section.members)
    {
        if (context.network.SimulatedHost(name))
        {
            BuildMember(name, config);
        }
    }
    ScheduleChanges();
    Replicate();
}

Domain::~Domain()
{
    for (const ns3::EventId& change : m_changes)
    {
        ns3::Simulator::Remove(change);
    }
    ns3::Simulator::Remove(m_replication);
}

void
Domain::Publish(const std::string& place, host::Event::Payload what) const
{
    m_context.events.Publish({place, SimNow(), nullptr, nullptr, what});
}

void
Domain::BuildMember(const std::string& name, const scenario::DomainMember& config)
{
    const std::string& first = m_section.domain.controllers.begin()->first;
    const kerberos::Secret secret = m_domain.At(first).Find(config.account)->secret.value;
    host::Host& host = *m_context.network.SimulatedHost(name);
    Member& member =
        *m_members
             .emplace(name,
                      std::make_unique<Member>(Member{config,
                                                      host,
                                                      {secret, config.persona.value.earlierSecrets},
                                                      nullptr,
                                                      nullptr,
                                                      nullptr,
                                                      nullptr}))
             .first->second;
    if (m_section.domain.controllers.count(name) > 0)
    {
        member.kdc = std::make_unique<host::KdcServer>(host,
                                                       config.persona.value,
                                                       m_domain.Realm(),
                                                       m_domain.At(name),
                                                       [this, name](const kerberos::KdcEvent& event)
                                                       { Publish(name, &event); });
    }
    else
    {
        BuildTokens(name, member);
        member.judge = std::make_unique<TicketJudge>(member, m_domain.Realm());
    }
    BuildTime(name, member);
}

std::vector<std::string>
Domain::OrderFor(const std::string& name) const
{
    return m_domain.OrderFor(m_section.members.at(name).site,
                             DrawKey(m_context.network.Seed(), name).For("controllers"));
}

const std::string&
Domain::Head() const
{
    return m_section.head.empty() ? m_section.domain.controllers.begin()->first : m_section.head;
}

void
Domain::BuildTokens(const std::string& name, Member& member)
{
    std::vector<host::KerberosAgent::Controller> controllers;
    for (const std::string& controller : OrderFor(name))
    {
        controllers.push_back(
            {controller, m_context.network.Scenario().hosts.at(controller).address});
    }
    member.tokens = std::make_unique<Tokens>(*this, name, member, controllers);
    member.tokens->Agent().SetSecrets(member.secrets.NewestFirst());
}

void
Domain::BuildTime(const std::string& name, Member& member)
{
    std::vector<host::TimeKeeper::Source> sources;
    const std::vector<std::string> order =
        member.kdc ? std::vector<std::string>{Head()} : OrderFor(name);
    for (const std::string& source : order)
    {
        if (source != name)
        {
            sources.push_back({source, m_context.network.Scenario().hosts.at(source).address});
        }
    }
    host::TimeKeeper::SecretFinder secretOf;
    if (member.kdc)
    {
        secretOf = [this, name](std::uint32_t keyId) { return SecretOf(name, keyId); };
    }
    member.time = std::make_unique<host::TimeKeeper>(member.host,
                                                     m_context.network.FindClock(name),
                                                     member.config.timeService,
                                                     KeyIdOf(member.config.account),
                                                     sources,
                                                     secretOf,
                                                     [this, name](const kerberos::TimeEvent& event)
                                                     {
                                                         kerberos::TimeEvent told = event;
                                                         told.source = HostnameOf(event.source);
                                                         Publish(name, &told);
                                                     });
    member.time->SetSecrets(member.secrets.NewestFirst());
}

/// The RID of an account: by its place among the domain's.
std::uint32_t
Domain::KeyIdOf(const std::string& account) const
{
    const auto& accounts = m_section.domain.accounts;
    return FIRST_RID +
           static_cast<std::uint32_t>(std::distance(accounts.begin(), accounts.find(account)));
}

const kerberos::Secret*
Domain::SecretOf(const std::string& controller, std::uint32_t keyId) const
{
    for (const auto& [name, config] : m_section.domain.accounts)
    {
        if (KeyIdOf(name) == keyId)
        {
            return &m_domain.At(controller).Find(name)->secret.value;
        }
    }
    return nullptr;
}

/// What a host is called; empty for none.
std::string
Domain::HostnameOf(const std::string& host) const
{
    return host.empty() ? host : m_context.network.Scenario().hosts.at(host).hostname;
}

connector::TokenJudge*
Domain::JudgeAt(const std::string& host) const
{
    const auto found = m_members.find(host);
    return found == m_members.end() ? nullptr : found->second->judge.get();
}

host::TokenSource*
Domain::TokensOf(const std::string& host) const
{
    const auto found = m_members.find(host);
    return found == m_members.end() ? nullptr : found->second->tokens.get();
}

/// The member that is called so, and takes mail; empty if there is none.
std::string
Domain::MemberCalled(std::string_view hostname) const
{
    for (const auto& [name, member] : m_members)
    {
        const scenario::HostConfig& host = m_context.network.Scenario().hosts.at(name);
        if (host.serves && EqualIgnoringCase(host.hostname, hostname))
        {
            return name;
        }
    }
    return {};
}

bool
Domain::HasServer(std::string_view hostname) const
{
    return !MemberCalled(hostname).empty();
}

void
Domain::Schedule(Nanoseconds at, std::function<void()> what)
{
    m_changes.push_back(ns3::Simulator::Schedule(ns3::NanoSeconds(at.count()), std::move(what)));
}

void
Domain::ScheduleChanges()
{
    for (const auto& [name, change] : m_section.passwordChanges)
    {
        Schedule(change.at, [this, &change = change] { ChangePassword(change); });
    }
    for (const auto& [name, change] : m_section.namesChanges)
    {
        Schedule(change.at,
                 [this, &change = change]
                 {
                     m_domain.At(change.controller)
                         .SetServiceNames(change.account,
                                          {change.serviceNames.begin(), change.serviceNames.end()},
                                          SimNow().time_since_epoch());
                 });
    }
    for (const auto& [name, start] : m_section.replicationStarts)
    {
        Schedule(start.at,
                 [this]
                 {
                     for (std::size_t i = 0; i < m_domain.Neighbors().size(); ++i)
                     {
                         m_domain.SetReplication(i, true);
                     }
                     m_domain.ReplicateAll(SimNow().time_since_epoch());
                 });
    }
    for (const auto& [name, start] : m_section.timeServiceStarts)
    {
        Schedule(start.at, [this, &host = start.host] { m_members.at(host)->time->Start(); });
    }
    for (const auto& [name, step] : m_section.clockSteps)
    {
        Schedule(step.at, [this, &step = step] { m_members.at(step.host)->time->Step(step.by); });
    }
    for (const auto& [name, outage] : m_section.outages)
    {
        Schedule(outage.at, [this, &outage = outage] { LosePower(outage); });
    }
    for (const auto& [name, inspection] : m_section.inspections)
    {
        Schedule(inspection.at, [this, &host = inspection.host] { Inspect(host); });
    }
}

/// Without power a controller replicates nothing.
void
Domain::LosePower(const scenario::OutageConfig& outage)
{
    std::vector<std::size_t> stopped;
    for (std::size_t i = 0; i < m_domain.Neighbors().size(); ++i)
    {
        const kerberos::Neighbor& neighbor = m_domain.Neighbors()[i];
        if (neighbor.running &&
            (neighbor.link.from == outage.host || neighbor.link.to == outage.host))
        {
            stopped.push_back(i);
            m_domain.SetReplication(i, false);
        }
    }
    m_members.at(outage.host)->host.Restart(outage.down);
    Schedule(outage.down,
             [this, stopped]
             {
                 for (const std::size_t neighbor : stopped)
                 {
                     m_domain.SetReplication(neighbor, true);
                 }
             });
}

/// Lets the copies catch up, and comes back when something is due.
void
Domain::Replicate()
{
    m_domain.Advance(SimNow().time_since_epoch());
    if (const auto next = m_domain.NextTimer())
    {
        m_replication = ns3::Simulator::Schedule(
            ns3::NanoSeconds((*next - SimNow().time_since_epoch()).count()),
            &Domain::Replicate,
            this);
    }
}

void
Domain::ChangePassword(const scenario::PasswordChangeConfig& change)
{
    const kerberos::Secret secret =
        m_domain.ChangeSecret(change.controller, change.account, SimNow().time_since_epoch());
    for (const auto& [name, member] : m_members)
    {
        if (member->config.account != change.account)
        {
            continue;
        }
        member->secrets.Change(secret);
        member->time->SetSecrets(member->secrets.NewestFirst());
        if (member->tokens)
        {
            member->tokens->Agent().SetSecrets(member->secrets.NewestFirst());
        }
    }
}

void
Domain::Inspect(const std::string& host) const
{
    const WallTime own = m_members.at(host)->host.Clock().Read(SimNow());
    host::Inspection inspection{m_domain, {}, {}};
    inspection.controller = m_members.at(host)->kdc ? host : OrderFor(host).front();
    for (const auto& [name, member] : m_members)
    {
        if (!member->kdc || member->host.IsDown())
        {
            continue;
        }
        const auto& hosts = m_context.network.Scenario().hosts;
        inspection.clocks.push_back({hosts.at(name).hostname,
                                     hosts.at(name).address,
                                     name == Head(),
                                     member->host.Clock().Read(SimNow()) - own,
                                     HostnameOf(member->time->SourceName()),
                                     member->time->State()});
    }
    Publish(host, &inspection);
}

/// Which of the four reasons a refusal has, as the state of the domain shows it.
std::string_view
Domain::CauseOf(const std::string& server, kerberos::ErrorCode ticketError) const
{
    using kerberos::ErrorCode;
    if (ticketError != ErrorCode::None)
    {
        return ticketError == ErrorCode::ServiceUnavailable ? "auth.ports"
               : ticketError == ErrorCode::Skew             ? "auth.clock"
               : HasDoubleName(server)                      ? "auth.names.duplicate"
                                                            : "auth.names.missing";
    }
    const Member& member = *m_members.at(server);
    if (member.judge->LastError() != ErrorCode::Modified &&
        member.judge->LastError() != ErrorCode::BadIntegrity)
    {
        return "auth.clock";
    }
    const kerberos::Secret& known = member.secrets.NewestFirst().front();
    const bool isStale = std::any_of(
        m_section.domain.controllers.begin(),
        m_section.domain.controllers.end(),
        [&](const auto& controller) {
            return !(m_domain.At(controller.first).Find(member.config.account)->secret.value ==
                     known);
        });
    return isStale ? "auth.replication" : "auth.names.misplaced";
}

bool
Domain::HasDoubleName(const std::string& server) const
{
    const std::string name = "SMTPSVC/" + HostnameOf(server);
    return std::any_of(m_section.domain.controllers.begin(),
                       m_section.domain.controllers.end(),
                       [&](const auto& controller)
                       { return m_domain.At(controller.first).HoldersOf(name).size() > 1; });
}

void
Domain::SignRefusal(const std::string& host,
                    const std::string& server,
                    kerberos::ErrorCode ticketError,
                    Parameters ends)
{
    provenance::Ledger& ledger = m_context.network.Ledger();
    provenance::Action action;
    const std::string taker = MemberCalled(server);
    action.classLabel = CauseOf(taker, ticketError);
    provenance::CauseId& cause = m_causes[action.classLabel + ' ' + host + ' ' + server];
    cause = cause == 0 ? ledger.NewCause() : cause;
    action.time = SimNow();
    action.kind = "event";
    action.cause = cause;
    action.actor = ledger.RegisterActor(host);
    action.did = TruthEvent::RefusedAuth;
    const kerberos::ErrorCode error = ticketError != kerberos::ErrorCode::None
                                          ? ticketError
                                          : m_members.at(taker)->judge->LastError();
    action.params = std::move(ends);
    action.params.emplace_back("error", NameOf(error));
    ledger.Record(action);
}

} // namespace bouncelab::world
