#ifndef BOUNCELAB_DETECTORS_READERS_DAEMON_START_READER_H
#define BOUNCELAB_DETECTORS_READERS_DAEMON_START_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// A mail program's daemon began, without having ended in order before.
struct DaemonStart
{
    std::uint32_t line = 0; //!< From 1.
    WallTime time{};        //!< As TrackedEvent has it.
    std::string text;       //!< The line as it stands.
};

/// Finds the starts of sendmail's, Postfix's and Exim's daemons in their logs, but for those that
/// follow the daemon's own word of its end. Leaves the lines to the programs' own readers.
class DaemonStartReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const DaemonStart&)>;

    explicit DaemonStartReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override { m_hasEnded = false; }

    std::string_view Kind() const override { return "mail log"; }

  private:
    Handler m_handler;
    bool m_hasEnded = false; //!< By the daemon's own word, and it has not begun again.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_DAEMON_START_READER_H
