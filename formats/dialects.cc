#include "formats/dialects.h"

#include <fnmatch.h>

namespace bouncelab
{

namespace
{

bool
Matches(std::string_view pattern, std::string_view text)
{
    return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

} // namespace

bool
Dialect::Names(std::string_view path) const
{
    while (!Matches(files, path))
    {
        const std::size_t slash = path.find('/');
        if (slash == path.npos)
        {
            return false;
        }
        path.remove_prefix(slash + 1);
    }
    return true;
}

bool
Dialect::IsOf(std::string_view log) const
{
    return program.empty() || Matches(program, log);
}

std::string_view
KindOfEvidence(std::string_view path)
{
    std::string_view kind;
    dialects::ForEach(
        [&](auto dialect)
        {
            if (kind.empty() && decltype(dialect)::FORMAT.Names(path))
            {
                kind = decltype(dialect)::FORMAT.kind;
            }
        });
    return kind;
}

} // namespace bouncelab
