#ifndef BOUNCELAB_LAB_SCENARIO_REFERENCE_H
#define BOUNCELAB_LAB_SCENARIO_REFERENCE_H

#include <map>
#include <string>

namespace bouncelab::scenario
{

/**
 * What is generated from the field tables, by its path in the project: the pages in docs/reference,
 * and the JSON schemas in docs/schema. A test holds the files to it; bin/write-reference writes
 * them.
 */
std::map<std::string, std::string> ReferenceFiles();

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_REFERENCE_H
