#include "models/path/link-model.h"

#include "formats/random.h"

#include <ns3/data-rate.h>

#include <fmt/format.h>

namespace bouncelab::path
{

namespace
{

constexpr std::uint32_t PppOctets = 2;
constexpr std::size_t KnownSizes = 1600;
constexpr std::uint64_t LossSalt = 0x6C6F7373;

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
    return Draw(Mix(m_key ^ Mix(serial ^ LossSalt))).Chance(m_lossPerMillion);
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
