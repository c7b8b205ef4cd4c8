#ifndef BOUNCELAB_TESTS_SMTP_FEEDING_H
#define BOUNCELAB_TESTS_SMTP_FEEDING_H

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bouncelab::smtp
{

/// Feeds a reader in pieces of `step` octets until it is complete. \return octets that it took.
template <class Reader>
std::size_t
FeedInPieces(Reader& reader, std::string_view bytes, std::size_t step)
{
    std::size_t taken = 0;
    while (!reader.Complete() && taken < bytes.size())
    {
        const std::string_view piece = bytes.substr(taken, step);
        const std::size_t now = reader.Feed(piece);
        taken += now;
        if (now == 0 && !reader.Complete())
        {
            break;
        }
    }
    return taken;
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_TESTS_SMTP_FEEDING_H
