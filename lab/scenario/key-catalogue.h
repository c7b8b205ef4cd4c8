#ifndef BOUNCELAB_LAB_SCENARIO_KEY_CATALOGUE_H
#define BOUNCELAB_LAB_SCENARIO_KEY_CATALOGUE_H

#include "lab/scenario/page-writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// Every key that `--set` takes; what is inside a persona stands below the key that names it.
std::vector<PageRow> AllKeys();

/// Whether a path, with its names and numbers, is the one of a key: `injectors.border.at-hop` is
/// `injectors.<name>.at-hop`.
bool IsPathOf(std::string_view path, std::string_view key);

/// The keys that a path means; else those whose path or sentence holds it as a part.
std::vector<PageRow> FindKeys(std::string_view text);

/// What was meant by a mistyped path (`injectors.border.at-hopp`), or by one word of it; empty
/// where no key is near.
std::string NearestKey(std::string_view text);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_KEY_CATALOGUE_H
