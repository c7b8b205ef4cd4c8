#ifndef BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_H

#include "formats/packet.h"
#include "formats/random.h"
#include "models/middlebox/syn-proxy-config.h"
#include "models/path/router.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace bouncelab::middlebox
{

/**
 * Answers a client's SYN itself, with a sequence number of its own; opens the connection to the
 * server in the client's name when the client has acknowledged that; and from then on passes every
 * segment with the server's sequence numbers moved to its own. Where it `ends` connections, their
 * last segments from the server leave as packets of its own.
 *
 * Like SYN cookies it does not repeat its SYN-ACK: a client whose last ACK of the handshake is
 * lost, and who does not speak first, waits in vain. It negotiates no option but the segment size,
 * so segments that pass have none.
 *
 * The truth: a `flow` that is ordinary (`did=syn-proxied`) when the server has answered. Its
 * packets have the server's or the client's address and are ordinary as well: they say what the
 * owner of that address is about to say.
 */
class SynProxy final : public Middlebox
{
  public:
    static constexpr std::size_t MAX_FLOWS = 65536; //!< The oldest flow is forgotten beyond that.

    /// \param name its actor's and its draws'. \param config without fault (Faults); copied.
    /// Station and ledger have to outlive the proxy.
    SynProxy(const std::string& name,
             const SynProxyConfig& config,
             path::Router& station,
             std::uint64_t seed,
             provenance::Ledger& ledger);

    std::size_t FlowCount() const { return m_flows.size(); }

  private:
    /// Client and server of a connection.
    struct Connection
    {
        IpAddress client;
        std::uint16_t clientPort = 0;
        IpAddress server;
        std::uint16_t serverPort = 0;

        friend bool operator<(const Connection& a, const Connection& b)
        {
            return std::tie(a.client, a.clientPort, a.server, a.serverPort) <
                   std::tie(b.client, b.clientPort, b.server, b.serverPort);
        }
    };

    enum class Phase
    {
        Answered, //!< The client has its SYN-ACK.
        Opening,  //!< The client has shaken hands; the server has the proxy's SYN.
        Open,
    };

    struct ProxiedFlow
    {
        Phase phase = Phase::Answered;
        std::uint32_t clientStart = 0; //!< The client's initial sequence number,
        std::uint32_t ownStart = 0;    //!< the proxy's
        std::uint32_t serverStart = 0; //!< and the server's.
        std::uint16_t clientWindow = 0;
        std::uint32_t tries = 0;                //!< SYNs to the server.
        std::optional<std::uint32_t> clientEnd; //!< Behind the client's FIN.
    };

    enum class Receiver
    {
        Client,
        Server,
    };

    path::Disposition Take(path::WirePacket& packet);
    path::Disposition FromClient(const Connection& connection,
                                 const TcpSegment& segment,
                                 path::WirePacket& packet);
    path::Disposition FromServer(const Connection& connection,
                                 const TcpSegment& segment,
                                 path::WirePacket& packet);
    path::Disposition TakeEnd(const Connection& connection,
                              const TcpSegment& moved,
                              path::WirePacket& packet);
    bool IsServer(IpAddress address, std::uint16_t port) const;
    void Answer(const Connection& connection, const TcpSegment& syn);
    void OpenServer(const Connection& connection);
    void Join(const Connection& connection, const TcpSegment& synAck);
    void Send(const Connection& connection, Receiver to, TcpSegment segment);
    void Forget(const Connection& connection);

    SynProxyConfig m_config;
    path::Router& m_station;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    DrawKey m_draws;
    std::uint64_t m_answered = 0; //!< SYNs, repeated ones once.
    std::uint16_t m_ipId = 0;
    std::map<Connection, ProxiedFlow> m_flows;
    std::deque<Connection> m_order; //!< Of their first SYNs.
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_H
