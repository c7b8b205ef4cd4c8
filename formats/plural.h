#ifndef BOUNCELAB_FORMATS_PLURAL_H
#define BOUNCELAB_FORMATS_PLURAL_H

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab
{

/// "1 cell", "2 cells", "0 cells".
inline std::string
Plural(std::uint64_t count, std::string_view word)
{
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PLURAL_H
