#ifndef BOUNCELAB_TESTS_MIDDLEBOX_DEVICE_RIG_H
#define BOUNCELAB_TESTS_MIDDLEBOX_DEVICE_RIG_H

#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

struct Collected : provenance::ActionSink
{
    void Record(const provenance::Action& action) override { actions.push_back(action); }

    std::vector<provenance::Action> actions;
};

constexpr std::uint32_t CLIENT = 0x0A040104;
constexpr std::uint32_t SERVER = 0xCB007150;

/// What is put onto the wire by hand.
struct HandMade
{
    std::uint32_t sequence = 0;
    std::string text;
    std::uint8_t flags = tcp::ACK;
    std::uint32_t acknowledgment = 5000;
    std::uint16_t clientPort = 40000;
    bool spoilsChecksum = false;
};

/// A path of nine hops of 1 ms with a device before one of them, and an end at each side that says
/// nothing by itself.
template <class Device, class Config>
struct DeviceRig
{
    explicit DeviceRig(const Config& config = {},
                       IpAddress atNear = Ipv4{CLIENT},
                       IpAddress atFar = Ipv4{SERVER},
                       WallTime start = WallTime(),
                       path::PathForm form = path::PathForm::Channel)
        : client(atNear)
        , server(atFar)
        , ledger(&collected)
    {
        path::PathSetup setup;
        setup.name = "line";
        setup.seed = 1;
        setup.hops.resize(9);
        for (std::size_t i = 0; i < setup.hops.size(); ++i)
        {
            setup.hops[i].address = Ipv4{0xC6336401U + static_cast<std::uint32_t>(i)};
            setup.hops[i].delay = Nanoseconds(1000000);
        }
        setup.hops.back().address = server;
        setup.hostAddress = server;
        setup.ledger = &ledger;
        line = path::NetworkPath::Make(form, setup);
        device = std::make_unique<Device>("border", config, *line, 1, ledger, start);
        line->SetHandler(path::PathEnd::Near,
                         [this](const path::WirePacket& p)
                         {
                             arrivedNs.push_back(path::NowNs());
                             arrived.push_back(p);
                         });
        line->SetHandler(path::PathEnd::Far,
                         [this](const path::WirePacket& p)
                         {
                             passedNs.push_back(path::NowNs());
                             passed.push_back(p);
                         });
    }

    DeviceRig(const DeviceRig&) = delete;
    DeviceRig& operator=(const DeviceRig&) = delete;

    ~DeviceRig() { ns3::Simulator::Destroy(); }

    void Send(std::uint32_t sequence, const std::string& text, std::uint8_t flags = tcp::ACK)
    {
        Send({sequence, text, flags});
    }

    /// The client says something.
    void Send(const HandMade& what) { Enter(what, true, 0); }

    /// The server says something, with a flow label.
    void Answer(std::uint32_t label) { Enter({4990, "", tcp::ACK, 1000}, false, label); }

    void Answer(const HandMade& what) { Enter(what, false, 0); }

    void Run() { ns3::Simulator::Run(); }

    void RunAfter(std::int64_t ns)
    {
        ns3::Simulator::Stop(ns3::NanoSeconds(ns));
        ns3::Simulator::Run();
    }

    TcpSegment SegmentDraft(std::size_t i, std::string& text) const
    {
        return SegmentOf(arrived[i], text);
    }

    /// \param text receives the payload
    static TcpSegment SegmentOf(const path::WirePacket& packet, std::string& text)
    {
        std::vector<std::uint8_t> bytes;
        TcpSegment s = *path::ReadSegment(packet, bytes);
        text = s.payload.Text();
        s.payload = ViewOf(text);
        BOOST_TEST(TransportChecksum(packet.header.GetSource(),
                                     packet.header.GetDestination(),
                                     protocol::TCP,
                                     {bytes.data(), bytes.size()}) == 0);
        return s;
    }

    IpAddress client;
    IpAddress server;
    Collected collected;
    provenance::Ledger ledger;
    std::unique_ptr<path::NetworkPath> line;
    std::unique_ptr<Device> device;
    std::vector<path::WirePacket> arrived; //!< At the client,
    std::vector<std::int64_t> arrivedNs;
    std::vector<path::WirePacket> passed; //!< and at the server.
    std::vector<std::int64_t> passedNs;

  private:
    void Enter(const HandMade& what, bool fromClient, std::uint32_t label)
    {
        TcpSegment s;
        s.sourcePort = fromClient ? what.clientPort : 25;
        s.destinationPort = fromClient ? 25 : what.clientPort;
        s.sequence = what.sequence;
        s.acknowledgment = what.acknowledgment;
        s.flags = what.flags;
        s.payload = ViewOf(what.text);
        path::WirePacket p =
            path::PacketOf(s, {}, fromClient ? client : server, fromClient ? server : client);
        if (what.spoilsChecksum)
        {
            std::vector<std::uint8_t> octets = path::OctetsOf(*p.payload);
            octets[16] ^= 0xFF;
            p.payload =
                ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
        }
        p.payload->AddPacketTag(provenance::OriginTag(ledger.Born(1)));
        p.header.SetTtl(64);
        if (p.header.IsIpv6())
        {
            p.header.SetFlowLabel(label);
        }
        line->Enter(fromClient ? path::PathEnd::Near : path::PathEnd::Far, p);
    }
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_TESTS_MIDDLEBOX_DEVICE_RIG_H
