#ifndef BOUNCELAB_MODELS_PATH_SEGMENT_H
#define BOUNCELAB_MODELS_PATH_SEGMENT_H

#include "models/path/card-config.h"
#include "models/path/neighbor-message.h"
#include "models/provenance/ledger.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

struct SegmentSetup
{
    Nanoseconds delay{0};      //!< From any machine to any other; above 0.
    Nanoseconds arpTimeout{0}; //!< A machine forgets what it was told after this time, unless
                               //!< its card has one of its own.
    provenance::Ledger* ledger = nullptr; //!< Signs what machines ask and tell. Not owned.
};

/**
 * An Ethernet segment: machines at the ports of a switch. A machine that does not know the hardware
 * address of the next hop asks by ARP, in IPv6 by neighbor solicitation, and keeps the packet until
 * the answer is there; it asks three times, a second apart, and gives up. What it learns it keeps
 * for a time. Nothing happens while nobody sends.
 *
 * The mirror port shows each frame once, halfway between its sender and its receivers. Frames take
 * no time to send, none is lost, and none overtakes another.
 *
 * Wired before the simulation starts; outlives it.
 */
class Segment
{
  public:
    /// A machine's network card.
    class Port;

    explicit Segment(SegmentSetup setup);
    ~Segment();
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    /// Aborts if the address is taken. \param machine its actor \param receive takes its packets
    Port& Join(const std::string& machine,
               const IpAddress& address,
               MacAddress mac,
               WireHandler receive,
               const CardConfig& card = {});

    /// Sends a packet from a port to the machine that has an address of the segment.
    void Send(Port& from, const IpAddress& nextHop, const WirePacket& packet);

    /// Shows a port's own frames, and those that reach it.
    void Observe(Port& port, FrameObserver observer);

    /// Shows every frame.
    void Mirror(FrameObserver observer) { m_mirror.push_back(std::move(observer)); }

  private:
    struct Neighbor;

    void Ask(Port& port, const IpAddress& address);
    void Learn(Port& port, const IpAddress& address, MacAddress mac);
    void Say(Port& from, bool isReply, const IpAddress& to, MacAddress mac);
    void Emit(Port& from, EthernetFrame frame);
    void Arrive(const Port* from, const EthernetFrame& frame);
    void Take(Port& port, const EthernetFrame& frame);
    void Hear(Port& port, const NeighborMessage& message);

    SegmentSetup m_setup;
    std::list<Port> m_ports;
    std::unordered_map<IpAddress, Port*> m_byAddress; //!< Looked up, never walked.
    std::map<std::array<std::uint8_t, 6>, Port*> m_byMac;
    std::vector<Port*> m_observed;
    std::vector<FrameObserver> m_mirror;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_SEGMENT_H
