#ifndef BOUNCELAB_LAB_SCENARIO_SCHEMA_WRITER_H
#define BOUNCELAB_LAB_SCENARIO_SCHEMA_WRITER_H

#include "formats/field-type.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bouncelab::scenario
{

/**
 * Writes field tables as draft-07 JSON Schema, for completion and checks in editors: a definition
 * for each struct, which others refer to. The reader is the judge: a schema knows no
 * cross-references and no exact decimals.
 */
class SchemaWriter
{
  public:
    /// Whether a map may leave required keys out, because it is laid over another.
    enum class Required
    {
        Checked,
        Ignored,
    };

    /// A reference to the definition of a struct, which is written with all that it needs.
    nlohmann::ordered_json Refer(const FieldType& type, Required required);

    /// By name; a persona's definition allows the key `persona`, for use in a scenario.
    const nlohmann::ordered_json& Definitions() const { return m_definitions; }

  private:
    nlohmann::ordered_json WriteStruct(const FieldType& type, Required required);
    nlohmann::ordered_json WriteField(const FieldEntry& field,
                                      const FieldValue& value,
                                      Required required);
    nlohmann::ordered_json WriteValue(const FieldType& type,
                                      const FieldNote& note,
                                      Required required);

    nlohmann::ordered_json m_definitions = nlohmann::ordered_json::object();
};

/// A schema as text: a line for each key of a struct.
std::string FormatSchema(const nlohmann::ordered_json& schema);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_SCHEMA_WRITER_H
