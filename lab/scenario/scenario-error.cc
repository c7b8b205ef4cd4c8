#include "lab/scenario/scenario-error.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::scenario
{

namespace
{

constexpr std::size_t LONGEST_QUOTE = 60;
constexpr std::size_t LONGEST_KEY = 200;
constexpr std::size_t LONGEST_WORD = 80;
constexpr std::size_t LONGEST_TEXT = 2000;

/// The text on one line, cut short at a limit of bytes.
std::string
Printable(std::string_view text, std::size_t limit)
{
    std::string printable;
    for (const char c : text)
    {
        const bool startsCharacter = (c & 0xC0) != 0x80;
        if (printable.size() >= limit && startsCharacter)
        {
            return printable + "...";
        }
        printable += IsControl(c) ? Escape({&c, 1}) : std::string(1, c);
    }
    return printable;
}

std::string
Line(const SourceLocation& at, const std::string& key, const std::string& text)
{
    // Texts of others, which quote what they found as it stood, come here too.
    return at.ToString() + ": " + (key.empty() ? "" : Printable(key, LONGEST_KEY) + ": ") +
           Printable(text, LONGEST_TEXT);
}

/// Edit distance with swaps of neighbours (optimal string alignment).
std::size_t
Distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> beforeLast(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
    {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        beforeLast.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

} // namespace

std::string
SourceLocation::ToString() const
{
    const std::string name = file ? *file : "?";
    return line > 0 ? fmt::format("{}:{}:{}", name, line, column) : name;
}

ScenarioError::ScenarioError(SourceLocation at, const std::string& key, const std::string& text)
    : std::runtime_error(Line(at, key, text))
    , m_at(std::move(at))
    , m_key(key)
    , m_text(text)
{
}

std::string
Quote(std::string_view text)
{
    return "\"" + Printable(text, LONGEST_QUOTE) + "\"";
}

std::string_view
Nearest(std::string_view word, const std::vector<std::string_view>& candidates)
{
    if (word.size() > LONGEST_WORD)
    {
        return {};
    }
    std::string_view nearest;
    std::size_t least = (word.size() + 2) / 3 + 1;
    for (const std::string_view candidate : candidates)
    {
        const std::size_t distance = Distance(word, candidate);
        if (distance < least && distance < candidate.size())
        {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string
Suggest(std::string_view word, const std::vector<std::string_view>& candidates)
{
    const std::string_view nearest = Nearest(word, candidates);
    if (!nearest.empty())
    {
        return fmt::format(", did you mean {}?", Quote(nearest));
    }
    return candidates.empty() ? ", expected none"
                              : fmt::format(", expected one of {}", fmt::join(candidates, ", "));
}

void
Marks::Forget(const std::string& path)
{
    m_at.erase(path);
    const std::string inside = path + ".";
    for (auto it = m_at.lower_bound(inside); it != m_at.end() && StartsWith(it->first, inside);)
    {
        it = m_at.erase(it);
    }
}

SourceLocation
Marks::Find(const std::string& path) const
{
    for (std::string key = path;;)
    {
        if (const auto it = m_at.find(key); it != m_at.end())
        {
            return it->second;
        }
        if (key.empty())
        {
            return {};
        }
        const std::size_t dot = key.rfind('.');
        key.resize(dot == std::string::npos ? 0 : dot);
    }
}

} // namespace bouncelab::scenario
