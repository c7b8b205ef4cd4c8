#include "script-words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bouncelab::test
{

namespace
{

const std::map<std::string_view, std::int64_t> UNITS{{"ns", 1},
                                                     {"us", 1000},
                                                     {"ms", 1000000},
                                                     {"s", 1000000000},
                                                     {"min", 60000000000},
                                                     {"h", 3600000000000}};

} // namespace

ScriptWords::ScriptWords(const CaseLine& line)
    : m_line(line)
    , m_rest(line.text)
{
    Skip();
}

void
ScriptWords::Fail(const std::string& expected) const
{
    throw std::runtime_error(fmt::format("{}: found `{}`, expected {}",
                                         m_line.at,
                                         IsEmpty() ? "nothing more" : m_rest,
                                         expected));
}

void
ScriptWords::Skip()
{
    m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t"), m_rest.size()));
}

std::string_view
ScriptWords::Take()
{
    const std::string_view word = Peek();
    m_rest.remove_prefix(word.size());
    Skip();
    return word;
}

bool
ScriptWords::Take(std::string_view word)
{
    const bool isNext = Peek() == word;
    if (isNext)
    {
        Take();
    }
    return isNext;
}

int
ScriptWords::NumberIn(std::string_view part, const std::string& expected) const
{
    int value = 0;
    const auto result = std::from_chars(part.data(), part.data() + part.size(), value);
    if (result.ec != std::errc() || result.ptr != part.data() + part.size() || value < 0)
    {
        Fail(expected);
    }
    return value;
}

std::int64_t
ScriptWords::DurationIn(std::string_view word) const
{
    const bool isBefore = word.substr(0, 1) == "-";
    word.remove_prefix(isBefore ? 1 : 0);
    const std::size_t digits = std::min(word.find_first_not_of("0123456789."), word.size());
    const auto unit = UNITS.find(word.substr(digits));
    if (digits == 0 || (unit == UNITS.end() && word != "0"))
    {
        Fail("a time such as 0.2ms");
    }
    std::int64_t scale = unit == UNITS.end() ? 1 : unit->second;
    const std::size_t point = std::min(word.find('.'), digits);
    std::int64_t ns = 0;
    for (const char digit : word.substr(0, point))
    {
        ns = ns * 10 + (digit - '0') * scale;
    }
    for (std::size_t i = point + 1; i < digits; ++i)
    {
        scale /= 10;
        ns += (word[i] - '0') * scale;
    }
    return isBefore ? -ns : ns;
}

std::int64_t
ScriptWords::TakeDuration()
{
    const std::int64_t ns = DurationIn(Peek());
    Take();
    return ns;
}

char
ScriptWords::EscapedAt(std::size_t at) const
{
    constexpr std::string_view FROM = "rnt\\\"";
    const std::size_t which = at < m_rest.size() ? FROM.find(m_rest[at]) : std::string_view::npos;
    if (which == std::string_view::npos)
    {
        Fail(R"(\r, \n, \t, \\ or \" behind a backslash)");
    }
    return "\r\n\t\\\""[which];
}

std::string
ScriptWords::TakeText()
{
    std::size_t times = 1;
    if (const std::size_t star = m_rest.find('*'); !IsNext('"') && star < m_rest.find('"'))
    {
        times =
            static_cast<std::size_t>(NumberIn(m_rest.substr(0, star), "how often, in front of *"));
        m_rest.remove_prefix(star + 1);
    }
    if (!IsNext('"'))
    {
        Fail("a text in double quotes");
    }
    std::size_t at = 1;
    std::string once;
    for (; at < m_rest.size() && m_rest[at] != '"'; ++at)
    {
        once += m_rest[at] == '\\' ? EscapedAt(++at) : m_rest[at];
    }
    if (at >= m_rest.size())
    {
        Fail("a closing double quote");
    }
    m_rest.remove_prefix(at + 1);
    Skip();
    std::string text;
    for (; times > 0; --times)
    {
        text += once;
    }
    return text;
}

std::vector<std::string_view>
ScriptWords::TakeList()
{
    const std::size_t end = m_rest.find('>');
    if (!IsNext('<') || end == std::string_view::npos)
    {
        Fail("TCP options such as <mss 1460,nop,wscale 8>");
    }
    std::string_view inside = m_rest.substr(1, end - 1);
    m_rest.remove_prefix(end + 1);
    Skip();
    std::vector<std::string_view> items;
    while (!inside.empty())
    {
        const std::size_t comma = std::min(inside.find(','), inside.size());
        items.push_back(inside.substr(0, comma));
        inside.remove_prefix(std::min(comma + 1, inside.size()));
    }
    return items;
}

} // namespace bouncelab::test
