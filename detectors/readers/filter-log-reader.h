#ifndef BOUNCELAB_DETECTORS_READERS_FILTER_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_FILTER_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <string>

namespace bouncelab::detectors
{

/// One decision in the filter agent's log (docs/formats-exchange.md).
struct FilterLogEntry
{
    std::uint32_t line = 0; //!< From 1.
    std::string text;       //!< The line, its tabs as spaces.
    WallTime time{};
    std::string point;  //!< "before-arrival" or "on-arrival"
    std::string test;   //!< "dha-protection"
    std::string action; //!< "ban"
    HostAddress remote;
    std::string ptr; //!< Name of the remote address; empty where it is not known.
    std::string helo;
    std::string sender;
    std::string recipient;
    std::string authenticated;
    std::string reply;
    std::string comment;
};

/// Reads the filter agent's log. A line that is cut off gives what it still has.
class FilterLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const FilterLogEntry&)>;

    explicit FilterLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Exchange filter agent log"; }

    void End() override {}

  private:
    Handler m_handler;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FILTER_LOG_READER_H
