#include "lab/cli/terminal.h"

#include "formats/standard-descriptors.h"
#include "formats/text.h"
#include "lab/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace bouncelab::cli
{

namespace
{

constexpr std::size_t LEAST_WIDTH = 60;
constexpr std::size_t MOST_WIDTH = 200; //!< Longer lines of prose are hard to read.
constexpr std::chrono::seconds TELL_EACH{30};

const char*
ColorOf(TextStyle style)
{
    switch (style)
    {
    case TextStyle::Good:
        return "\033[32m";
    case TextStyle::Bad:
        return "\033[31m";
    case TextStyle::Unsure:
        return "\033[33m";
    case TextStyle::Faint:
        return "\033[2m";
    case TextStyle::Plain:
        break;
    }
    return "";
}

} // namespace

Terminal::Terminal()
{
    const char* noColor = std::getenv("NO_COLOR");
    const char* name = std::getenv("TERM");
    const bool isDumb = name && std::string_view(name) == "dumb";
    m_color = isatty(STDOUT_FILENO) == 1 && (!noColor || !*noColor) && !isDumb;
    m_showsProgress = isatty(STDERR_FILENO) == 1 && !isDumb;
    winsize size{};
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
    {
        m_width = std::clamp<std::size_t>(size.ws_col, LEAST_WIDTH, MOST_WIDTH);
        m_rowWidth = std::max<std::size_t>(size.ws_col, LEAST_WIDTH);
    }
}

std::string
Terminal::Paint(std::string_view text, TextStyle style) const
{
    return m_color && style != TextStyle::Plain ? fmt::format("{}{}\033[0m", ColorOf(style), text)
                                                : std::string(text);
}

void
Terminal::Progress(std::string_view text, Clock::time_point now)
{
    if (m_showsProgress && !m_quiet)
    {
        WriteToStandardError("\r\033[K" + Wrap(ForTerminal(text), m_width - 1).front());
        std::fflush(stderr);
        m_progressShown = true;
    }
    else if (!m_quiet && now >= m_told.value_or(now) + TELL_EACH)
    {
        Note(text);
        m_told = now;
    }
    m_told = m_told.value_or(now);
}

void
Terminal::ClearProgress()
{
    if (m_progressShown)
    {
        WriteToStandardError("\r\033[K");
        std::fflush(stderr);
        m_progressShown = false;
    }
}

void
Terminal::Note(std::string_view text)
{
    if (!m_quiet)
    {
        Error(text);
    }
}

void
Terminal::Error(std::string_view text)
{
    ClearProgress();
    WriteToStandardError("bouncelab: ");
    Quote(text);
}

void
Terminal::Quote(std::string_view lines)
{
    ClearProgress();
    lines = TrimEnd(lines, "\n");
    while (true)
    {
        const std::string_view line = FirstLine(lines);
        WriteToStandardError(ForTerminal(line) + "\n");
        if (line.size() == lines.size())
        {
            return;
        }
        lines.remove_prefix(line.size() + 1);
    }
}

} // namespace bouncelab::cli
