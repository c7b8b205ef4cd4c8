#ifndef BOUNCELAB_MODELS_PATH_PATH_H
#define BOUNCELAB_MODELS_PATH_PATH_H

#include "models/path/path-config.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::path
{

/// One of the two ends of a path. Near is the site's side: outbound packets travel from Near to
/// Far.
enum class PathEnd
{
    Near,
    Far,
};

/// What a path needs to know; the same for both forms.
struct PathSetup
{
    std::string name;               //!< Names the draws of its links and its actors: "server-a".
    std::uint64_t seed = 0;         //!< The run's seed.
    std::vector<HopConfig> hops;    //!< From near to far; the last one is the far end itself.
    IpAddress hostAddress;          //!< The address that is found beyond hostEnd (AddAddress() adds
                                    //!< others);
    PathEnd hostEnd = PathEnd::Far; //!< every other address is found beyond the other end.
    provenance::Ledger* ledger = nullptr; //!< Signs the ICMP messages of the routers. Not owned.
};

/// Every packet is in exactly one of the right-hand numbers or still under way:
/// entered + inserted + icmp + copied = delivered + lost + expired + dropped + taken + in flight.
struct PathCounts
{
    std::uint64_t entered = 0;   //!< Sent by the ends.
    std::uint64_t inserted = 0;  //!< Added by stations.
    std::uint64_t icmp = 0;      //!< Made by the routers.
    std::uint64_t copied = 0;    //!< Delivered twice by a link.
    std::uint64_t delivered = 0; //!< Handed to the ends.
    std::uint64_t lost = 0;      //!< Lost on a link.
    std::uint64_t expired = 0;   //!< Dropped by a router because of the TTL.
    std::uint64_t dropped = 0;   //!< Dropped before a link: too long, or its queue is full.
    std::uint64_t taken = 0;     //!< Kept by gates; what they release is inserted.

    std::uint64_t InFlight() const
    {
        return entered + inserted + icmp + copied - delivered - lost - expired - dropped - taken;
    }
};

/// What a device beside a path may do: see what passes, and add. It can keep nothing back.
class PathTap
{
  public:
    virtual ~PathTap() = default;

    /// Registers an observer of the segment that leads to a hop, 1..n. It sees everything that
    /// passes there: genuine, inserted (its own insertions included) and the routers' ICMP; not
    /// what a gate there keeps. Observers of one hop are called in order of registration.
    virtual void ObserveAt(std::uint32_t hop, WireObserver observer) = 0;

    /// Adds a packet at the segment that leads to a hop, 1..n, after all packets that arrive there
    /// up to now. Inbound it goes to hop k-1, outbound to hop k, which decrements it if it is a
    /// router. Aborts as NetworkPath::Enter() does. Safe to call from observers, gates and
    /// handlers.
    virtual void InsertAt(std::uint32_t hop, Direction direction, const WirePacket& packet) = 0;
};

/**
 * A chain of links with routers between two ends: Near - link 1 - hop 1 - link 2 - ... - link n -
 * hop n, where hop n is the far end and no router.
 *
 * Every link is full duplex, stores and forwards: a packet starts when it has arrived and the one
 * before it (in order of arrival) has been sent, takes its IP size plus two octets of PPP framing
 * at the link's rate, then the delay and its draw of jitter; packets of one direction never
 * overtake on it. Draws of jitter and loss are functions of seed, path, link, direction and the
 * packet's origin serial, so they depend on no order of processing.
 *
 * A link with a LinkLimit takes no packet that is too long or finds its queue full. At its end a
 * link that disturbs (LinkModel::Deliver()) doubles packets, holds them back, or sends them a
 * longer way; what comes late comes behind all packets that arrive in that nanosecond.
 *
 * A station at hop k stands on the segment between hop k-1 and hop k, on hop k's side: it sees
 * outbound packets before hop k decrements them, inbound ones after.
 *
 * What two unrelated actors do in the very same nanosecond happens in the order of their events.
 *
 * A path outlives the simulation, and is wired (handlers, observers) before it starts.
 */
class NetworkPath : public PathTap
{
  public:
    explicit NetworkPath(PathSetup setup);
    NetworkPath(const NetworkPath&) = delete;
    NetworkPath& operator=(const NetworkPath&) = delete;

    /// The form asked for, with the same observable behavior.
    static std::unique_ptr<NetworkPath> Make(PathForm form, PathSetup setup);

    /// A further address that is found beyond PathSetup's hostEnd. Before the simulation starts.
    void AddAddress(const IpAddress& address);

    /// Who takes the packets that arrive at an end; until set they are counted and dropped. Called
    /// with the header as it arrives, its TTL not decremented by the end.
    void SetHandler(PathEnd end, WireHandler handler);

    void ObserveAt(std::uint32_t hop, WireObserver observer) final;

    /// Puts a gate into the segment that leads to a hop, 1..n: everything that comes there by link
    /// or from the router passes it, in either direction, before observers see it. What is inserted
    /// at that hop passes no gate there, so that a gate releases what it has kept by InsertAt().
    /// Gates of one hop are asked in order of registration, until one keeps the packet.
    void GateAt(std::uint32_t hop, WireGate gate);

    /// Sends from an end; the TTL leaves as it is. Aborts on a TTL of 0, and on a packet whose
    /// destination lies the other way by PathSetup's rule. Nothing is addressed to a router.
    void Enter(PathEnd end, const WirePacket& packet);

    void InsertAt(std::uint32_t hop, Direction direction, const WirePacket& packet) final;

    const PathCounts& Counts() const { return m_counts; }

    const PathSetup& Setup() const { return m_setup; }

    std::uint32_t HopCount() const { return static_cast<std::uint32_t>(m_setup.hops.size()); }

  protected:
    virtual void DoEnter(PathEnd end, const WirePacket& packet) = 0;
    virtual void DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet) = 0;

    /// A hop from now on has an observer; called once a hop.
    virtual void DoObserve(std::uint32_t hop) = 0;

    /// A hop from now on has a gate; called once a hop.
    virtual void DoGate(std::uint32_t hop) = 0;

    /// A further address lies beyond the host's end.
    virtual void DoAddAddress(const IpAddress&) {}

    bool IsObserved(std::uint32_t hop) const { return !m_observers[hop].empty(); }

    bool IsGated(std::uint32_t hop) const { return !m_gates[hop].empty(); }

    void Observe(std::uint32_t hop, Direction direction, const WirePacket& packet) const;

    /// Whether no gate at a hop keeps a packet that comes there; counts it if one does.
    bool Passes(std::uint32_t hop, Direction direction, const WirePacket& packet);

    void Deliver(PathEnd end, const WirePacket& packet);

    /// Writes into the truth, once a connection, that a router drops what is too long and is
    /// silent.
    void SignSilentDrop(std::uint32_t hop, const WirePacket& packet);

    /// The way to an address, by PathSetup's rule.
    Direction Toward(const IpAddress& destination) const;

    PathCounts m_counts;

  private:
    void Check(Direction direction, const WirePacket& packet) const;
    void CheckHop(std::uint32_t hop, const char* purpose) const;

    PathSetup m_setup;
    std::vector<IpAddress> m_furtherAddresses; //!< Beyond hostEnd; sorted.
    WireHandler m_handlers[2];
    std::vector<std::vector<WireObserver>> m_observers;          //!< By hop; 0 stays empty.
    std::vector<std::vector<WireGate>> m_gates;                  //!< The same.
    std::set<std::pair<std::string, std::string>> m_silentDrops; //!< Ends, signed so far.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_PATH_H
