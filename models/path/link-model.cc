#include "models/path/link-model.h"

#include "formats/random.h"
#include "models/provenance/origin-tag.h"

#include <ns3/data-rate.h>

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

constexpr std::uint32_t PppOctets = 2;
constexpr std::size_t KnownSizes = 1600;
constexpr std::uint64_t LossSalt = 0x6C6F7373;
constexpr std::uint64_t DuplicateSalt = 0x64757065;
constexpr std::uint64_t ReorderSalt = 0x6C617465;
constexpr std::uint64_t DetourSalt = 0x77617973;

/// The same number for all packets of one protocol, source and destination.
std::uint64_t
FlowNumberOf(const WirePacket& packet)
{
    std::uint64_t number = packet.header.GetProtocol();
    const auto add = [&number](std::uint64_t value) { number = Mix(number ^ value); };
    for (const IpAddress& address : {packet.header.GetSource(), packet.header.GetDestination()})
    {
        for (const std::uint8_t octet : address.Bytes())
        {
            add(octet);
        }
    }
    if (const auto ends = EndpointsOf(packet))
    {
        add(ends->source.port);
        add(ends->destination.port);
    }
    return number;
}

/// The detour of a hop, where it leads this way.
std::optional<DetourConfig>
DetourThatWay(const HopConfig& hop, Direction direction)
{
    const DetourDirection that =
        direction == Direction::Outbound ? DetourDirection::Outward : DetourDirection::Inward;
    const bool leads = hop.detour && (hop.detour->direction == DetourDirection::Both ||
                                      hop.detour->direction == that);
    return leads ? hop.detour : std::nullopt;
}

} // namespace

TransmissionTime::TransmissionTime(std::uint64_t bitsPerSecond)
    : m_bitsPerSecond(bitsPerSecond)
    , m_known(KnownSizes, -1)
{
}

std::int64_t
TransmissionTime::Compute(std::uint32_t ipBytes)
{
    const std::int64_t time =
        ns3::DataRate(m_bitsPerSecond).CalculateBytesTxTime(ipBytes + PppOctets).GetNanoSeconds();
    if (ipBytes < m_known.size())
    {
        m_known[ipBytes] = time;
    }
    return time;
}

LinkModel::LinkModel(std::uint64_t seed,
                     std::string_view path,
                     std::uint32_t link,
                     Direction direction,
                     const HopConfig& hop,
                     std::shared_ptr<TransmissionTime> transmission)
    : m_delay(hop.delay.count())
    , m_jitter(static_cast<std::uint64_t>(hop.jitter.count()))
    , m_lossPerMillion(hop.lossPerMillion)
    , m_duplicatePerMillion(hop.duplicatePerMillion)
    , m_duplicateDelay(hop.duplicateDelay.count())
    , m_reorderPerMillion(hop.reorderPerMillion)
    , m_reorderDelay(hop.reorderDelay.count())
    , m_syns{hop.mssLimit, hop.stripsTimestamps}
    , m_sleepsAfter(hop.sleepsAfter.count())
    , m_wakeDelay(hop.wakeDelay.count())
    , m_detour(DetourThatWay(hop, direction))
    , m_disturbs(m_duplicatePerMillion > 0 || m_reorderPerMillion > 0 || m_syns.Any() ||
                 m_sleepsAfter > 0 || m_detour)
    , m_key(DrawKey(seed,
                    fmt::format("path/{}/link-{}/{}",
                                path,
                                link,
                                direction == Direction::Outbound ? "outward" : "inward"))("packets")
                .Value())
    , m_transmission(std::move(transmission))
{
}

bool
LinkModel::Loses(std::uint64_t serial) const
{
    return Happens(serial, LossSalt, m_lossPerMillion);
}

bool
LinkModel::Happens(std::uint64_t serial, std::uint64_t salt, std::uint32_t perMillion) const
{
    return Draw(Mix(m_key ^ Mix(serial ^ salt))).Chance(perMillion);
}

bool
LinkModel::TakesDetour(const WirePacket& packet, std::uint64_t serial, std::int64_t arrivalNs) const
{
    return m_detour && arrivalNs >= m_detour->from.count() &&
           (m_detour->until.count() == 0 || arrivalNs < m_detour->until.count()) &&
           Happens(m_detour->by == DetourUnit::Flow ? FlowNumberOf(packet) : serial,
                   DetourSalt,
                   m_detour->perMillion);
}

std::int64_t
LinkModel::WaitUntilAwake(std::int64_t arrivalNs)
{
    if (m_sleepsAfter == 0)
    {
        return 0;
    }
    if (!m_lastUseNs || arrivalNs - *m_lastUseNs > m_sleepsAfter)
    {
        m_awakeNs = arrivalNs + m_wakeDelay;
    }
    m_lastUseNs = std::max(arrivalNs, m_awakeNs);
    return m_awakeNs > arrivalNs ? m_awakeNs - arrivalNs : 0;
}

std::vector<Delivery>
LinkModel::Deliver(const WirePacket& packet, std::int64_t arrivalNs)
{
    const std::uint64_t serial = MixSerial(provenance::OriginOf(packet.payload).serial);
    Delivery delivery{m_syns.Any() ? WithSynOptions(packet, m_syns) : packet,
                      WaitUntilAwake(arrivalNs)};
    if (TakesDetour(packet, serial, arrivalNs))
    {
        const std::uint8_t ttl = packet.header.GetTtl();
        if (ttl <= m_detour->hops)
        {
            return {};
        }
        delivery.packet.header.SetTtl(static_cast<std::uint8_t>(ttl - m_detour->hops));
        delivery.laterNs += m_detour->delay.count();
    }
    std::vector<Delivery> deliveries{delivery};
    if (Happens(serial, ReorderSalt, m_reorderPerMillion))
    {
        deliveries.front().laterNs += m_reorderDelay;
    }
    if (Happens(serial, DuplicateSalt, m_duplicatePerMillion))
    {
        delivery.laterNs += m_duplicateDelay;
        deliveries.push_back(delivery);
    }
    return deliveries;
}

std::uint64_t
LinkModel::MixSerial(std::uint64_t serial)
{
    return Mix(serial);
}

std::int64_t
LinkModel::Jitter(std::uint64_t serial) const
{
    return static_cast<std::int64_t>(Draw(Mix(m_key ^ serial)).Below(m_jitter + 1));
}

std::vector<LinkModel>
MakeLinks(std::uint64_t seed,
          std::string_view path,
          Direction direction,
          const std::vector<HopConfig>& hops)
{
    std::vector<LinkModel> links;
    std::vector<std::shared_ptr<TransmissionTime>> rates;
    for (std::uint32_t i = 0; i < hops.size(); ++i)
    {
        std::shared_ptr<TransmissionTime> rate;
        for (const auto& known : rates)
        {
            if (known->BitsPerSecond() == hops[i].bitsPerSecond)
            {
                rate = known;
            }
        }
        if (!rate)
        {
            rate = std::make_shared<TransmissionTime>(hops[i].bitsPerSecond);
            rates.push_back(rate);
        }
        links.emplace_back(seed, path, i + 1, direction, hops[i], rate);
    }
    return links;
}

} // namespace bouncelab::path
