#ifndef BOUNCELAB_MODELS_PATH_ROUTER_H
#define BOUNCELAB_MODELS_PATH_ROUTER_H

#include "models/path/icmp-responder.h"
#include "models/path/nat.h"
#include "models/path/packet-filter.h"
#include "models/path/path.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

/// What becomes of a packet that has arrived at a router's handler.
enum class Disposition
{
    Forward, //!< It goes on, as it is now, one TTL less.
    Consume, //!< It ends here.
};

/// Every packet that arrived, or that was forwarded after all, is in exactly one of the others:
/// arrived + resumed = forwarded + consumed + local + expired + unroutable + refused + filtered.
struct RouterCounts
{
    std::uint64_t arrived = 0;    //!< By any interface.
    std::uint64_t resumed = 0;    //!< Handed to Forward() by the handler's owner.
    std::uint64_t forwarded = 0;  //!< Left by another interface, or the same.
    std::uint64_t consumed = 0;   //!< Kept by the handler.
    std::uint64_t local = 0;      //!< Addressed to the router.
    std::uint64_t expired = 0;    //!< Dropped because of the TTL.
    std::uint64_t unroutable = 0; //!< No route leads to the destination: dropped.
    std::uint64_t refused = 0;    //!< Dropped by the NAT.
    std::uint64_t filtered = 0;   //!< Stopped by the filter.
    std::uint64_t sent = 0;       //!< Made by the router or the handler's owner, see Send().
};

struct RouterSetup
{
    std::string name;                     //!< Its actor; names its draws.
    std::uint64_t seed = 0;               //!< The run's seed.
    HopConfig icmp;                       //!< Its own address, and its ICMP figures.
    provenance::Ledger* ledger = nullptr; //!< Not owned.
};

/**
 * A node that forwards packets between its interfaces: by destination, one TTL less, with an ICMP
 * message where none is left. It may translate addresses at one of them, its outside, and filter
 * what passes and what is for itself, always under inside addresses. A handler may look at what
 * arrives before all that, change it, keep it, or send it on later: the place of an interception
 * proxy or a tarpit.
 *
 * Its routes are host routes. Wired before the simulation starts; outlives it.
 */
class Router
{
  public:
    /// Decides about one packet, with its TTL as it arrived; may change it if it is to be
    /// forwarded. A changed payload is a new ns-3 packet: the old one is shared. May call Send()
    /// and Forward().
    using Handler = std::function<Disposition(Direction, WirePacket&)>;

    /// Where packets arrive and leave. An observer sees an arriving packet as it arrives, a leaving
    /// one as it leaves: decremented, and at the outside under public addresses.
    class Interface
    {
      public:
        /// \param address from which the router answers what expires here. \param arriving the
        /// direction of what arrives here; what leaves has the other.
        Interface(const IpAddress& address, Direction arriving)
            : m_address(address)
            , m_arriving(arriving)
        {
        }

        IpAddress Address() const { return m_address; }

        /// Observers are called in order of registration.
        void Observe(WireObserver observer) { m_observers.push_back(std::move(observer)); }

      private:
        friend class Router;

        void Show(Direction direction, const WirePacket& packet) const
        {
            for (const WireObserver& observer : m_observers)
            {
                observer(direction, packet);
            }
        }

        Direction Leaving() const
        {
            return m_arriving == Direction::Outbound ? Direction::Inbound : Direction::Outbound;
        }

        IpAddress m_address;
        Direction m_arriving;
        std::vector<WireObserver> m_observers;
    };

    explicit Router(RouterSetup setup);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    Interface& AddInterface(const IpAddress& address, Direction arriving);

    /// The router takes an end of a line: what arrives there arrives at the interface.
    void Attach(Interface& interface, NetworkPath& line, PathEnd end);

    /// Packets for an address leave by an interface, and go into a line or to what else takes them.
    /// Aborts on a second route to it.
    void AddRoute(const IpAddress& destination, Interface& out, NetworkPath& line, PathEnd end);
    void AddRoute(const IpAddress& destination, Interface& out, WireHandler send);

