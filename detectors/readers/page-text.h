#ifndef BOUNCELAB_DETECTORS_READERS_PAGE_TEXT_H
#define BOUNCELAB_DETECTORS_READERS_PAGE_TEXT_H

#include <set>
#include <string>
#include <string_view>

/// What pages, word processors and terminals do to the characters of a line. What was undone is
/// added to `undone`, one phrase each.
namespace bouncelab::detectors
{

/// Whether a line has a tag that only a page has.
bool HasPageTag(std::string_view line);

/// The line without entities and, of a page, without tags; with LF where a tag ends a line.
std::string WithoutTags(std::string_view line, bool isPage, std::set<std::string>& undone);

/// The line with ASCII's characters in the place of those that look like them, and without colors.
std::string WithPlainCharacters(std::string_view line, std::set<std::string>& undone);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PAGE_TEXT_H
