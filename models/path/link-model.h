#ifndef BOUNCELAB_MODELS_PATH_LINK_MODEL_H
#define BOUNCELAB_MODELS_PATH_LINK_MODEL_H

#include "models/path/path-config.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <memory>
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

/// One direction of one link: its constant figures and its draws.
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

    /// Prepares a packet's origin serial for the draws.
    static std::uint64_t MixSerial(std::uint64_t serial);

  private:
    std::int64_t Jitter(std::uint64_t serial) const;

    std::int64_t m_delay;
    std::uint64_t m_jitter;
    std::uint32_t m_lossPerMillion;
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
