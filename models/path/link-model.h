#ifndef BOUNCELAB_MODELS_PATH_LINK_MODEL_H
#define BOUNCELAB_MODELS_PATH_LINK_MODEL_H

#include "models/path/path-config.h"
#include "models/path/rewrite.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace bouncelab::path
{

/// How long a link of one rate takes to send a packet, as ns-3's DataRate computes it.
class TransmissionTime
{
  public:
    explicit TransmissionTime(std::uint64_t bitsPerSecond);

    /// \param ipBytes size of the IPv4 packet; two octets of PPP framing (RFC 1661) are added.
    /// \return nanoseconds, 0 or more.
    std::int64_t Of(std::uint32_t ipBytes)
    {
        if (ipBytes < m_known.size() && m_known[ipBytes] >= 0)
        {
            return m_known[ipBytes];
        }
        return Compute(ipBytes);
    }

    std::uint64_t BitsPerSecond() const { return m_bitsPerSecond; }

  private:
    std::int64_t Compute(std::uint32_t ipBytes);

    std::uint64_t m_bitsPerSecond;
    std::vector<std::int64_t> m_known; //!< By size; -1 = not computed yet.
};

/// A packet as a link delivers it, and how much later than it would have arrived.
struct Delivery
{
    WirePacket packet;
    std::int64_t laterNs = 0;
};

/// One direction of one link: its constant figures, its draws and whether it is awake.
class LinkModel
{
  public:
    /// \param seed of the run, \param path name, \param link 1..n, \param hop its figures,
    /// \param transmission of its rate; links of one rate share it.
    LinkModel(std::uint64_t seed,
              std::string_view path,
              std::uint32_t link,
              Direction direction,
              const HopConfig& hop,
              std::shared_ptr<TransmissionTime> transmission);

    /// From the end of sending to arrival: delay and the packet's jitter. \param serial the mixed
    /// origin serial, see MixSerial().
    std::int64_t Propagation(std::uint64_t serial) const
    {
        return m_jitter == 0 ? m_delay : m_delay + Jitter(serial);
    }

    std::int64_t Transmission(std::uint32_t ipBytes) const { return m_transmission->Of(ipBytes); }

    bool MayLose() const { return m_lossPerMillion > 0; }

    bool Loses(std::uint64_t serial) const;

    /// It may deliver packets twice, changed, or late enough to be overtaken.
    bool Disturbs() const { return m_disturbs; }

    /// What it delivers of a packet that arrives at a time; none if its TTL ends on a detour.
    /// Copies share an origin, and so the draws of further links.
    /// In order of arrival.
    std::vector<Delivery> Deliver(const WirePacket& packet, std::int64_t arrivalNs);

    /// Prepares a packet's origin serial for the draws.
    static std::uint64_t MixSerial(std::uint64_t serial);

  private:
    std::int64_t Jitter(std::uint64_t serial) const;
    bool Happens(std::uint64_t serial, std::uint64_t salt, std::uint32_t perMillion) const;
    std::int64_t WaitUntilAwake(std::int64_t arrivalNs);
    bool TakesDetour(const WirePacket& packet, std::uint64_t serial, std::int64_t arrivalNs) const;

    std::int64_t m_delay;
    std::uint64_t m_jitter;
    std::uint32_t m_lossPerMillion;
    std::uint32_t m_duplicatePerMillion;
    std::int64_t m_duplicateDelay;
    std::uint32_t m_reorderPerMillion;
    std::int64_t m_reorderDelay;
    SynRules m_syns;
    std::int64_t m_sleepsAfter;
    std::int64_t m_wakeDelay;
    std::optional<std::int64_t> m_lastUseNs = {}; //!< Nothing: never used.
    std::int64_t m_awakeNs = 0;
    std::optional<DetourConfig> m_detour;
    bool m_disturbs;
    std::uint64_t m_key;
    std::shared_ptr<TransmissionTime> m_transmission;
};

/// A packet takes this long at least to arrive after its start: time moves at every hop.
constexpr std::int64_t MinimumHopNs = 1;

/// Both directions' models of a path's links, link 1 first.
std::vector<LinkModel> MakeLinks(std::uint64_t seed,
                                 std::string_view path,
                                 Direction direction,
                                 const std::vector<HopConfig>& hops);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_LINK_MODEL_H
