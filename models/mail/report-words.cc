#include "models/mail/report-words.h"

#include "formats/clock.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::mail
{

namespace
{

constexpr std::string_view INDENT = "    ";

/// Expands a line. \return whether it is to stay.
bool
ExpandLine(std::string& out, std::string_view line, const WordLookUp& lookUp)
{
    bool stays = true;
    smtp::ExpandTemplate(out,
                         line,
                         [&](std::string& text, std::string_view word)
                         {
                             const std::size_t before = text.size();
                             const WordKind kind = lookUp(text, word);
                             stays = stays && (kind != WordKind::Value || text.size() > before);
                             return kind != WordKind::Unknown;
                         });
    return stays;
}

} // namespace

std::string
FoldLine(std::string_view line, std::size_t width)
{
    std::string out;
    std::size_t room = width;
    while (line.size() > room)
    {
        std::size_t blank = line.rfind(' ', room);
        if (blank == std::string_view::npos || line.find_first_not_of(' ') > blank)
        {
            blank = line.find(' ', std::min(line.find_first_not_of(' '), line.size()));
        }
        if (blank == std::string_view::npos)
        {
            break;
        }
        out += line.substr(0, blank);
        out += '\n';
        out += INDENT;
        line.remove_prefix(blank + 1);
        room = width > INDENT.size() ? width - INDENT.size() : width;
    }
    return out.append(line);
}

std::string
ExpandLines(std::string_view text, const WordLookUp& lookUp, std::size_t wrap)
{
    std::string out;
    std::string line;
    while (!text.empty())
    {
        const std::size_t end = text.find('\n');
        line.clear();
        if (ExpandLine(line, text.substr(0, end), lookUp))
        {
            out +=
                wrap > 0 && line.find('\n') == std::string_view::npos ? FoldLine(line, wrap) : line;
            out +=
                end == std::string_view::npos || (!line.empty() && line.back() == '\n') ? "" : "\n";
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

std::string
UsDate(std::int64_t localSeconds)
{
    const CivilTime time = CivilFromSeconds(localSeconds);
    return fmt::format("{}/{}/{} {}:{:02} {}",
                       time.month,
                       time.day,
                       time.year,
                       (time.hour + 11) % 12 + 1,
                       time.minute,
                       time.hour < 12 ? "AM" : "PM");
}

} // namespace bouncelab::mail
