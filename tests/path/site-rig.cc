#include "tests/path/site-rig.h"

#include "lab/evidence/wire-serializer.h"
#include "models/provenance/sim-now.h"
#include "tests/times.h"

#include <ns3/inet-socket-address.h>
#include <ns3/simulator.h>

namespace bouncelab::path
{

namespace
{

host::HostStart
StartOf(Ipv4 address)
{
    host::HostStart start;
    start.firstIsn = static_cast<std::uint32_t>(Mix(address.value));
    start.ipId = static_cast<std::uint16_t>(Mix(address.value + 1));
    return start;
}

host::StackProfile
ProfileOf()
{
    host::StackProfile profile;
    profile.ttl = 128;
    return profile;
}

std::vector<HopConfig>
InsideHops()
{
    HopConfig last = MakeHop(1);
    last.address = GatewayInside;
    return {last};
}

std::string
ReadText(ns3::Ptr<ns3::Socket> socket)
{
    std::string text;
    while (auto packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            break;
        }
        std::string part(packet->GetSize(), '\0');
        packet->CopyData(reinterpret_cast<std::uint8_t*>(part.data()), packet->GetSize());
        text += part;
    }
    return text;
}

void
SendText(ns3::Ptr<ns3::Socket> socket, const std::string& text)
{
    socket->Send(ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(text.data()),
                                          static_cast<std::uint32_t>(text.size())));
}

} // namespace

TestCapture::TestCapture(const std::filesystem::path& file)
    : m_file(file)
    , m_writer(file, HostClock{test::Reading(1321416716165000000), {}, Nanoseconds(1), 0})
{
}

WireObserver
TestCapture::Observer()
{
    return [this](Direction direction, const WirePacket& packet)
    {
        evidence::WireSerializer serializer;
        const std::size_t size = serializer.Serialize(packet);
        evidence::Frame frame;
        frame.time = SimNow();
        frame.link.source.bytes = {2, 0, 0, 0, 0, 1};
        frame.link.destination.bytes = {2, 0, 0, 0, 0, 2};
        if (direction == Direction::Inbound)
        {
            std::swap(frame.link.source, frame.link.destination);
        }
        frame.ip = serializer.Data();
        frame.ipSize = size;
        m_writer.Write(frame);
        ++m_frames;
    };
}

std::string
TestCapture::Fields(const std::string& filter, const std::string& fields)
{
    if (!m_closed)
    {
        m_writer.Close();
        m_closed = true;
    }
    return test::Shell("tshark -r " + m_file.string() +
                       " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE "
                       "-o udp.check_checksum:TRUE -Y '" +
                       filter + "' -T fields " + fields + " 2>/dev/null");
}

std::string
TestCapture::Flaws()
{
    return Fields("_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || "
                  "udp.checksum.status == 0 || icmp.checksum.status == 0",
                  "-e frame.number -e _ws.col.Info");
}

SiteRig::SiteRig(PathForm form, std::optional<NatConfig> nat)
    : gateway({"gateway", 1, form, MailHost, InsideHops(), GatewayOutside, &ledger, nat})
    , mail("mail", MailHost, ProfileOf(), StartOf(MailHost), {1, ledger})
{
    gateway.Inside().SetHandler(PathEnd::Near, [this](const WirePacket& p) { mail.Receive(p); });
    mail.SetWire([this](const WirePacket& p) { gateway.Inside().Enter(PathEnd::Near, p); });
    gateway.ObserveInside(recorder.Observer("inside"));
    gateway.ObserveOutside(recorder.Observer("outside"));
    Serve(mail);
}

SiteRig::~SiteRig()
{
    ns3::Simulator::Destroy();
}

NatConfig
SiteRig::MailNat()
{
    NatConfig nat;
    PortForward forward;
    forward.port = 25;
    forward.to = MailHost;
    nat.forwards["smtp"] = forward;
    return nat;
}

std::vector<HopConfig>
SiteRig::HopsTo(Ipv4 address, std::uint32_t count)
{
    std::vector<HopConfig> hops;
    for (std::uint32_t i = 1; i <= count; ++i)
    {
        hops.push_back(MakeHop(i));
        hops.back().address = Ipv4{address.value ^ (i << 8)};
        hops.back().jitter = Nanoseconds(200000);
        hops.back().bitsPerSecond = 10000000;
    }
    hops.back().address = address;
    return hops;
}

host::Host&
SiteRig::AddHost(const std::string& name, Ipv4 address)
{
    m_hosts.push_back(std::make_unique<host::Host>(name,
                                                   address,
                                                   ProfileOf(),
                                                   StartOf(address),
                                                   host::HostContext{1, ledger}));
    return *m_hosts.back();
}

host::Host&
SiteRig::AddRemote(const std::string& name, Ipv4 address, std::uint32_t hops)
{
    host::Host& host = AddHost(name, address);
    Attach(host, gateway.AddServer(name, HopsTo(address, hops)));
    return host;
}

void
SiteRig::Attach(host::Host& host, NetworkPath& chain)
{
    host.SetWire([&chain](const WirePacket& p) { chain.Enter(PathEnd::Far, p); });
    chain.SetHandler(PathEnd::Far, [&host](const WirePacket& p) { host.Receive(p); });
}

Conversation&
SiteRig::Converse(host::Host& client, Ipv4 to, std::string text, std::int64_t atNs)
{
    return Open(client, to, std::move(text), atNs);
}

Conversation&
SiteRig::ConverseUntilIdle(host::Host& remote, std::string text, std::int64_t atNs)
{
    Serve(remote);
    return Open(mail, remote.Address().AsIpv4(), std::move(text), atNs);
}

void
SiteRig::Serve(host::Host& server)
{
    server.Listen(
        25,
        [this, &server](ns3::Ptr<host::ProfileSocket> socket)
        {
            ns3::Address peer;
            socket->GetPeerName(peer);
            accepted.push_back(Ipv4{ns3::InetSocketAddress::ConvertFrom(peer).GetIpv4().Get()});
            socket->SetRecvCallback(
                [](ns3::Ptr<ns3::Socket> from)
                {
                    const std::string text = ReadText(from);
                    if (!text.empty())
                    {
                        SendText(from, text);
                    }
                });
            const auto close = [&server, socket](ns3::Ptr<ns3::Socket>) { server.Release(socket); };
            socket->SetCloseCallbacks(close, close);
        });
}

Conversation&
SiteRig::Open(host::Host& client, Ipv4 to, std::string text, std::int64_t atNs)
{
    Conversation& conversation = m_conversations.emplace_back();
    conversation.said = std::move(text);
    ns3::Simulator::Schedule(
        ns3::NanoSeconds(atNs),
        [&client, &conversation, to]
        {
            auto socket = client.OpenSocket(to, 25);
            socket->SetConnectCallback([&conversation](ns3::Ptr<ns3::Socket> connected)
                                       { SendText(connected, conversation.said); },
                                       [](ns3::Ptr<ns3::Socket>) {});
            socket->SetRecvCallback(
                [&client, &conversation, socket](ns3::Ptr<ns3::Socket> from)
                {
                    conversation.heard += ReadText(from);
                    if (conversation.heard.size() == conversation.said.size() &&
                        !conversation.closed)
                    {
                        conversation.closed = true;
                        client.Release(socket);
                    }
                });
            client.Connect(socket);
        });
    return conversation;
}

} // namespace bouncelab::path
