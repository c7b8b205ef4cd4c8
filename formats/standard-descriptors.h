#ifndef BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H
#define BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H

#include <cstdio>
#include <string_view>

#include <fcntl.h>

namespace bouncelab
{

/// Opens those of descriptors 0 to 2 that are closed on /dev/null, so that no file that the program
/// opens takes their place. To be called before anything else.
inline void
OpenStandardDescriptors()
{
    for (int standard = 0; standard <= 2; ++standard)
    {
        if (fcntl(standard, F_GETFD) < 0)
        {
            open("/dev/null", O_RDWR); // gets the lowest number that is free: this one
        }
    }
}

/// What standard error does not take is lost: there is nowhere left to say so.
inline void
WriteToStandardError(std::string_view text)
{
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H
