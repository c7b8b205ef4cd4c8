#ifndef BOUNCELAB_FORMATS_DURATION_H
#define BOUNCELAB_FORMATS_DURATION_H

#include <chrono>

namespace bouncelab
{

using Nanoseconds = std::chrono::nanoseconds;

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_DURATION_H
