#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H

#include "formats/random.h"
#include "models/middlebox/command-watcher.h"
#include "models/middlebox/injector-config.h"
#include "models/path/path.h"
#include "models/provenance/ledger.h"

#include <deque>
#include <string>
#include <unordered_map>

namespace bouncelab::middlebox
{

/**
 * An on-path injector: it sees copies of what passes its place on a path, rebuilds each client's
 * byte stream, and when a command matches its pattern it forges the server's reply after its
 * processing delay (S003, fact I06). By its type it can only observe and add: the path hands it
 * no way to hold, change or drop a packet.
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
    /// Client and server of a connection, as it passes outbound.
    struct Connection
    {
        std::uint32_t client = 0;
        std::uint32_t server = 0;
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
                Mix(Mix(static_cast<std::uint64_t>(c.client) << 32 | c.server) ^
                    (static_cast<std::uint64_t>(c.clientPort) << 16 | c.serverPort)));
        }
    };

    void Observe(path::Direction direction, const path::WirePacket& packet);
    void PassOutbound(const Connection& connection, const TcpSegment& segment);
    bool Matches(std::string_view line) const;
    void Forge(const Connection& connection,
               std::uint32_t sequence,
               std::uint32_t acknowledgment,
               std::string trigger);
    void Learn(const Connection& connection, std::uint32_t next);

    InjectorConfig m_config;
    path::NetworkPath& m_path;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    DrawKey m_draws;
    std::uint64_t m_matches = 0; //!< Commands that matched.
    std::unordered_map<Connection, CommandWatcher, ConnectionHash> m_flows;
    std::deque<Connection> m_order;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
