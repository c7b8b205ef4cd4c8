#ifndef BOUNCELAB_FORMATS_FILE_NAME_H
#define BOUNCELAB_FORMATS_FILE_NAME_H

#include <filesystem>
#include <string>
#include <string_view>

namespace bouncelab
{

/**
 * One file name made from data: a mailbox, a host, whatever a scenario or a peer chose.
 *
 * Letters, digits and `. _ - + = @` stay; every other octet becomes `%XX`, as do a dot at either
 * end and the first letter of a name that Windows keeps for a device (CON, NUL, COM1, ...). Names
 * longer than 120 octets are cut and end in `~` and 16 digits of the whole data's SHA-256. So the
 * name is never empty, never leads out of its folder, is legal on every file system, and different
 * data get different names.
 */
std::string FileNameFrom(std::string_view data);

/// Whether a path relative to a folder stays below it: one or more names with `/` between, none of
/// them empty, `.`, `..`, longer than 255 octets, or with a NUL.
bool StaysBelow(std::string_view relativePath);

/// Whether reading a path could wait for ever: a named pipe, but not one that a shell has opened
/// for its command (/dev/fd/63).
bool IsNamedPipe(const std::filesystem::path& path);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_FILE_NAME_H
