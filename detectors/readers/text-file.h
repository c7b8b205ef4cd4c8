#ifndef BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H
#define BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H

#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What was made of the lines of a text.
struct TextReading
{
    std::uint64_t lines = 0;                     //!< Blank ones left out.
    std::uint64_t used = 0;                      //!< Lines that a reader knew.
    std::map<std::string, std::uint64_t> usedBy; //!< By kind of reader; one line may be of several.
    std::uint64_t notUnderstood = 0;
    std::vector<std::string> strange; //!< The first three of them, "LINE: text", escaped.
    std::string version; //!< By the header: "Microsoft Exchange Server 14.0.0.0"; empty = none.
    std::string first;   //!< The first and the last stamp, as written.
    std::string last;
    std::set<std::string> undone; //!< Packaging that was taken off.
    std::uint64_t cutLines = 0;   //!< Longer than 64 KiB: the rest of each was left out.
};

/**
 * Hands every line of a text to each reader, an exclusive one's lines to no reader behind it, then
 * ends them. The packaging in which a text arrived
 * is undone first (TextSource, Packaging); lines keep the numbers of the file. A row that was
 * broken into several lines has the number of the first one.
 *
 * \param file is read to its end and closed.
 */
TextReading ReadText(std::FILE* file, const std::vector<TextLineReader*>& readers);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H
