#ifndef BOUNCELAB_DETECTORS_READERS_NETWORK_MONITOR_READER_H
#define BOUNCELAB_DETECTORS_READERS_NETWORK_MONITOR_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/printed-stamp.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

/**
 * Finds TCP's rows of Microsoft Network Monitor's frame summary, as it copies them: those with the
 * time offset, source and destination. Rows that show what TCP carried ("SMTP:Rsp 220") tell
 * neither ports nor numbers and are not understood.
 */
class NetworkMonitorReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    explicit NetworkMonitorReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view line) override;

    void End() override {}

    std::string_view Kind() const override { return "frames printed by Network Monitor"; }

    bool IsExclusive() const override { return true; }

  private:
    Handler m_handler;
    PrintedStamps m_stamps;
    std::uint32_t m_packets = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_NETWORK_MONITOR_READER_H
