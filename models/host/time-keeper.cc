#include "models/host/time-keeper.h"

#include "models/kerberos/ntp-packet.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

constexpr std::uint32_t LOCAL_CLOCK = 0x4C4F434C; //!< "LOCL"

} // namespace

TimeKeeper::TimeKeeper(Host& host,
                       kerberos::DriftingClock& clock,
                       const std::optional<kerberos::TimeServiceConfig>& config,
                       std::uint32_t keyId,
                       const std::vector<Source>& sources,
                       SecretFinder secretOf,
                       EventHandler onEvent)
    : m_host(host)
    , m_clock(clock)
    , m_secretOf(std::move(secretOf))
    , m_onEvent(std::move(onEvent))
{
    std::vector<std::string> names;
    for (const Source& source : sources)
    {
        names.push_back(source.name);
        m_addresses[source.name] = source.address;
    }
    if (config && !names.empty())
    {
        m_core.emplace(*config, clock, keyId);
        m_core->SetSources(names);
    }
    host.Udp().Open(kerberos::NTP_PORT, [this](const Datagram& datagram) { OnDatagram(datagram); });
    m_timer = ns3::Simulator::ScheduleNow(&TimeKeeper::Drain, this);
}

TimeKeeper::~TimeKeeper()
{
    ns3::Simulator::Remove(m_timer);
}

void
TimeKeeper::SetSecrets(const std::vector<kerberos::Secret>& newestFirst)
{
    if (m_core)
    {
        m_core->SetSecrets(newestFirst);
    }
}

void
TimeKeeper::Start()
{
    if (m_core)
    {
        m_core->Start(SimNow().time_since_epoch());
        Drain();
    }
}

void
TimeKeeper::Step(Nanoseconds by)
{
    const Nanoseconds now = SimNow().time_since_epoch();
    m_clock.Step(now, by);
    kerberos::TimeEvent event;
    event.kind = kerberos::TimeEvent::Kind::Set;
    event.time = now;
    event.offset = by;
    m_onEvent(event);
}

kerberos::TimeServerState
TimeKeeper::State() const
{
    return m_core ? m_core->State()
                  : kerberos::TimeServerState{1, LOCAL_CLOCK, m_host.Clock().Read(SimNow())};
}

void
TimeKeeper::OnDatagram(const Datagram& datagram)
{
    const auto packet = kerberos::NtpPacket::Parse(datagram.payload);
    if (!packet || m_host.IsDown())
    {
        return;
    }
    if (packet->IsRequest())
    {
        Answer(datagram);
        return;
    }
    const auto source =
        std::find_if(m_addresses.begin(),
                     m_addresses.end(),
                     [&datagram](const auto& entry) { return entry.second == datagram.remote; });
    if (m_core && source != m_addresses.end())
    {
        m_core->Receive(source->first, datagram.payload, SimNow().time_since_epoch());
        Drain();
    }
}

void
TimeKeeper::Answer(const Datagram& datagram)
{
    const auto packet = kerberos::NtpPacket::Parse(datagram.payload);
    const kerberos::Secret* secret =
        m_secretOf && packet->signature ? m_secretOf(packet->signature->keyId) : nullptr;
    const auto answer =
        m_secretOf
            ? kerberos::AnswerTime(datagram.payload, State(), m_host.Clock().Read(SimNow()), secret)
            : std::nullopt;
    if (answer)
    {
        m_host.Udp().Send(
            {datagram.remote, datagram.remotePort, kerberos::NTP_PORT, *answer, datagram.cause});
    }
}

void
TimeKeeper::Drain()
{
    if (!m_core)
    {
        return;
    }
    m_core->Advance(SimNow().time_since_epoch());
    while (const auto send = m_core->TakeSend())
    {
        if (!m_host.IsDown())
        {
            m_host.Udp().Send({m_addresses.at(send->source),
                               kerberos::NTP_PORT,
                               kerberos::NTP_PORT,
                               send->octets});
        }
    }
    while (const auto event = m_core->TakeEvent())
    {
        m_onEvent(*event);
    }
    ns3::Simulator::Remove(m_timer);
    if (const auto next = m_core->NextTimer())
    {
        m_timer = ns3::Simulator::Schedule(
            ns3::NanoSeconds(std::max(*next - SimNow().time_since_epoch(), Nanoseconds(0)).count()),
            &TimeKeeper::Drain,
            this);
    }
}

} // namespace bouncelab::host
