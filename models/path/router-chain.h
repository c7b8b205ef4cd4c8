#ifndef BOUNCELAB_MODELS_PATH_ROUTER_CHAIN_H
#define BOUNCELAB_MODELS_PATH_ROUTER_CHAIN_H

#include "models/path/icmp-responder.h"
#include "models/path/link-limit.h"
#include "models/path/path.h"

#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/node.h>
#include <ns3/point-to-point-net-device.h>

#include <deque>
#include <functional>

namespace bouncelab::path
{

/**
 * A path as ns-3 routers: a node with ns-3's stack of the hop's family and static routes for every
 * hop but the last, point-to-point devices, no queue discs. The ends are bare devices, handed over
 * to the handlers. The reference for HopLine. ns-3 decides what expires and what is answered; the
 * answers get the router's own delay, addresses and TTL on their way down.
 *
 * Needs the global value ChecksumEnabled: checked when built.
 */
class RouterChain : public NetworkPath
{
  public:
    explicit RouterChain(PathSetup setup);
    ~RouterChain() override;

  private:
    class GatedDevice;
    class LimitedQueue;
    using Device = ns3::Ptr<GatedDevice>;

    using AnswerMaker = std::function<WirePacket(IcmpResponder&, const WirePacket& offending)>;

    struct Router
    {
        RouterChain* chain = nullptr;
        std::uint32_t hop = 0;
        ns3::Ptr<ns3::Ipv4L3Protocol> ipv4; //!< Or else,
        ns3::Ptr<ns3::Ipv6L3Protocol> ipv6;
        std::uint32_t nearInterface = 0;
        std::uint32_t farInterface = 0;
        provenance::Origin handling; //!< Of the packet that is being forwarded right now.

        void Receive(ns3::Ptr<ns3::NetDevice> device, ns3::Ptr<ns3::Packet> packet) const;
        void Received(ns3::Ptr<const ns3::Packet> packet, std::uint32_t interface);
        void Forwarded(const WirePacket& packet, std::uint32_t interface);
        void Expired(const WirePacket& dropped);
        void Answer(const WirePacket& offending, const AnswerMaker& make);

        // For ns-3.
        void ReceivedIpv4(ns3::Ptr<const ns3::Packet> packet,
                          ns3::Ptr<ns3::Ipv4> ipv4Protocol,
                          std::uint32_t interface);
        void ReceivedIpv6(ns3::Ptr<const ns3::Packet> packet,
                          ns3::Ptr<ns3::Ipv6> ipv6Protocol,
                          std::uint32_t interface);
        void ForwardedIpv4(const ns3::Ipv4Header& header,
                           ns3::Ptr<const ns3::Packet> packet,
                           std::uint32_t interface);
        void ForwardedIpv6(const ns3::Ipv6Header& header,
                           ns3::Ptr<const ns3::Packet> packet,
                           std::uint32_t interface);
        void DroppedIpv4(const ns3::Ipv4Header& header,
                         ns3::Ptr<const ns3::Packet> packet,
                         ns3::Ipv4L3Protocol::DropReason reason,
                         ns3::Ptr<ns3::Ipv4> ipv4Protocol,
                         std::uint32_t interface);
        void DroppedIpv6(const ns3::Ipv6Header& header,
                         ns3::Ptr<const ns3::Packet> packet,
                         ns3::Ipv6L3Protocol::DropReason reason,
                         ns3::Ptr<ns3::Ipv6> ipv6Protocol,
                         std::uint32_t interface);
        void SendIcmp(ns3::Ptr<ns3::Packet> message,
                      ns3::Ipv4Address source,
                      ns3::Ipv4Address destination,
                      std::uint8_t protocol,
                      ns3::Ptr<ns3::Ipv4Route> route);
    };

    void DoEnter(PathEnd end, const WirePacket& packet) override;
    void DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet) override;

    void DoObserve(std::uint32_t) override {}

    void DoGate(std::uint32_t hop) override;

    void DoAddAddress(const IpAddress& address) override;

    void Link(std::uint32_t link, ns3::Ptr<ns3::Node> near, ns3::Ptr<ns3::Node> far);
    Device MakeDevice(std::uint32_t link, Direction direction);
    LinkModel ModelOf(std::uint32_t link, Direction direction) const;
    bool IsLimited(std::uint32_t link) const;
    bool Admits(LimitedQueue& queue, const WirePacket& packet);
    void TooBig(const LimitedQueue& queue, std::uint32_t hop, const WirePacket& packet);
    void Install(Router& router, ns3::Ptr<ns3::Node> node);
    void InstallIpv4(Router& router, ns3::Ptr<ns3::Node> node);
    void InstallIpv6(Router& router, ns3::Ptr<ns3::Node> node);
    void RouteToHost(Router& router, const IpAddress& address);
    std::uint32_t HostInterface(const Router& router) const;
    std::uint32_t OtherInterface(const Router& router) const;
    bool Arrived(PathEnd end, ns3::Ptr<const ns3::Packet> packet);
    void InsertNow(std::uint32_t hop, Direction direction, const WirePacket& packet);
    /// What the router behind a hop's near device, or the far end, sends inbound, gates and
    /// observers passed or not.
    void SendInbound(std::uint32_t hop, const WirePacket& packet);
    /// \param link that the device sends on. \param past the gate that may stand there
    void Send(std::uint32_t link, Direction direction, const WirePacket& packet, bool past = false);

    std::deque<Router> m_routers; //!< Hop k at k - 1; the far end has none.
    std::vector<IcmpResponder> m_responders;
    std::vector<Device> m_outboundDevices; //!< By hop 0..n-1: faces outbound.
    std::vector<Device> m_inboundDevices;  //!< By hop 1..n at k - 1: faces inbound.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_ROUTER_CHAIN_H
