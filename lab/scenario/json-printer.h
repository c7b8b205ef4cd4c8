#ifndef BOUNCELAB_LAB_SCENARIO_JSON_PRINTER_H
#define BOUNCELAB_LAB_SCENARIO_JSON_PRINTER_H

#include "formats/field-type.h"

#include <nlohmann/json.hpp>

namespace bouncelab::scenario
{

/**
 * A value as JSON; of a struct every key with its value or default, in the order of its field
 * table. Quantities are text with their unit, as in scenarios; an optional that is not set is null.
 */
nlohmann::ordered_json PrintJson(const FieldValue& value, const FieldNote& note = {});

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_JSON_PRINTER_H
