#ifndef BOUNCELAB_DETECTORS_READERS_CSV_H
#define BOUNCELAB_DETECTORS_READERS_CSV_H

#include <string>
#include <string_view>

namespace bouncelab::detectors::csv
{

/**
 * Takes a field and the separator behind it off the front of a row. A field in quotes may hold
 * separators and doubled quotes; a quote that is never closed takes the rest of the row.
 *
 * \param ended is set when no separator followed: the row is over.
 */
inline std::string
TakeField(std::string_view& row, bool& ended, char separator = ',')
{
    std::string field;
    std::size_t at = 0;
    if (!row.empty() && row.front() == '"')
    {
        for (at = 1; at < row.size(); ++at)
        {
            if (row[at] == '"')
            {
                if (at + 1 == row.size() || row[at + 1] != '"')
                {
                    ++at;
                    break;
                }
                ++at;
            }
            field += row[at];
        }
    }
    const std::size_t comma = row.find(separator, at);
    field += row.substr(at, comma == std::string_view::npos ? comma : comma - at);
    ended = comma == std::string_view::npos;
    row.remove_prefix(ended ? row.size() : comma + 1);
    return field;
}

} // namespace bouncelab::detectors::csv

#endif // BOUNCELAB_DETECTORS_READERS_CSV_H
