#include "lab/scenario/key-catalogue.h"

#include "lab/scenario/persona-kinds.h"
#include "lab/scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace bouncelab::scenario
{

std::vector<PageRow>
AllKeys()
{
    std::vector<PageRow> keys;
    for (const PageRow& row : CollectRows(TypeOf<Scenario>()))
    {
        keys.push_back(row);
        for (const PersonaFolder& kind : PersonaFolders())
        {
            const std::string one =
                fmt::format("persona of `models/personas/{}`", kind.type->folder);
            const bool isMap = row.type == "map from names to: " + one;
            if (row.type != one && !isMap)
            {
                continue;
            }
            for (PageRow& inside : CollectRows(*kind.type))
            {
                inside.path = row.path + (isMap ? ".<name>." : ".") + inside.path;
                keys.push_back(std::move(inside));
            }
        }
    }
    return keys;
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

} // namespace bouncelab::scenario
