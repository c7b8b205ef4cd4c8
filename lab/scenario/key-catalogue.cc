#include "lab/scenario/key-catalogue.h"

#include "lab/scenario/scenario-error.h"
#include "lab/scenario/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace bouncelab::scenario
{

namespace
{

std::vector<std::string>
PartsOf(std::string_view path)
{
    std::vector<std::string> parts;
    for (std::size_t dot = path.find('.'); dot != path.npos; dot = path.find('.'))
    {
        parts.emplace_back(path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    parts.emplace_back(path);
    return parts;
}

} // namespace

std::vector<PageRow>
AllKeys()
{
    return CollectRows(TypeOf<Scenario>(), Personas::Open);
}

bool
IsPathOf(std::string_view path, std::string_view key)
{
    const std::size_t keyEnd = key.find('.');
    const std::string_view word = key.substr(0, keyEnd);
    const std::string_view rest = keyEnd == key.npos ? "" : key.substr(keyEnd + 1);
    // A name may hold dots itself (mail domains).
    for (std::size_t end = path.find('.');; end = path.find('.', end + 1))
    {
        const std::string_view part = path.substr(0, end);
        const bool fits = word.front() == '<' ? !part.empty() : part == word;
        if (fits && (end == path.npos ? rest.empty()
                                      : !rest.empty() && IsPathOf(path.substr(end + 1), rest)))
        {
            return true;
        }
        if (end == path.npos)
        {
            return false;
        }
    }
}

std::vector<PageRow>
FindKeys(std::string_view text)
{
    const std::vector<PageRow> keys = AllKeys();
    std::vector<PageRow> found;
    std::copy_if(keys.begin(),
                 keys.end(),
                 std::back_inserter(found),
                 [&](const PageRow& row) { return IsPathOf(text, row.path); });
    if (found.empty())
    {
        std::copy_if(keys.begin(),
                     keys.end(),
                     std::back_inserter(found),
                     [&](const PageRow& row) {
                         return row.path.find(text) != row.path.npos ||
                                row.sentence.find(text) != row.sentence.npos;
                     });
    }
    return found;
}

std::string
NearestKey(std::string_view text)
{
    const std::vector<std::string> given = PartsOf(text);
    std::vector<std::string> candidates;
    for (const PageRow& row : AllKeys())
    {
        std::vector<std::string> parts = PartsOf(row.path);
        parts.erase(parts.begin(), given.size() == 1 ? parts.end() - 1 : parts.begin());
        for (std::size_t i = 0; i < parts.size() && parts.size() == given.size(); ++i)
        {
            parts[i] = parts[i].front() == '<' ? given[i] : parts[i];
        }
        candidates.push_back(fmt::format("{}", fmt::join(parts, ".")));
    }
    return std::string(Nearest(text, {candidates.begin(), candidates.end()}));
}

} // namespace bouncelab::scenario
