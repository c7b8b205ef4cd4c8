#ifndef BOUNCELAB_DETECTORS_READERS_UNPACKED_FILE_H
#define BOUNCELAB_DETECTORS_READERS_UNPACKED_FILE_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/// How far unpacking came.
struct UnpackProgress
{
    std::uint64_t bytes = 0; //!< Unpacked so far.
    bool cut = false;        //!< More was in it than is unpacked of a file of its size.
    bool damaged = false;    //!< It ends early, or is no such file from there on.
};

/// A file that reads as what was packed.
struct UnpackedFile
{
    std::FILE* file = nullptr; //!< Can be read from, rewound and closed, nothing else.
    std::string_view packing;  //!< "gzip", "xz", "zstd", "a mail's encoding"; empty = none.
    std::shared_ptr<UnpackProgress> progress; //!< Null where it was not packed.
};

/**
 * Looks through compression by gzip, xz or zstd, of several members too, and through the encodings
 * of texts sent by mail (MailPartDecoder). What comes out is bounded
 * by 4 MiB and 20 times the file's size, and is never held as a whole.
 *
 * \param file from its beginning; belongs to what is returned.
 */
UnpackedFile OpenUnpacked(std::FILE* file);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_UNPACKED_FILE_H
