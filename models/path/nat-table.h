#ifndef BOUNCELAB_MODELS_PATH_NAT_TABLE_H
#define BOUNCELAB_MODELS_PATH_NAT_TABLE_H

#include "formats/random.h"
#include "models/path/nat-config.h"
#include "models/path/rewrite.h"

#include <array>
#include <cstdint>
#include <list>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

/// One conversation across a NAT.
struct NatFlow
{
    std::uint8_t protocol = 0; //!< 1, 6 or 17.
    Endpoint inside;
    Endpoint remote;
    std::uint16_t publicPort = 0;
    std::int64_t usedNs = 0;        //!< When its last packet passed.
    std::uint8_t flagsOutbound = 0; //!< TCP flags seen so far, each way.
    std::uint8_t flagsInbound = 0;
};

/**
 * The flows that a NAT knows. Two keys lead to each: (inside, remote) and (public port, remote);
 * no two live flows of a protocol share either, so translation is a bijection. What has timed out
 * is forgotten at the next call. Time is handed in, and never goes back.
 */
class NatTable
{
  public:
    NatTable(const NatConfig& config, std::uint64_t seed, std::string_view name);

    /// A flow, which counts as used now; null if it is unknown.
    NatFlow* FindInside(std::uint8_t protocol,
                        Endpoint inside,
                        Endpoint remote,
                        std::int64_t nowNs);
    NatFlow* FindPublic(std::uint8_t protocol,
                        std::uint16_t publicPort,
                        Endpoint remote,
                        std::int64_t nowNs);

    /// Adds a flow that FindInside() does not know. \param publicPort 0 = one is chosen.
    /// \return null if the table is full, the pool is, or the port is taken for that remote end.
    NatFlow* Open(std::uint8_t protocol,
                  Endpoint inside,
                  Endpoint remote,
                  std::uint16_t publicPort,
                  std::int64_t nowNs);

    /// Notes the flags of a TCP packet: they decide how long the flow lives.
    void NoteTcp(NatFlow& flow, Direction direction, std::uint8_t flags);

    /// This port is never chosen.
    void Reserve(std::uint8_t protocol, std::uint16_t port);

    std::size_t Size() const { return m_byInside.size(); }

    /// Every flow still alive, in order of timeout class and last use.
    std::vector<NatFlow> Live(std::int64_t nowNs);

  private:
    enum Lifetime
    {
        TcpTransitory,
        TcpEstablished,
        Udp,
        Icmp,
        Lives,
    };

    struct Key
    {
        std::uint64_t addresses = 0;
        std::uint64_t ports = 0;

        friend bool operator==(const Key& a, const Key& b)
        {
            return a.addresses == b.addresses && a.ports == b.ports;
        }
    };

    struct Hash
    {
        std::size_t operator()(const Key& key) const { return Mix(key.addresses ^ Mix(key.ports)); }
    };

    using Flows = std::list<NatFlow>;
    using Index = std::unordered_map<Key, Flows::iterator, Hash>;

    static Key InsideKey(std::uint8_t protocol, Endpoint inside, Endpoint remote);
    static Key PublicKey(std::uint8_t protocol, std::uint16_t publicPort, Endpoint remote);
    static Lifetime LifetimeOf(const NatFlow& flow);
    NatFlow* Use(const Index& index, const Key& key, std::int64_t nowNs);
    void Expire(std::int64_t nowNs);
    std::uint16_t ChoosePort(std::uint8_t protocol, std::uint16_t wish, Endpoint remote);
    bool IsFree(std::uint8_t protocol, std::uint16_t port, Endpoint remote) const;

    NatConfig m_config;
    std::array<std::int64_t, Lives> m_timeoutNs;
    std::array<Flows, Lives> m_flows; //!< Each in order of last use.
    Index m_byInside;                 //!< Looked up, never walked.
    Index m_byPublic;
    std::set<std::uint32_t> m_reserved; //!< protocol << 16 | port
    DrawKey m_draws;
    std::uint64_t m_choices = 0; //!< Of ports.
    std::uint32_t m_next = 0;    //!< Offset into the pool.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NAT_TABLE_H
