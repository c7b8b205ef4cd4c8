#include "lab/world/names.h"
#include "lab/world/program.h"

#include "formats/endpoint.h"
#include "models/dns/inquiry.h"
#include "models/dns/mail-names.h"
#include "models/host/http-proxy.h"
#include "models/provenance/sim-now.h"

#include <map>
#include <optional>
#include <utility>

namespace bouncelab::world
{

namespace
{

class RunningProxy final : public Program
{
  public:
    RunningProxy(const scenario::HttpProxyAtHost& config,
                 host::Host& host,
                 dns::LookupClient* resolver)
        : m_host(host)
        , m_resolver(resolver)
        , m_isOpen(config.proxy.clients.empty())
        , m_cause(m_isOpen ? host.Ledger().NewCause() : 0)
        , m_proxy(host, config.proxy, Handlers())
    {
    }

  private:
    host::HttpProxy::Handlers Handlers()
    {
        host::HttpProxy::Handlers handlers;
        if (m_resolver)
        {
            handlers.findName =
                [this](const std::string& name, const host::HttpProxy::NameAnswer& answer)
            { Find(name, answer); };
        }
        handlers.onTunnel = [this](const host::FlowKey& client, const host::FlowKey& server)
        {
            Sign(client.remoteAddress, client.remotePort, m_host.Address(), client.localPort);
            Sign(m_host.SourceTo(server.remoteAddress),
                 server.localPort,
                 server.remoteAddress,
                 server.remotePort);
        };
        return handlers;
    }

    void Find(const std::string& name, const host::HttpProxy::NameAnswer& answer)
    {
        const std::uint64_t number = ++m_asked;
        auto& inquiry = m_running[number];
        inquiry = std::make_unique<dns::Inquiry>(
            *m_resolver,
            [this, number, name, answer](dns::AnswerBook& book)
            {
                const auto found = dns::FindHost(book, name, dns::AddressType(m_host.Address()));
                if (!found)
                {
                    return false;
                }
                const auto ended = m_running.extract(number);
                answer(found->takers.empty() ? std::nullopt
                                             : std::optional(found->takers.front().address));
                return true;
            });
        inquiry->Start();
    }

    void Sign(IpAddress client,
              std::uint16_t clientPort,
              IpAddress server,
              std::uint16_t serverPort) const
    {
        provenance::Action action;
        action.time = SimNow();
        action.kind = "flow";
        action.classLabel = m_isOpen ? "relay.tunnel" : "ordinary";
        action.cause = m_cause;
        action.actor = m_host.Actor();
        action.did = TruthEvent::Connected;
        action.params = {{"client", EndpointText(client, clientPort)},
                         {"server", EndpointText(server, serverPort)}};
        m_host.Ledger().Record(action);
    }

    host::Host& m_host;
    dns::LookupClient* m_resolver;
    bool m_isOpen;
    provenance::CauseId m_cause;
    std::uint64_t m_asked = 0;
    std::map<std::uint64_t, std::unique_ptr<dns::Inquiry>> m_running;
    host::HttpProxy m_proxy;
};

} // namespace

std::unique_ptr<Program>
Build(const std::string& /* name */,
      const scenario::HttpProxyAtHost& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.host);
    return host ? std::make_unique<RunningProxy>(config,
                                                 *host,
                                                 context.names->ResolverOf(config.host))
                : nullptr;
}

} // namespace bouncelab::world
