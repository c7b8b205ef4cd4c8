#ifndef BOUNCELAB_LAB_EVIDENCE_PRINT_H
#define BOUNCELAB_LAB_EVIDENCE_PRINT_H

#include <fmt/format.h>

#include <string>
#include <utility>

namespace bouncelab::evidence
{

/// Appends formatted text. It takes fmt's own buffer, which is several times faster than appending
/// to a string by characters.
template <class... Args>
void
Print(std::string& out, fmt::format_string<Args...> format, Args&&... args)
{
    fmt::memory_buffer buffer;
    fmt::format_to(fmt::appender(buffer), format, std::forward<Args>(args)...);
    out.append(buffer.data(), buffer.size());
}

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_PRINT_H
