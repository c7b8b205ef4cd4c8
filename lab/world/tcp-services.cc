#include "lab/world/program.h"

#include "formats/endpoint.h"
#include "models/host/dialog-session.h"
#include "models/host/session-link.h"

#include <ns3/simulator.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace bouncelab::world
{

namespace
{

class RunningService final : public Program
{
  public:
    RunningService(const std::string& name,
                   const scenario::TcpServiceAtHost& config,
                   host::Host& server,
                   Network& network)
        : m_name(name)
        , m_server(server)
    {
        server.Listen(config.service.port,
                      [this](ns3::Ptr<host::ProfileSocket> socket) { Accept(socket); });
        for (const auto& [client, dialog] : config.service.clients)
        {
            if (host::Host* from = network.SimulatedHost(dialog.from))
            {
                ns3::Simulator::Schedule(
                    ns3::NanoSeconds(dialog.at.count()),
                    [this, &client = client, &dialog = dialog, from, port = config.service.port]
                    { Connect(client, dialog, *from, port); });
            }
        }
    }

    ~RunningService() override
    {
        for (ns3::EventId& event : m_keepAlives)
        {
            ns3::Simulator::Remove(event);
        }
    }

  private:
    using Link = std::unique_ptr<host::SessionLink>;

    /// Whose connection comes from an address and port.
    struct Caller
    {
        const std::string* client = nullptr;
        const host::DialogClient* dialog = nullptr;
    };

    std::unique_ptr<host::DialogSession> SessionOf(const Caller& caller,
                                                   host::DialogSide side,
                                                   const host::Host& host) const
    {
        return std::make_unique<host::DialogSession>(
            *caller.dialog,
            side,
            host.Draws(m_name + "/" + *caller.client + "/octets"));
    }

    void Connect(const std::string& client,
                 const host::DialogClient& dialog,
                 host::Host& from,
                 std::uint16_t port)
    {
        const IpAddress address = dialog.address.IsSet() ? dialog.address : m_server.Address();
        const ns3::Ptr<host::ProfileSocket> socket = from.OpenSocket(address, port);
        const Caller caller{&client, &dialog};
        m_callers[EndpointText(from.SourceTo(address), socket->GetFlow()->key.localPort)] = caller;
        Link& link = m_links[{client, true}];
        link =
            std::make_unique<host::SessionLink>(from,
                                                socket,
                                                SessionOf(caller, host::DialogSide::Client, from),
                                                [this, &client](host::SessionLink&) {
                                                    m_links.erase({client, true});
                                                });
        link->StartConnecting([] {});
        if (dialog.keepAlive.count() > 0)
        {
            m_keepAlives.emplace_back();
            KeepAlive(client, dialog, from, socket, m_keepAlives.size() - 1);
        }
    }

    /// As long as the connection stands.
    void KeepAlive(const std::string& client,
                   const host::DialogClient& dialog,
                   host::Host& from,
                   ns3::Ptr<host::ProfileSocket> socket,
                   std::size_t event)
    {
        m_keepAlives[event] =
            ns3::Simulator::Schedule(ns3::NanoSeconds(dialog.keepAlive.count()),
                                     [this, &client, &dialog, &from, socket, event]
                                     {
                                         if (m_links.count({client, true}) > 0)
                                         {
                                             from.KeepAlive(socket);
                                             KeepAlive(client, dialog, from, socket, event);
                                         }
                                     });
    }

    void Accept(ns3::Ptr<host::ProfileSocket> socket)
    {
        const host::FlowKey& key = socket->GetFlow()->key;
        const auto found = m_callers.find(EndpointText(key.remoteAddress, key.remotePort));
        if (found == m_callers.end())
        {
            m_server.Release(socket);
            return;
        }
        const Caller caller = found->second;
        Link& link = m_links[{*caller.client, false}];
        link = std::make_unique<host::SessionLink>(
            m_server,
            socket,
            SessionOf(caller, host::DialogSide::Server, m_server),
            [this, caller](host::SessionLink&) {
                m_links.erase({*caller.client, false});
            });
        link->StartAccepted();
    }

    std::string m_name;
    host::Host& m_server;
    std::map<std::string, Caller> m_callers;              //!< By the client's end.
    std::map<std::pair<std::string, bool>, Link> m_links; //!< By client; true: its own end.
    std::vector<ns3::EventId> m_keepAlives;
};

} // namespace

std::unique_ptr<Program>
Build(const std::string& name,
      const scenario::TcpServiceAtHost& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.host);
    return host ? std::make_unique<RunningService>(name, config, *host, context.network) : nullptr;
}

} // namespace bouncelab::world
