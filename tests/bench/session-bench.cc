// Sessions per second of the lab against bare ns-3, on one pattern, all sides in one go: SMTP-like
// sessions of 20 exchanges and a body of 4 KB, one every 10 ms, over 15 hops of 3 ms.
//
//   session-bench [SESSIONS]
//
// Each side runs in a process of its own (ns-3 is process-wide) and reports time and memory:
//   lab          hosts with profiles, one channel, capture, labels and annotated capture at both
//   ends bare         ns-3 as its helpers install it: 15 routers, FqCoDel, MSL 120 s; nothing
//   recorded bare, tuned  the same without queue discs and with MSL 0.5 s

#include "lab/evidence/vantage-folder.h"
#include "lab/run/vantage-recorder.h"
#include "models/host/host.h"
#include "models/path/path.h"

#include <ns3/config.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-global-routing-helper.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/tcp-socket-factory.h>
#include <ns3/traffic-control-helper.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace
{

using namespace bouncelab;

constexpr int EXCHANGES = 20;
constexpr std::uint32_t BODY_BYTES = 4096;
constexpr int HOPS = 15;
constexpr const char* COMMAND = "RCPT TO:<user@example.org> x\r\n";
constexpr std::uint32_t COMMAND_BYTES = 30;

int g_finished = 0;

void
Write(ns3::Ptr<ns3::Socket> socket, std::uint32_t bytes)
{
    static const std::string text(BODY_BYTES, 'x');
    socket->Send(ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(
                                              bytes == COMMAND_BYTES ? COMMAND : text.data()),
                                          bytes),
                 0);
}

std::uint32_t
Drain(ns3::Ptr<ns3::Socket> socket)
{
    std::uint32_t bytes = 0;
    while (auto packet = socket->Recv(65536, 0))
    {
        if (packet->GetSize() == 0)
        {
            break;
        }
        bytes += packet->GetSize();
    }
    return bytes;
}