    /// Where everything else goes; without it, it is unroutable.
    void SetDefaultRoute(Interface& out, NetworkPath& line, PathEnd end);

    /// Gives the router a further address of its own; packets for it arrive at the handler.
    void AddAddress(const IpAddress& address) { m_addresses.push_back(address); }

    /// Hears of each packet that the filter stops, and of the first one of each conversation that
    /// it accepts: the rule, the direction, the packet under inside addresses.
    using FilterObserver =
        std::function<void(const FilterRule&, FilterDirection, const WirePacket&)>;

    /// Judges what passes. \param outside may be null: nothing is then outbound or inbound.
    void Filter(std::vector<FilterRule> rules,
                const FilterState& state,
                const Interface* outside,
                FilterObserver decided);

    /// Translates the addresses of what passes an interface, the filter's outside if it has one.
    void Translate(const NatConfig& config, Interface& outside);

    /// Without one it only forwards.
    void SetHandler(Handler handler) { m_handler = std::move(handler); }

    /// Takes packets that are addressed to the router and are not the NAT's; all of the handlers
    /// are called.
    void AddLocalHandler(WireHandler handler) { m_localHandlers.push_back(std::move(handler)); }

    /// The router itself uses this port of its outside address: its NAT does not assign it.
    void ReservePort(std::uint8_t protocol, std::uint16_t port);

    /// A packet arrives.
    void Receive(const Interface& interface, const WirePacket& packet);

    /// Sends a packet that the router or its handler's owner made, with the TTL as it is, to where
    /// its destination lies. Its source may be any address.
    void Send(const WirePacket& packet);

    /// The same for the host that runs on the router: neither filtered nor translated. The ports
    /// that it uses at the outside are its own from then on.
    void SendOwn(const WirePacket& packet);

    /// The address under which the router talks to a destination.
    IpAddress SourceTo(const IpAddress& destination) const;

    /// Forwards a packet that the handler consumed earlier, as a router does.
    void Forward(const WirePacket& packet);

    const RouterCounts& Counts() const { return m_counts; }

    /// Null if it translates nothing.
    Nat* Translation() { return m_nat ? &*m_nat : nullptr; }

    /// Its own address, whatever its interfaces have.
    IpAddress Address() const { return m_setup.icmp.address; }

    const std::string& Name() const { return m_setup.name; }

  private:
    struct Route
    {
        const Interface* out;
        WireHandler send;
    };

    void Pass(const Interface* from, const WirePacket& packet);
    void Leave(const Route& route, const WirePacket& packet) const;
    const Route* RouteTo(const IpAddress& destination) const;
    bool IsOwn(const IpAddress& address) const;
    bool IsAllowed(Nat::Translation verdict);
    bool Stops(FilterDirection direction, const WirePacket& inside, const WirePacket& arrived);
    IpAddress AnswersFrom(const WirePacket& packet) const;
    void AnswerRejected(const WirePacket& packet);
    void AnswerExpired(const IpAddress& source, const WirePacket& packet);
    void SignTranslation(const NatFlow& flow);

    RouterSetup m_setup;
    IcmpResponder m_icmp;
    std::deque<Interface> m_interfaces;
    std::vector<IpAddress> m_addresses;
    std::unordered_map<IpAddress, Route> m_routes; //!< Looked up, never walked.
    std::optional<Route> m_default;
    std::optional<Nat> m_nat;
    std::optional<PacketFilter> m_filter;
    FilterState m_filterState;
    std::uint16_t m_resetId = 0; //!< Of the last reset that the filter sent.
    FilterObserver m_onDecided;
    const Interface* m_outside = nullptr; //!< Of NAT and filter.
    Handler m_handler;
    std::vector<WireHandler> m_localHandlers;
    RouterCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_ROUTER_H
