#ifndef BOUNCELAB_MODELS_PATH_IN_PATH_STATION_H
#define BOUNCELAB_MODELS_PATH_IN_PATH_STATION_H

#include "models/path/branches.h"
#include "models/path/icmp-responder.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// What becomes of a packet that has arrived at an in-path station.
enum class Disposition
{
    Forward, //!< It goes on, as it is now, one TTL less.
    Consume, //!< It ends here.
};

/// Every packet that arrived, or that was forwarded after all, is in exactly one of the next four:
/// arrived + resumed = forwarded + consumed + expired + local.
struct StationCounts
{
    std::uint64_t arrived = 0;   //!< From either side.
    std::uint64_t forwarded = 0; //!< By the handler's word, or because there is no handler.
    std::uint64_t consumed = 0;  //!< Kept by the handler.
    std::uint64_t expired = 0;   //!< Dropped because of the TTL.
    std::uint64_t local = 0;     //!< To be forwarded, but addressed to the station: dropped.
    std::uint64_t resumed = 0;   //!< Handed to Forward() by the handler's owner.
    std::uint64_t sent = 0;      //!< Made by the handler's owner, see Send().
};

/**
 * A router through which traffic has to pass, and which may forward, change, consume and originate
 * packets: the place of an interception proxy, a firewall, a tarpit. It ends one path (towards the
 * site) and begins one or more others (towards the hosts behind it); nothing gets past it. A device
 * that only observes and injects is no station: it stands beside a path (Path::ObserveAt()).
 *
 * Made by Gateway::AddStation() or AddStation(); wired before the simulation starts.
 */
class InPathStation
{
  public:
    /// Decides about one packet, with its TTL as it arrived; may change it if it is to be
    /// forwarded. Outbound = it came from the site's side. A changed payload is a new ns-3 packet:
    /// the old one is shared. May call Send() and Forward().
    using Handler = std::function<Disposition(Direction, WirePacket&)>;

    /**
     * \param name its actor. \param near the path whose End::Far it takes; its last hop tells the
     * station's address and ICMP figures. \param announce is told which addresses are behind it.
     */
    InPathStation(std::string name, NetworkPath& near, PathForm form, Branches::Announcer announce);
    InPathStation(const InPathStation&) = delete;
    InPathStation& operator=(const InPathStation&) = delete;

    /// Without one it is a plain router.
    void SetHandler(Handler handler) { m_handler = std::move(handler); }

    /// Adds a host, or a further station, behind this one: see Branches.
    NetworkPath& AddHost(const std::string& name, std::vector<HopConfig> hops);
    InPathStation& AddStation(const std::string& name, std::vector<HopConfig> hops);

    /// Gives the station a further address of its own; packets for it arrive at the handler.
    void AddAddress(Ipv4 address);

    /// See what passes the interface towards the site, and those towards the hosts behind: packets
    /// as they arrive there, and as they leave (decremented).
    void ObserveNear(WireObserver observer) { m_nearObservers.push_back(std::move(observer)); }

    void ObserveFar(WireObserver observer) { m_farObservers.push_back(std::move(observer)); }

    /// Sends a packet that the station made, with the TTL as it is, to where its destination lies.
    /// Its source may be any address. Aborts on a packet for the station itself.
    void Send(const WirePacket& packet);

    /// Forwards a packet that the handler consumed earlier, as a router does: one TTL less, and if
    /// none is left an ICMP message to its source.
    void Forward(const WirePacket& packet);

    Ipv4 Address() const { return m_near.Setup().hops.back().address; }

    const std::string& Name() const { return m_name; }

    NetworkPath& Near() { return m_near; }

    const StationCounts& Counts() const { return m_counts; }

  private:
    void Take(Direction direction, const WirePacket& packet);
    void Pass(const WirePacket& packet);
    void Route(const WirePacket& packet);
    bool IsOwn(Ipv4 address) const;

    std::string m_name;
    NetworkPath& m_near;
    Branches::Announcer m_announce;
    Branches m_far;
    std::vector<Ipv4> m_furtherAddresses;
    IcmpResponder m_icmp;
    Handler m_handler;
    std::vector<WireObserver> m_nearObservers;
    std::vector<WireObserver> m_farObservers;
    StationCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_IN_PATH_STATION_H