void
Forget(ns3::Ptr<ns3::Socket> socket)
{
    socket->SetRecvCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket->SetConnectCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>(),
                               ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    socket->SetCloseCallbacks(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>(),
                              ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
}

/// Speaks first, answers every command, and the body once it is complete; closes when asked to.
class ServerSession
{
  public:
    explicit ServerSession(ns3::Ptr<ns3::Socket> socket)
        : m_socket(socket)
    {
        socket->SetRecvCallback([this](ns3::Ptr<ns3::Socket>) { Read(); });
        const auto closed = [this](ns3::Ptr<ns3::Socket>) { Close(); };
        socket->SetCloseCallbacks(closed, closed);
        Write(socket, COMMAND_BYTES);
    }

  private:
    void Close()
    {
        if (!m_socket)
        {
            return;
        }
        const auto keep = m_socket;
        m_socket = nullptr;
        Forget(keep);
        keep->Close();
        ++g_finished;
        ns3::Simulator::ScheduleNow([this] { delete this; });
    }

    void Read()
    {
        m_bytes += Drain(m_socket);
        const std::uint32_t due = m_replies < EXCHANGES ? COMMAND_BYTES : BODY_BYTES;
        if (m_bytes >= due)
        {
            m_bytes -= due;
            ++m_replies;
            Write(m_socket, COMMAND_BYTES);
        }
    }

    ns3::Ptr<ns3::Socket> m_socket;
    std::uint32_t m_bytes = 0;
    int m_replies = 0;
};

class ClientSession
{
  public:
    explicit ClientSession(ns3::Ptr<ns3::Socket> socket)
        : m_socket(socket)
    {
        socket->SetRecvCallback([this](ns3::Ptr<ns3::Socket>) { Read(); });
    }

  private:
    void Read()
    {
        m_bytes += Drain(m_socket);
        while (m_bytes >= COMMAND_BYTES)
        {
            m_bytes -= COMMAND_BYTES;
            if (++m_replies <= EXCHANGES)
            {
                Write(m_socket, COMMAND_BYTES);
            }
            else if (m_replies == EXCHANGES + 1)
            {
                Write(m_socket, BODY_BYTES);
            }
            else
            {
                const auto keep = m_socket;
                Forget(keep);
                keep->Close();
                ns3::Simulator::ScheduleNow([this] { delete this; });
                return;
            }
        }
    }

    ns3::Ptr<ns3::Socket> m_socket;
    std::uint32_t m_bytes = 0;
    int m_replies = 0;
};

host::StackProfile
Profile()
{
    host::StackProfile profile;
    profile.windowScale = 1;
    profile.receiveBuffer = 131070;
    return profile;
}

void
RunLab(int sessions)
{
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("bench-" + std::to_string(getpid()));
    fs::create_directories(folder / "truth");
    {
        truth::LabelWriter labels(folder / "truth" / "labels.jsonl", "bench/1");
        provenance::Ledger ledger(&labels);
        labels.SetLedger(&ledger);
        host::HostStart start;
        host::Host client("client", Ipv4{0x0A000001}, Profile(), start, {1, ledger});
        host::Host server("server", Ipv4{0x0A000002}, Profile(), start, {1, ledger});
        path::PathSetup setup;
        setup.name = "line";
        setup.seed = 1;
        setup.hops.resize(HOPS);
        for (std::size_t i = 0; i < setup.hops.size(); ++i)
        {
            setup.hops[i].address = Ipv4{0xC6336401U + static_cast<std::uint32_t>(i)};
            setup.hops[i].delay = Nanoseconds(3000000);
        }
        setup.hops.back().address = server.Address();
        setup.hostAddress = server.Address();
        setup.ledger = &ledger;
        const auto line = path::NetworkPath::Make(path::PathForm::Channel, setup);

        scenario::VantageConfig config;
        evidence::VantageFolder near(folder / "near");
        evidence::VantageFolder far(folder / "far");
        run::VantageRecorder atNear("near",
                                    config,
                                    DrawKey(1, "near"),
                                    {},
                                    {},
                                    near,
                                    folder / "near.pcapng",
                                    labels,
                                    path::Direction::Inbound);
        run::VantageRecorder atFar("far",
                                   config,
                                   DrawKey(1, "far"),
                                   {},
                                   {},
                                   far,
                                   folder / "far.pcapng",
                                   labels,
                                   path::Direction::Outbound);
        client.SetWire(
            [&](const path::WirePacket& p)
            {
                atNear.Tap().Pass(path::Direction::Outbound, p);
                line->Enter(path::PathEnd::Near, p);
            });
        server.SetWire(
            [&](const path::WirePacket& p)
            {
                atFar.Tap().Pass(path::Direction::Inbound, p);
                line->Enter(path::PathEnd::Far, p);
            });
        line->SetHandler(path::PathEnd::Near,
                         [&](const path::WirePacket& p)
                         {
                             atNear.Tap().Pass(path::Direction::Inbound, p);
                             client.Receive(p);
                         });
        line->SetHandler(path::PathEnd::Far,
                         [&](const path::WirePacket& p)
                         {
                             atFar.Tap().Pass(path::Direction::Outbound, p);
                             server.Receive(p);
                         });
        server.Listen(25, [](ns3::Ptr<host::ProfileSocket> socket) { new ServerSession(socket); });
        for (int i = 0; i < sessions; ++i)
        {
            ns3::Simulator::Schedule(ns3::MilliSeconds(10 * i),
                                     [&client, &server]
                                     {
                                         const auto socket =
                                             client.OpenSocket(server.Address(), 25);
                                         new ClientSession(socket);
                                         client.Connect(socket);
                                     });
        }
        ns3::Simulator::Run();
        labels.Close();
        atNear.Close();
        atFar.Close();
        near.Close();
        far.Close();
        ns3::Simulator::Destroy();
    }
    fs::remove_all(folder);
}

void
RunBare(int sessions, bool tuned)
{
    ns3::Config::SetDefault("ns3::TcpSocket::SegmentSize", ns3::UintegerValue(1448));
    if (tuned)
    {
        ns3::Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", ns3::DoubleValue(0.5));
    }
    ns3::NodeContainer nodes;
    nodes.Create(HOPS + 1);
    ns3::InternetStackHelper().Install(nodes);
    ns3::PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", ns3::StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", ns3::StringValue("3ms"));
    ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    ns3::Ipv4Address target;
    for (std::uint32_t i = 0; i + 1 < nodes.GetN(); ++i)
    {
        const auto devices = link.Install(nodes.Get(i), nodes.Get(i + 1));
        const auto interfaces = addresses.Assign(devices);
        if (tuned)
        {
            ns3::TrafficControlHelper().Uninstall(devices);
        }
        addresses.NewNetwork();
        target = interfaces.GetAddress(1);
    }
    ns3::Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    const auto factory = ns3::TcpSocketFactory::GetTypeId();
    const auto listener = ns3::Socket::CreateSocket(nodes.Get(HOPS), factory);
    listener->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 25));
    listener->Listen();
    listener->SetAcceptCallback(
        ns3::MakeNullCallback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address&>(),
        ns3::Callback<void, ns3::Ptr<ns3::Socket>, const ns3::Address&>(
            [](ns3::Ptr<ns3::Socket> socket, const ns3::Address&) { new ServerSession(socket); }));
    const auto client = nodes.Get(0);
    for (int i = 0; i < sessions; ++i)
    {
        ns3::Simulator::Schedule(ns3::MilliSeconds(10 * i),
                                 [client, factory, target]
                                 {
                                     const auto socket = ns3::Socket::CreateSocket(client, factory);
                                     new ClientSession(socket);
                                     socket->Connect(ns3::InetSocketAddress(target, 25));
                                 });
    }
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
}

