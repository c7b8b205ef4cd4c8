#ifndef BOUNCELAB_LAB_SPEC_YAML_PRINTER_H
#define BOUNCELAB_LAB_SPEC_YAML_PRINTER_H

#include "lab/spec/json-printer.h"

#include <string>

namespace bouncelab::spec
{

/**
 * JSON as block YAML that ParseTree() takes, indented by two spaces; text stands in double quotes
 * where it could be read as something else. Ends with a line end.
 */
std::string FormatYaml(const nlohmann::ordered_json& value);

/// A struct as YAML with every default; the reader gives the same struct back.
template <class T>
std::string
PrintYaml(const T& value)
{
    return FormatYaml(JsonPrinter::Print(value));
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_YAML_PRINTER_H
