#ifndef BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_WATCHER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_WATCHER_H

#include "formats/packet.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/**
 * Rebuilds one direction of a TCP stream from segments as they pass, in any order and with repeats,
 * and picks the command lines out of it. Bounded: an over-long line is cut to LONGEST_LINE, and at
 * most MAX_HELD bytes wait for a gap to be filled; what does not fit is skipped over, as a device
 * that loses track would do.
 */
class CommandWatcher
{
  public:
    static constexpr std::size_t LONGEST_LINE = 4096;
    static constexpr std::size_t MAX_HELD = 65536;

    /// \param next sequence number of the first byte of the stream (ISN + 1).
    explicit CommandWatcher(std::uint32_t next)
        : m_next(next)
    {
    }

    /**
     * Takes a segment that passes now.
     * \param onLine called as onLine(line, end): a complete line without its CR LF, and the
     * sequence number past its end.
     */
    template <class OnLine>
    void Pass(const TcpSegment& segment, OnLine&& onLine)
    {
        Hold(segment.sequence, segment.payload.Text());
        std::string_view fresh;
        while (TakeContiguous(fresh))
        {
            for (const char c : fresh)
            {
                ++m_next;
                if (c == '\n')
                {
                    if (!m_line.empty() && m_line.back() == '\r')
                    {
                        m_line.pop_back();
                    }
                    onLine(std::string_view(m_line), m_next);
                    m_line.clear();
                }
                else if (m_line.size() < LONGEST_LINE)
                {
                    m_line.push_back(c);
                }
            }
        }
    }

  private:
    void Hold(std::uint32_t sequence, std::string_view payload);
    bool TakeContiguous(std::string_view& bytes);

    std::uint32_t m_next;
    std::string m_line;
    std::string m_current;
    std::map<std::int64_t, std::string> m_held; //!< By distance from the start of the stream.
    std::int64_t m_taken = 0;                   //!< Bytes of the stream handed out.
    std::size_t m_heldBytes = 0;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_COMMAND_WATCHER_H
