#ifndef BOUNCELAB_LAB_SCENARIO_CAPTURE_FILTER_H
#define BOUNCELAB_LAB_SCENARIO_CAPTURE_FILTER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct bpf_program;

namespace bouncelab::scenario
{

/// Which Ethernet frames a capture takes, in tcpdump's words (pcap-filter(7)), by libpcap. Hosts,
/// networks and ports are numbers: names would be looked up by the machine that runs this.
class CaptureFilter
{
  public:
    /// \param expression empty = all \throws std::invalid_argument with what is wrong
    explicit CaptureFilter(const std::string& expression);

    bool Takes(const std::uint8_t* frame, std::size_t size) const;

  private:
    std::shared_ptr<bpf_program> m_program; //!< Null: takes all.
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_CAPTURE_FILTER_H
