#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H

#include "formats/random.h"
#include "models/middlebox/command-watcher.h"
#include "models/middlebox/forgery.h"
#include "models/middlebox/injector-config.h"
#include "models/path/path.h"
#include "models/provenance/ledger.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * An on-path injector: it sees copies of what passes its place on a path, rebuilds each client's
 * byte stream, and when its trigger passes it forges, after its processing delay, what its config
 * says in the name of either side (S003, fact I06). By its type it can only observe and add: the
 * path hands it no way to hold, change or drop a packet. It knows its own packets and does not act
 * on them.
 */
class Injector final : public Middlebox
{
  public:
    static constexpr std::size_t MAX_FLOWS = 65536; //!< The oldest flow is forgotten beyond that.

    /**
     * \param name its actor's name
     * \param config copied
     * \param path where it stands, at config.atHop; has to outlive the injector
     * \param ledger has to outlive the injector
     */
    Injector(const std::string& name,
             const InjectorConfig& config,
             path::NetworkPath& path,
             std::uint64_t seed,
             provenance::Ledger& ledger);

    std::size_t FlowCount() const { return m_flows.size(); }

  private:
    /// Client and server of a connection.
    struct Connection
    {
        IpAddress client;
        IpAddress server;
        std::uint16_t clientPort = 0;
        std::uint16_t serverPort = 0;

        bool operator==(const Connection& other) const
        {
            return client == other.client && server == other.server &&
                   clientPort == other.clientPort && serverPort == other.serverPort;
        }
    };

    struct ConnectionHash
    {
        std::size_t operator()(const Connection& c) const
        {
            return static_cast<std::size_t>(
                Mix(Mix(c.client.Digest() << 32 ^ c.server.Digest()) ^
                    (static_cast<std::uint64_t>(c.clientPort) << 16 | c.serverPort)));
        }
    };

    struct Flow
    {
        CommandWatcher stream; //!< The client's.
        path::Direction fromClient;
        std::uint8_t clientTtl = 0;
        std::uint8_t serverTtl = 0;
        std::uint32_t clientLabel = 0; //!< Of IPv6 flows.
        std::uint32_t serverLabel = 0;
    };

    using Flows = std::unordered_map<Connection, Flow, ConnectionHash>;

    /// A packet as it passes.
    struct Sight
    {
        path::Direction direction;
        const path::WirePacket& packet;
        const TcpSegment& segment;
    };

    /// What is forged for one trigger.
    struct Volley
    {
        Connection connection;
        path::Direction fromClient;
        Trigger trigger;
        std::string text; //!< Of the trigger, as truth names it.
        std::uint64_t number =
            0; //!< Of its trigger, or of the packet that a block answers; from 1.
        std::map<std::string_view, provenance::CauseId> causes; //!< By class.
    };

    /// Client, server, port of the server and of the client; 0 where any is meant.
    using BlockKey = std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>;

    void Observe(path::Direction direction, const path::WirePacket& packet);
    Flows::iterator FlowOf(const Sight& sight, bool& fromClient);
    Flows::iterator Learn(const Connection& connection,
                          path::Direction direction,
                          std::uint32_t next);
    void Forget(Flows::iterator flow);
    void PassClient(Flows::iterator flow, const Sight& sight);
    void PassServer(Flows::iterator flow, const Sight& sight);
    bool Matches(std::string_view line) const;
    bool MatchesSegment(const TcpSegment& segment) const;
    Trigger TriggerOf(const Flow& flow, const Sight& sight) const;
    BlockKey BlockOf(const Connection& connection) const;
    bool IsBlocked(const Connection& connection);
    void Fire(Flows::const_iterator flow, const Trigger& trigger, std::string text);
    void Schedule(const std::shared_ptr<Volley>& volley,
                  const std::vector<ForgedPacketConfig>& packets,
                  Draw jitter);
    void Send(Volley& volley, const ForgedPacketConfig& config, std::uint32_t copy);
    void Record(const Volley& volley,
                const ForgedPacketConfig& config,
                const ForgedPacket& forged,
                const provenance::Origin& origin);

    InjectorConfig m_config;
    path::NetworkPath& m_path;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    DrawKey m_draws;
    std::uint64_t m_matches = 0;   //!< Triggers so far.
    std::uint64_t m_residuals = 0; //!< Volleys of blocks so far.
    std::uint64_t m_forged = 0;    //!< Packets so far.
    Flows m_flows;
    std::deque<Connection> m_order;
    std::map<BlockKey, std::int64_t> m_blocked; //!< Until when, in ns.
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