struct Figures
{
    double seconds = 0;
    int finished = 0;
    long kilobytes = 0;
};

template <class Side>
Figures
Measure(Side side)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        std::abort();
    }
    const pid_t pid = fork();
    if (pid == 0)
    {
        const auto from = std::chrono::steady_clock::now();
        side();
        Figures f;
        f.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
        f.finished = g_finished;
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        f.kilobytes = usage.ru_maxrss;
        const bool sent = write(ends[1], &f, sizeof(f)) == sizeof(f);
        _exit(sent ? 0 : 1);
    }
    close(ends[1]);
    Figures f;
    const bool got = read(ends[0], &f, sizeof(f)) == sizeof(f);
    close(ends[0]);
    waitpid(pid, nullptr, 0);
    if (!got)
    {
        std::fprintf(stderr, "a side ended without its figures\n");
        std::exit(1);
    }
    return f;
}

void
Print(const char* name, const Figures& f, double base)
{
    std::printf("%-34s %8.2f s %8.0f sessions/s %7.1f MB %6d done %6.2fx\n",
                name,
                f.seconds,
                f.finished / f.seconds,
                static_cast<double>(f.kilobytes) / 1024,
                f.finished,
                base > 0 ? f.finished / f.seconds / base : 1.0);
}

} // namespace

int
main(int argc, char** argv)
{
    const int sessions = argc > 1 ? std::atoi(argv[1]) : 2000;
    const bool onlyLab = argc > 2 && std::string(argv[2]) == "lab";
    const Figures lab = Measure([sessions] { RunLab(sessions); });
    Print("lab, captures and labels on", lab, 0);
    if (onlyLab)
    {
        return 0;
    }
    const Figures tuned = Measure([sessions] { RunBare(sessions, true); });
    Print("bare ns-3, no queue disc, MSL 0.5", tuned, 0);
    const Figures bare = Measure([sessions] { RunBare(sessions, false); });
    Print("bare ns-3 as helpers install it", bare, 0);
    const double rate = lab.finished / lab.seconds;
    std::printf("lab / bare: %.1f   lab / tuned: %.2f\n",
                rate / (bare.finished / bare.seconds),
                rate / (tuned.finished / tuned.seconds));
    return 0;
}
