#ifndef BOUNCELAB_TESTS_HOST_TWO_HOSTS_H
#define BOUNCELAB_TESTS_HOST_TWO_HOSTS_H

#include "models/host/host.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace bouncelab::host
{

inline StackProfile
FreeBsdProfile()
{
    StackProfile p;
    p.ttl = 128;
    p.ipId = IpIdPolicy::HostCounter;
    p.receiveBuffer = 66608;
    p.windowScale = 1;
    p.timestampEcho = TimestampEcho::AfterTrim;
    return p;
}

inline StackProfile
LinuxProfile()
{
    StackProfile p;
    p.zeroIdOnSynAck = true;
    p.synWindow = 5792;
    p.receiveBuffer = 5792;
    p.synOptions = {"mss", "sackok", "ts", "nop", "ws"};
    p.timestampHz = 100;
    p.windowUpdate = WindowUpdate::Clamped;
    p.ackOfUnsent = AckOfUnsent::Process;
    p.ackDelay = Nanoseconds(40000000);
    p.quickAcks = 2;
    p.acksFinAtOnce = false;
    return p;
}

/// A segment as seen halfway between the hosts.
struct Seen
{
    std::int64_t ns = 0;
    bool fromClient = false;
    std::vector<std::uint8_t> bytes;
    TcpSegment segment;
    path::IpHeader header;
    provenance::Origin origin;

    std::string Text() const { return std::string(segment.payload.Text()); }
};

/// Where two hosts are.
struct TwoAddresses
{
    IpAddress client = Ipv4{0x0A040104};
    IpAddress server = Ipv4{0xCB83C650};
};

/// Two hosts, 50 ms apart, with an observer in the middle who may drop or add packets.
class TwoHosts
{
  public:
    explicit TwoHosts(StackProfile clientProfile = FreeBsdProfile(),
                      StackProfile serverProfile = LinuxProfile(),
                      std::uint32_t serverIsn = 0x1527A9A1,
                      const HostClock& clock = {},
                      const TwoAddresses& addresses = {})
        : client("client",
                 addresses.client,
                 clientProfile,
                 Start(0x2E68FF24, 121485349),
                 {1, ledger, clock})
        , server("server",
                 addresses.server,
                 serverProfile,
                 Start(serverIsn, 9713757),
                 {1, ledger, clock})
    {
        client.SetWire([this](const path::WirePacket& p) { Half(p, true); });
        server.SetWire([this](const path::WirePacket& p) { Half(p, false); });
    }

    ~TwoHosts() { ns3::Simulator::Destroy(); }

    /// Puts a packet on the second half of the way.
    void Inject(const path::WirePacket& p, bool toServer)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(HALF_NS),
                                 [this, p, toServer] { (toServer ? server : client).Receive(p); });
    }

    static constexpr std::int64_t HALF_NS = 25000000;

    provenance::Ledger ledger;
    Host client;
    Host server;
    std::deque<Seen> seen;
    std::function<bool(const Seen&)> drops = [](const Seen&) { return false; };
    std::function<void(const Seen&)> onSeen = [](const Seen&) {};

  private:
    static HostStart Start(std::uint32_t isn, std::uint32_t timestamp)
    {
        HostStart start;
        start.firstIsn = isn;
        start.timestamp = timestamp;
        start.ipId = 1000;
        start.firstPort = 49152;
        return start;
    }

    void Half(const path::WirePacket& p, bool fromClient)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(HALF_NS),
                                 [this, p, fromClient]
                                 {
                                     Seen s;
                                     s.ns = ns3::Simulator::Now().GetNanoSeconds();
                                     s.fromClient = fromClient;
                                     s.header = p.header;
                                     s.segment = *path::ReadSegment(p, s.bytes);
                                     s.origin = provenance::OriginOf(p.payload);
                                     seen.push_back(s);
                                     seen.back().segment.payload.data =
                                         seen.back().bytes.data() +
                                         seen.back().segment.headerLength;
                                     const Seen copy = seen.back();
                                     if (!drops(copy))
                                     {
                                         Inject(p, fromClient);
                                     }
                                     onSeen(copy);
                                 });
    }
};

/// Reads everything a socket has, as text.
inline std::string
ReadAll(ns3::Ptr<ns3::Socket> socket)
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

inline void
WriteText(ns3::Ptr<ns3::Socket> socket, const std::string& text)
{
    socket->Send(ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(text.data()),
                                          static_cast<std::uint32_t>(text.size())));
}

/// A client and a server that speak a fixed half-duplex dialog, like SMTP does.
class HostDialog
{
  public:
    HostDialog(TwoHosts& hosts, std::vector<std::string> replies, std::vector<std::string> commands)
        : m_hosts(hosts)
        , m_replies(std::move(replies))
        , m_commands(std::move(commands))
    {
        hosts.server.Listen(25,
                            [this](ns3::Ptr<ProfileSocket> s)
                            {
                                serverSocket = s;
                                s->SetRecvCallback(
                                    [this](ns3::Ptr<ns3::Socket> from)
                                    {
                                        serverRead += ReadAll(from);
                                        Reply();
                                    });
                                s->SetCloseCallbacks(
                                    [this](ns3::Ptr<ns3::Socket>) { serverClosed = true; },
                                    [this](ns3::Ptr<ns3::Socket>) { serverClosed = true; });
                                Reply();
                            });
        clientSocket = hosts.client.OpenSocket(hosts.server.Address(), 25);
        clientSocket->SetRecvCallback(
            [this](ns3::Ptr<ns3::Socket> from)
            {
                clientRead += ReadAll(from);
                Command();
            });
        clientSocket->SetCloseCallbacks([this](ns3::Ptr<ns3::Socket>) { clientClosed = true; },
                                        [this](ns3::Ptr<ns3::Socket>) { clientClosed = true; });
        hosts.client.Connect(clientSocket);
    }

    ns3::Ptr<ProfileSocket> clientSocket;
    ns3::Ptr<ProfileSocket> serverSocket;
    std::string clientRead;
    std::string serverRead;
    bool clientClosed = false;
    bool serverClosed = false;
    bool closesAfterLast = false;

  private:
    void Reply()
    {
        if (m_nextReply < m_replies.size())
        {
            ns3::Simulator::Schedule(ns3::MilliSeconds(1),
                                     [this, n = m_nextReply++]
                                     { WriteText(serverSocket, m_replies[n]); });
        }
    }

    void Command()
    {
        if (m_nextCommand < m_commands.size())
        {
            ns3::Simulator::Schedule(ns3::MicroSeconds(125),
                                     [this, n = m_nextCommand++]
                                     {
                                         WriteText(clientSocket, m_commands[n]);
                                         if (n + 1 == m_commands.size() && closesAfterLast)
                                         {
                                             ns3::Simulator::Schedule(
                                                 ns3::MicroSeconds(50),
                                                 [this] { m_hosts.client.Release(clientSocket); });
                                         }
                                     });
        }
    }

    TwoHosts& m_hosts;
    std::vector<std::string> m_replies;
    std::vector<std::string> m_commands;
    std::size_t m_nextReply = 0;
    std::size_t m_nextCommand = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_TESTS_HOST_TWO_HOSTS_H
