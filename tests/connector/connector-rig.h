#ifndef BOUNCELAB_TESTS_CONNECTOR_CONNECTOR_RIG_H
#define BOUNCELAB_TESTS_CONNECTOR_CONNECTOR_RIG_H

#include "lab/scenario/load.h"
#include "lab/scenario/text-tree.h"
#include "lab/scenario/yaml-reader.h"
#include "models/connector/receive-connector.h"
#include "models/smtp/server-session.h"
#include "tests/tree.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace bouncelab::connector
{

/// A persona file of the tree as its struct.
template <class T>
T
FromFile(const std::string& name)
{
    const std::string path = tests::SourceDir().string() + "/models/personas/" + name + ".yaml";
    T value;
    scenario::PersonaLibrary personas(tests::SourceDir());
    scenario::Marks marks;
    scenario::YamlReader(&personas, marks).ReadStruct(scenario::LoadTree(path), "", ValueOf(value));
    return value;
}

/// The organization of S000 with two users; one of them travels.
inline OrganizationConfig
Abc()
{
    OrganizationConfig config;
    config.acceptedDomains = {"abc.com"};
    config.relayClients = {"192.0.2.0/24"};
    config.mailboxes = {"office@abc.com"};
    config.accounts = {{"ABC\\jia", "secret", PermissionGroup::ExchangeUsers, {"jia@abc.com"}},
                       {"ABC\\HUB2$", "machine", PermissionGroup::ExchangeServers, {}}};
    return config;
}

/// The connector that S000 shows, without delays of its own.
inline ReceiveConnectorConfig
Internet()
{
    ReceiveConnectorConfig config;
    config.authMechanisms = {ConnectorAuthMechanism::Tls,
                             ConnectorAuthMechanism::Integrated,
                             ConnectorAuthMechanism::BasicAuth,
                             ConnectorAuthMechanism::ExchangeServer};
    config.permissionGroups = {PermissionGroup::AnonymousUsers,
                               PermissionGroup::ExchangeUsers,
                               PermissionGroup::ExchangeServers};
    config.connections.connectionsPerSource = 0;
    config.connections.percentPerSource = 100;
    config.connections.connectionsPerMinute = 0;
    return config;
}

/// Writes down what a log writer would hear, in order, one line each.
class Journal
{
  public:
    void OnEvent(const SessionInfo& info, ConnectorEvent event)
    {
        std::visit([&](const auto* what) { On(info, what); }, event);
    }

    std::size_t Count(std::string_view begin) const
    {
        std::size_t count = 0;
        for (const std::string& line : lines)
        {
            count += line.compare(0, begin.size(), begin) == 0;
        }
        return count;
    }

    std::vector<std::string> lines;
    std::vector<std::string> failures; //!< Of log-ons: "LogonDenied Login".
    std::vector<Nanoseconds> times;
    std::size_t queued = 0;
    std::size_t accepted = 0;

  private:
    void On(const SessionInfo&, const void*) {}

    void On(const SessionInfo&, const OpenedEvent*) { lines.emplace_back("+"); }

    void On(const SessionInfo&, const PermissionsEvent* e)
    {
        lines.push_back("* " + e->permissions.ToString());
    }

    void On(const SessionInfo&, const TarpitEvent* e)
    {
        const std::string cause = e->cause == TarpitCause::Reply ? std::string(e->reply)
                                  : e->cause == TarpitCause::DelayedAck
                                      ? (e->expired ? "DelayedAck Expired" : "DelayedAck Delivered")
                                      : "Back Pressure";
        lines.push_back(fmt::format("* tarpit {} {}", e->delay.count() / 1000000, cause));
        times.push_back(e->time);
    }

    void On(const SessionInfo& i, const LogonEvent*)
    {
        lines.push_back(fmt::format("* {} authenticated", i.user));
    }

    void On(const SessionInfo&, const LogonFailureEvent* e)
    {
        failures.push_back(fmt::format("{} {}", e->error, e->mechanism));
    }

    void On(const SessionInfo& i, const ReceivingEvent* e)
    {
        lines.push_back(fmt::format("* {};{};{}",
                                    SessionIds::Text(i.id),
                                    i.opened.count() / 1000000,
                                    e->count));
    }

    void On(const SessionInfo&, const RefusalEvent* e)
    {
        lines.push_back(fmt::format("! {}", NameOfRefusal(e->refusal)));
    }

    void On(const SessionInfo&, const QueuedEvent* e)
    {
        lines.push_back(fmt::format("= {} {}", e->internalId, e->messageId));
        ++queued;
    }

    void On(const SessionInfo&, const FilterEvent* e)
    {
        lines.push_back(fmt::format("# {} {} {}/{}",
                                    NameOfTest(e->test),
                                    NameOfAction(e->action),
                                    e->count,
                                    e->limit));
    }

    void On(const SessionInfo&, const ClosedEvent* e)
    {
        lines.emplace_back(e->by == ClosedBy::Local ? "- Local" : "- Remote");
    }

    void On(const SessionInfo&, const smtp::CommandEvent* e)
    {
        lines.push_back(fmt::format("< {}", e->line));
    }

    void On(const SessionInfo&, const smtp::ReplyEvent* e)
    {
        lines.push_back(fmt::format("> {}", e->text.substr(0, e->text.find('\n'))));
    }

    void On(const SessionInfo&, const smtp::MessageEvent*) { ++accepted; }
};

class Rig;

/// One client's connection.
class ConnectorDialog
{
  public:
    ConnectorDialog(Rig& rig, IpAddress client);

    /// Sends a line and waits for the answer. \return the whole answer, without its last line end.
    std::string Say(const std::string& line);
    std::string SayRaw(std::string_view bytes);
    std::string Wait(); //!< For the next output.

    /// EHLO and MAIL. \return the answer to MAIL
    std::string Begin(const std::string& sender);
    /// DATA and a small message. \return the answer to it
    std::string Send(const std::string& content = "Subject: a\r\n\r\nb\r\n");
    void Drop(bool reset = false);
    void Finish(); //!< Takes all output to the end of the session.

    std::string greeting;
    Nanoseconds waited{0}; //!< Before the last answer.
    std::unique_ptr<smtp::ConnectionInfo> connection = std::make_unique<smtp::ConnectionInfo>();
    std::unique_ptr<ConnectorSession> policy;
    std::unique_ptr<smtp::ServerSession> session;

  private:
    Rig& m_rig;
};

/// A connector with a clock that only ConnectorDialog::Wait and the test move.
class Rig
{
  public:
    explicit Rig(ReceiveConnectorConfig config = Internet(),
                 std::optional<FilterConfig> filter = {},
                 smtp::ServerPersona server = {},
                 WallTime unixTime = {},
                 const TransportConfig& transportConfig = {},
                 TokenJudge* tokens = nullptr)
        : organization(Abc())
        , transport(transportConfig, unixTime)
        , connector(std::move(config),
                    server,
                    std::move(filter),
                    {"WIN-TQTAID053PB.abc.com", organization, transport, nullptr, nullptr, tokens},
                    DrawKey(1, "connector"))
        , unix(unixTime)
    {
    }

    ConnectorDialog Connect(std::uint32_t client = 0x452e67c8)
    {
        return ConnectorDialog(*this, Ipv4{client});
    }

    Organization organization;
    TransportService transport;
    Journal journal;
    ReceiveConnector connector;
    WallTime unix;
    Nanoseconds now{0};
};

inline ConnectorDialog::ConnectorDialog(Rig& rig, IpAddress client)
    : m_rig(rig)
{
    connection->hostname = "WIN-TQTAID053PB.abc.com";
    connection->domain = "abc.com";
    connection->client = client;
    connection->clientPort = 49760;
    connection->unixTime = rig.unix;
    policy = rig.connector.Open(*connection,
                                [&journal = rig.journal](const SessionInfo& i, ConnectorEvent e)
                                { journal.OnEvent(i, e); });
    session = std::make_unique<smtp::ServerSession>(rig.connector.Persona(),
                                                    *policy,
                                                    *policy,
                                                    *connection,
                                                    DrawKey(1, "session"));
    session->Connected(rig.now);
    greeting = Wait();
}

inline std::string
ConnectorDialog::Wait()
{
    const Nanoseconds start = m_rig.now;
    while (!session->HasOutput() && session->NextTimer())
    {
        m_rig.now = std::max(m_rig.now, *session->NextTimer());
        session->Tick(m_rig.now);
    }
    waited = m_rig.now - start;
    std::string out = session->TakeOutput();
    return out.size() < 2 ? out : out.substr(0, out.size() - 2);
}

inline void
ConnectorDialog::Finish()
{
    while (!session->WantsClose() && (session->HasOutput() || session->NextTimer()))
    {
        Wait();
    }
}

inline std::string
ConnectorDialog::SayRaw(std::string_view bytes)
{
    session->Receive(bytes, m_rig.now);
    return Wait();
}

inline std::string
ConnectorDialog::Say(const std::string& line)
{
    return SayRaw(line + "\r\n");
}

inline std::string
ConnectorDialog::Begin(const std::string& sender)
{
    Say("EHLO mail.globalsuite.net");
    return Say("MAIL FROM:<" + sender + ">");
}

inline std::string
ConnectorDialog::Send(const std::string& content)
{
    Say("DATA");
    return SayRaw(content + ".\r\n");
}

inline void
ConnectorDialog::Drop(bool reset)
{
    session->PeerClosed(m_rig.now, reset);
}

constexpr Nanoseconds
Seconds(std::int64_t count)
{
    return std::chrono::seconds(count);
}

} // namespace bouncelab::connector

#endif // BOUNCELAB_TESTS_CONNECTOR_CONNECTOR_RIG_H
