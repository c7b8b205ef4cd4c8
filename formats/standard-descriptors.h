#ifndef BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H
#define BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H

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

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_STANDARD_DESCRIPTORS_H
