#ifndef BOUNCELAB_DETECTORS_READERS_TYPED_COMMAND_H
#define BOUNCELAB_DETECTORS_READERS_TYPED_COMMAND_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What people type at a prompt.
namespace bouncelab::detectors
{

/// The words of a command behind its name, be there a prompt in front or not; empty where the line
/// is no call of it.
std::vector<std::string_view> ArgumentsOf(std::string_view text, std::string_view command);

/// 0 where the word begins with no port.
std::uint16_t PortIn(std::string_view word);

/// Whether it is nothing but the number of a port.
bool IsPort(std::string_view word);

/// A host's name in lower case, without the dot at its end.
std::string WithoutDot(std::string_view name);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TYPED_COMMAND_H
