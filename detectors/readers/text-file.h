#ifndef BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H
#define BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H

#include "detectors/readers/text-line-reader.h"

#include <cstdio>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Hands every line of a text to each reader, then ends them. A line longer than 64 KiB is handed
 * over cut off. Lines end in LF, CRLF or CR.
 *
 * \param file is read to its end and closed.
 */
void ReadText(std::FILE* file, const std::vector<TextLineReader*>& readers);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TEXT_FILE_H
