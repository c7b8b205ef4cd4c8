#include "lab/evidence/mbox-writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::evidence
{

namespace
{

bool
NeedsQuoting(std::string_view line)
{
    const std::size_t text = line.find_first_not_of('>');
    return text != std::string_view::npos && line.substr(text, 5) == "From ";
}

} // namespace

void
MboxWriter::Write(std::int64_t timeNs,
                  std::string_view sender,
                  std::string_view recipient,
                  std::string_view content)
{
    const CivilTime utc = CivilFromSeconds(m_clock.ReadSeconds(timeNs));
    m_file.Write(fmt::format("From {} {} {} {:2} {:02}:{:02}:{:02} {}\n"
                             "Return-Path: <{}>\nDelivered-To: {}\n",
                             sender.empty() ? "MAILER-DAEMON" : sender,
                             WEEKDAY_NAMES[utc.weekday],
                             MONTH_NAMES[utc.month - 1],
                             utc.day,
                             utc.hour,
                             utc.minute,
                             utc.second,
                             utc.year,
                             sender,
                             recipient));
    while (!content.empty())
    {
        const std::string_view line = content.substr(0, content.find('\n'));
        if (NeedsQuoting(line))
        {
            m_file.Write(">");
        }
        m_file.Write(line);
        m_file.Write("\n");
        content.remove_prefix(std::min(content.size(), line.size() + 1));
    }
    m_file.Write("\n");
}

} // namespace bouncelab::evidence
