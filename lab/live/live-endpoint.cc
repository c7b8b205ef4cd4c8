#include "lab/live/live-endpoint.h"

#include "formats/packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/realtime-simulator-impl.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <array>

#include <poll.h>
#include <sys/eventfd.h>

namespace bouncelab::live
{

namespace
{

constexpr std::uint64_t MOST_WAITING = 4096;
constexpr std::size_t FRAME_ROOM = 2048;
constexpr std::uint32_t NO_CONTEXT = 0xFFFFFFFF;

} // namespace

LiveEndpoint::LiveEndpoint(const std::string& name,
                           Descriptor tap,
                           const NetworkSetup& network,
                           provenance::Ledger& ledger,
                           MailDrop mail)
    : m_bridge(network.address, network.machineMac, network.gatewayMac)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(name))
    , m_mail(std::move(mail))
    , m_tap(std::move(tap))
    , m_stop(eventfd(0, EFD_CLOEXEC))
{
    if (!m_stop.IsOpen())
    {
        ThrowErrno("eventfd");
    }
}

LiveEndpoint::~LiveEndpoint()
{
    Stop();
}

void
LiveEndpoint::SetWire(path::WireHandler wire)
{
    m_wire = std::move(wire);
}

void
LiveEndpoint::Start()
{
    m_reader = std::thread([this] { Read(); });
}

void
LiveEndpoint::Stop()
{
    if (m_reader.joinable())
    {
        eventfd_write(m_stop.Get(), 1);
        m_reader.join();
    }
}

void
LiveEndpoint::Read()
{
    std::array<std::uint8_t, FRAME_ROOM> room{};
    for (;;)
    {
        std::array<pollfd, 2> wait{{{m_tap.Get(), POLLIN, 0}, {m_stop.Get(), POLLIN, 0}}};
        poll(wait.data(), wait.size(), -1);
        if (wait[1].revents != 0)
        {
            return;
        }
        const ssize_t size = read(m_tap.Get(), room.data(), room.size());
        if (size <= 0)
        {
            if (size < 0 && (errno == EAGAIN || errno == EINTR))
            {
                continue;
            }
            // The sandbox took its network along.
            return;
        }
        if (m_waiting >= MOST_WAITING)
        {
            ++m_overruns;
            continue;
        }
        ++m_waiting;
        ns3::Simulator::ScheduleWithContext(NO_CONTEXT,
                                            ns3::Time(0),
                                            [this, frame = Frame(room.data(), room.data() + size)]
                                            {
                                                --m_waiting;
                                                Take(frame);
                                            });
    }
}

void
LiveEndpoint::Take(const Frame& frame)
{
    NoteLag();
    EthernetBridge::BridgeResult taken = m_bridge.Take(frame.data(), frame.size());
    if (!taken.answer.empty())
    {
        Write(taken.answer);
    }
    if (taken.packet && m_wire)
    {
        provenance::SetOrigin(taken.packet->payload, m_ledger.Born(m_actor));
        m_connections.opened += IsNewConnection(*taken.packet) ? 1 : 0;
        m_wire(*taken.packet);
    }
}

void
LiveEndpoint::Receive(const path::WirePacket& packet)
{
    NoteLag();
    m_connections.taken += IsNewConnection(packet) ? 1 : 0;
    Write(m_bridge.Wrap(packet));
}

void
LiveEndpoint::Write(const Frame& frame)
{
    // What does not go is lost, as on any wire.
    if (!frame.empty() && write(m_tap.Get(), frame.data(), frame.size()) < 0)
    {
        ++m_overruns;
    }
}

void
LiveEndpoint::Submit(const mail::Submission& submission)
{
    m_mail.Put(submission);
}

bool
LiveEndpoint::IsNewConnection(const path::WirePacket& packet)
{
    constexpr std::size_t FLAGS = 13;
    std::array<std::uint8_t, FLAGS + 1> start{};
    if (packet.header.GetProtocol() != protocol::TCP ||
        packet.payload->CopyData(start.data(), start.size()) < start.size() ||
        (start[FLAGS] & (tcp::SYN | tcp::ACK)) != tcp::SYN)
    {
        return false;
    }
    std::array<std::uint8_t, 16> opening{};
    Write32(opening.data(), packet.header.GetSource().AsIpv4().value);
    Write32(opening.data() + 4, packet.header.GetDestination().AsIpv4().value);
    std::copy_n(start.begin(), 8, opening.begin() + 8);
    return m_openings.insert(opening).second;
}

void
LiveEndpoint::NoteLag()
{
    const auto engine =
        ns3::DynamicCast<ns3::RealtimeSimulatorImpl>(ns3::Simulator::GetImplementation());
    if (engine)
    {
        const ns3::Time lag = engine->RealtimeNow() - ns3::Simulator::Now();
        m_largestLagNs = std::max<std::int64_t>(m_largestLagNs, lag.GetNanoSeconds());
    }
}

} // namespace bouncelab::live
