#ifndef BOUNCELAB_LAB_SCENARIO_YAML_PRINTER_H
#define BOUNCELAB_LAB_SCENARIO_YAML_PRINTER_H

#include <nlohmann/json.hpp>

#include <string>

namespace bouncelab::scenario
{

/**
 * JSON as block YAML that ParseTree() takes, indented by two spaces; text stands in double quotes
 * where it could be read as something else. Ends with a line end.
 */
std::string FormatYaml(const nlohmann::ordered_json& value);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_YAML_PRINTER_H
