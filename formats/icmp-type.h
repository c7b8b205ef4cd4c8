#ifndef BOUNCELAB_FORMATS_ICMP_TYPE_H
#define BOUNCELAB_FORMATS_ICMP_TYPE_H

#include <cstdint>

/// Types of ICMP messages (RFC 792).
namespace bouncelab::icmp_type
{

constexpr std::uint8_t ECHO_REPLY = 0;
constexpr std::uint8_t UNREACHABLE = 3;
constexpr std::uint8_t ECHO = 8;
constexpr std::uint8_t TIME_EXCEEDED = 11;

} // namespace bouncelab::icmp_type

#endif // BOUNCELAB_FORMATS_ICMP_TYPE_H
