#include "models/host/name-server.h"

#include "models/host/message-stream.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::host
{

namespace
{

constexpr std::uint16_t SERVER_PORT = 53;

dns::Message
ResponseOf(const dns::Message& query, const dns::Answer& answer)
{
    dns::Message response = dns::ResponseTo(query);
    response.recursionAvailable = true;
    response.answers = answer.records;
    response.authority = answer.authority;
    response.code = answer.outcome == dns::Outcome::Failed   ? dns::ResponseCode::ServerFailure
                    : answer.outcome == dns::Outcome::NoName ? dns::ResponseCode::NoSuchName
                                                             : dns::ResponseCode::NoError;
    return response;
}

} // namespace

/// A client's TCP connection.
struct NameServer::Connection
{
    IpAddress client;
    std::uint16_t clientPort;
    MessageStream* stream; //!< The link's.
    std::unique_ptr<SessionLink> link;
};

NameServer::NameServer(Host& host, const dns::NameServerConfig& config, Handlers handlers)
    : m_host(host)
    , m_delay(config.delay)
    , m_delayJitter(config.delayJitter)
    , m_handlers(std::move(handlers))
    , m_draws(host.Draws("name-server"))
{
    for (const auto& [name, zone] : config.zones)
    {
        m_zones.Add(std::make_unique<dns::Zone>(name, zone));
    }
    if (config.recursion)
    {
        m_resolver = std::make_unique<NameResolver>(host,
                                                    *config.recursion,
                                                    "name-server/recursion",
                                                    m_handlers.onLookup);
    }
    host.Udp().Open(SERVER_PORT, [this](const Datagram& datagram) { OnDatagram(datagram); });
    host.Listen(SERVER_PORT, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    host.OnRestart([this] { m_connections.clear(); }, [] {});
}

NameServer::~NameServer() = default;

void
NameServer::OnDatagram(const Datagram& datagram)
{
    const auto respond = [this, datagram](const std::string& octets) {
        m_host.Udp().Send(
            {datagram.remote, datagram.remotePort, SERVER_PORT, octets, datagram.cause});
    };
    const auto query = dns::Decode(datagram.payload);
    if (!query)
    {
        const std::string complaint = dns::ResponseToGarbage(datagram.payload);
        if (!complaint.empty())
        {
            respond(complaint);
        }
        return;
    }
    if (query->isResponse)
    {
        return;
    }
    if (m_handlers.onQuery)
    {
        m_handlers.onQuery({datagram.remote, datagram.remotePort, false, *query});
    }
    Answer(datagram.remote,
           *query,
           [respond](const dns::Message& response)
           { respond(dns::Encode(response, dns::LARGEST_DATAGRAM)); });
}

void
NameServer::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const std::uint64_t number = ++m_accepted;
    const FlowKey& key = socket->GetFlow()->key;
    auto stream = std::make_unique<MessageStream>(DnsFraming(),
                                                  [this, number](const std::string& message)
                                                  { OnTcpMessage(number, message); });
    auto& slot = m_connections[number];
    slot = std::make_unique<Connection>();
    slot->client = key.remoteAddress;
    slot->clientPort = key.remotePort;
    slot->stream = stream.get();
    slot->link = std::make_unique<SessionLink>(m_host,
                                               socket,
                                               std::move(stream),
                                               [this, number](SessionLink&)
                                               { m_connections.erase(number); });
    slot->link->StartAccepted();
}

void
NameServer::OnTcpMessage(std::uint64_t connection, const std::string& octets)
{
    const Connection& from = *m_connections.at(connection);
    const auto query = dns::Decode(octets);
    if (!query || query->isResponse)
    {
        from.stream->Close();
        return;
    }
    if (m_handlers.onQuery)
    {
        m_handlers.onQuery({from.client, from.clientPort, true, *query});
    }
    Answer(from.client,
           *query,
           [this, connection](const dns::Message& response)
           {
               const auto to = m_connections.find(connection);
               if (to != m_connections.end())
               {
                   to->second->stream->Send(dns::Encode(response));
                   to->second->link->Wake();
               }
           });
}

void
NameServer::Answer(IpAddress client, const dns::Message& query, const ResponseHandler& respond)
{
    const bool elsewhere = query.operation == 0 && !m_zones.ZoneOf(query.question.name);
    if (m_resolver && query.recursionDesired && elsewhere)
    {
        m_resolver->Ask(query.question,
                        [this, query, respond](const dns::Answer& answer)
                        { Later(ResponseOf(query, answer), respond); });
        return;
    }
    dns::Message response = m_zones.Answer(query, client);
    response.recursionAvailable = m_resolver != nullptr;
    Later(response, respond);
}

void
NameServer::Later(const dns::Message& response, const ResponseHandler& respond)
{
    ++m_queries;
    const Nanoseconds delay =
        m_delay + Nanoseconds(m_draws("delay", m_queries).Between(0, m_delayJitter.count()));
    ns3::Simulator::Schedule(ns3::NanoSeconds(delay.count() + m_host.DrawApplicationLatencyNs()),
                             [response, respond] { respond(response); });
}

} // namespace bouncelab::host
