#ifndef BOUNCELAB_MODELS_HOST_STACK_SHIM_H
#define BOUNCELAB_MODELS_HOST_STACK_SHIM_H

#include "formats/address.h"
#include "formats/random.h"
#include "models/host/boot-state.h"
#include "models/host/flow.h"
#include "models/host/ip-identification.h"
#include "models/host/port-chooser.h"
#include "models/host/stack-profile.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <ns3/ipv4-address.h>
#include <ns3/ipv4-route.h>
#include <ns3/ipv6-address.h>
#include <ns3/ipv6-route.h>
#include <ns3/packet.h>
#include <ns3/tcp-header.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::host
{

/**
 * Stands between ns-3's TCP and the wire and makes a host look and behave like the stack of its
 * profile (facts N12, N13, N15 to N19).
 *
 * Outgoing: takes ns-3's header off and writes the profile's (ISN, options and their order, PSH,
 * windows, timestamps, IP ID, DF, TTL; of IPv6 hop limit and flow label), decides which bare ACKs
 * leave and when, and signs each packet with its origin. Incoming: checks the segment as the
 * profile's stack would, before ns-3 sees it. ns-3 itself runs without timestamps and counts
 * sequence numbers from 0 on both sides.
 */
class StackShim
{
  public:
    /**
     * \param name the host's name; it names the draws and the actor
     * \param address the host's address
     * \param profile has to outlive the shim
     * \param start counters and latencies; copied
     * \param seed of the run
     * \param ledger has to outlive the shim
     */
    StackShim(const std::string& name,
              const IpAddress& address,
              const StackProfile& profile,
              const HostStart& start,
              std::uint64_t seed,
              provenance::Ledger& ledger);

    /// Where packets leave the host.
    void SetWire(path::WireHandler wire) { m_wire = std::move(wire); }

    /// A TCP packet arrived from the wire. It reaches the stack after the kernel latency.
    void Receive(const path::WirePacket& packet);

    /// A listening socket for a local port; null: nothing listens any more. Not owned.
    void Listen(std::uint16_t port, ProfileSocket* listener);

    /// The largest segment that goes into a packet to a peer without options.
    std::uint32_t LargestSegment(const IpAddress& peer) const
    {
        return m_profile.mss -
               (peer.IsIpv6() ? static_cast<std::uint32_t>(IPV6_BYTES - IPV4_BYTES) : 0U);
    }

    /// Told of a connection to another host's address that is being taken; the cause that it gives
    /// signs all that the host sends on it.
    using TakeHandler = std::function<provenance::CauseId(const FlowKey&)>;

    /// From now on connections to any address are taken on the ports listened to: the peer is shown
    /// the address that it meant (an interception proxy). What leaves with such an address is
    /// forged.
    void TakeAnyAddress(TakeHandler onTake)
    {
        m_takesAnyAddress = true;
        m_onTake = std::move(onTake);
    }

    /// A further address of the host's own.
    void AddAddress(const IpAddress& address) { m_furtherAddresses.insert(address); }

    /// Whether a TCP packet is this stack's to deal with.
    bool Takes(const path::WirePacket& packet) const;

    /// Whether a TCP packet belongs to a connection that a program of the host has open.
    bool Holds(const path::WirePacket& packet) const;

    /// Makes the flow of a connection that the host opens, before its socket sends the SYN.
    StackFlow& Open(const FlowKey& key, ProfileSocket& socket);

    /// A source port that no live connection of the host uses.
    std::uint16_t NextPort(const IpAddress& remote, std::uint16_t remotePort);

    /// The application closed both directions and is gone.
    void Orphan(ProfileSocket& socket);

    /// Forgets every connection, without a packet, and takes and sends nothing until Boot().
    void LosePower();

    /// Asks whether the peer is there, by an octet that it has had (RFC 9293 3.8.4).
    void KeepAlive(StackFlow& flow);

    void Boot() { m_isDown = false; }

    bool IsDown() const { return m_isDown; }

    /// The identification of a packet that leaves now, of a host with one counter for all.
    std::uint16_t NextHostIpId();

    std::size_t FlowCount() const { return m_flows.size(); }

    provenance::ActorId Actor() const { return m_actor; }

    // For ns-3's TCP and the sockets only.
    void DownIpv4(ns3::Ptr<ns3::Packet> packet,
                  ns3::Ipv4Address source,
                  ns3::Ipv4Address destination,
                  std::uint8_t protocol,
                  ns3::Ptr<ns3::Ipv4Route> route);
    void DownIpv6(ns3::Ptr<ns3::Packet> packet,
                  ns3::Ipv6Address source,
                  ns3::Ipv6Address destination,
                  std::uint8_t protocol,
                  ns3::Ptr<ns3::Ipv6Route> route);
    void SocketForked(const FlowKey& key, ProfileSocket& socket);
    void SocketGone(StackFlow& flow);

  private:
    using OptionOrder = std::vector<TcpOptionKind>;

    void Down(const ns3::Ptr<ns3::Packet>& packet,
              const IpAddress& source,
              const IpAddress& destination);
    void Process(path::WirePacket packet);
    void LearnPathMtu(const path::WirePacket& error, std::uint32_t mtu);
    std::uint32_t SegmentFor(const StackFlow& flow) const; //!< Octets that go into one.
    bool AcceptsReset(const StackFlow& flow, const TcpSegment& segment) const;
    /// Whether a reset has a number that the flow may still receive.
    static bool IsInWindow(const StackFlow& flow, const TcpSegment& segment);
    /// Whether nothing that the profile looks for says that the peer has not sent a reset.
    bool TrustsReset(const StackFlow& flow,
                     const TcpSegment& segment,
                     const path::IpHeader& header) const;
    void NoteTtl(StackFlow& flow, const TcpSegment& segment, const path::IpHeader& header) const;
    /// Whether a segment is too early to be processed now; compares it with those held back.
    bool HoldsBack(StackFlow& flow, const TcpSegment& segment, const path::WirePacket& packet);
    void Release(const FlowKey& key, std::uint64_t number);
    /// Whether a segment opens a connection to a port that is listened to.
    bool Opens(const TcpSegment& segment) const;
    /// Whether a segment that belongs to no connection is answered with RST.
    bool DrawsReset(const TcpSegment& segment) const;
    void ProcessReset(StackFlow& flow, const TcpSegment& segment, const provenance::Origin& origin);
    void ProcessSyn(TcpSegment segment, const path::IpHeader& header);
    void ProcessSynInFlow(StackFlow& flow,
                          const TcpSegment& segment,
                          const path::IpHeader& header,
                          const provenance::Origin& origin);
    void ProcessFlow(StackFlow& flow,
                     TcpSegment segment,
                     const path::IpHeader& header,
                     const provenance::Origin& origin);
    bool AcceptsAcknowledgment(StackFlow& flow, TcpSegment& segment);
    bool AcceptsTimestamp(StackFlow& flow, const TcpSegment& segment) const;
    void RefreshTimestamp(StackFlow& flow, const TcpSegment& segment, std::uint32_t sequence) const;
    void NoteForgery(StackFlow& flow, const TcpSegment& segment, const provenance::Origin& origin);
    void NoteDisplaced(const StackFlow& flow, const provenance::Origin& origin);
    void LearnPeer(StackFlow& flow, const TcpSegment& syn) const;
    void Deliver(StackFlow& flow, const TcpSegment& segment, const path::IpHeader& header);
    void DeliverPart(StackFlow& flow,
                     ProfileSocket& socket,
                     const TcpSegment& segment,
                     const path::IpHeader& header);

    void HoldAck(StackFlow& flow);
    void SendBareAck(StackFlow& flow);
    void SendChallenge(StackFlow& flow); //!< A bare ACK, at a limited rate (RFC 5961 7).
    void SendReset(const TcpSegment& cause,
                   const path::IpHeader& header,
                   provenance::CauseId because);
    void Send(StackFlow& flow, TcpSegment& segment, const OptionOrder& order);
    void Emit(const TcpSegment& segment,
              const OptionOrder& order,
              const IpAddress& from,
              const IpAddress& to,
              std::uint16_t ipId,
              const provenance::Origin& origin);
    std::uint32_t OpeningWindow(const StackFlow& flow) const; //!< Of a SYN or SYN-ACK.
    std::uint16_t ShownWindow(StackFlow& flow);
    std::uint16_t NextIpId(StackFlow& flow, const TcpSegment& segment);
    std::uint32_t FlowLabelOf(const FlowKey& key) const;
    provenance::Origin Sign(const IpAddress& from, provenance::CauseId cause);
    void FillOptions(const StackFlow& flow, TcpSegment& segment) const;
    const OptionOrder& OrderFor(const StackFlow& flow, const TcpSegment& segment) const;
    OptionOrder Negotiated(const OptionOrder& order, const TcpSegment& segment) const;
    void DropOldTimeWaits(std::int64_t nowNs);
    StackFlow* Find(const FlowKey& key);
    StackFlow& Create(const FlowKey& key);

    std::string m_name;

    bool IsOwn(const IpAddress& address) const
    {
        return address == m_address || m_furtherAddresses.count(address) > 0;
    }

    IpAddress m_address;
    std::set<IpAddress> m_furtherAddresses;
    const StackProfile& m_profile;
    HostStart m_start;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    path::WireHandler m_wire;
    DrawKey m_draws;
    BootState m_boot;
    std::uint64_t m_flowsMade = 0;
    std::uint64_t m_received = 0; //!< Packets.
    IpIdentification m_hostIpId;
    PortChooser m_ports;
    OptionOrder m_synOrder;
    OptionOrder m_synAckOrder;
    OptionOrder m_plainSynAckOrder; //!< Without timestamps.
    OptionOrder m_timestampOrder{TcpOptionKind::Nop, TcpOptionKind::Nop, TcpOptionKind::Timestamp};
    std::unordered_map<FlowKey, std::unique_ptr<StackFlow>, FlowKeyHash> m_flows;
    std::map<IpAddress, std::uint32_t> m_pathMtus; //!< What routers told, by peer.
    std::unordered_map<std::uint16_t, ProfileSocket*> m_listeners;
    std::deque<std::pair<std::int64_t, FlowKey>> m_timeWaits;
    std::int64_t m_lastProcessNs = 0;
    bool m_firstFlow = true;
    bool m_takesAnyAddress = false;
    bool m_isDown = false;
    bool m_isReleasing = false;   //!< What is processed was held back.
    std::uint64_t m_heldBack = 0; //!< Segments.
    TakeHandler m_onTake;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_STACK_SHIM_H
