#include "lab/scenario/page-writer.h"

#include "lab/scenario/field-range.h"
#include "lab/scenario/json-printer.h"
#include "lab/scenario/scenario-error.h"

#include <fmt/format.h>

namespace bouncelab::scenario
{

namespace
{

std::string
EscapeBars(const std::string& text)
{
    std::string escaped;
    for (const char c : text)
    {
        escaped += c == '|' ? "\\|" : std::string(1, c);
    }
    return escaped;
}

std::string
KindName(FieldKind kind)
{
    switch (kind)
    {
    case FieldKind::Boolean:
        return "`true` or `false`";
    case FieldKind::Whole:
        return "whole number";
    case FieldKind::BitRate:
        return "bit rate";
    case FieldKind::Real:
        return "number";
    case FieldKind::Duration:
        return "duration";
    case FieldKind::Address:
        return "address";
    case FieldKind::Ipv4Address:
        return "IPv4 address";
    case FieldKind::Ethernet:
        return "Ethernet address";
    default:
        return "text";
    }
}

std::string
ScalarType(const FieldType& type, const FieldNote& note)
{
    const FieldKind kind = KindOf(type, note);
    std::string text = KindName(kind);
    const bool hasRange = kind == FieldKind::Whole || kind == FieldKind::BitRate ||
                          kind == FieldKind::Real || kind == FieldKind::Duration;
    if (!hasRange)
    {
        return text;
    }
    const FieldRange range = RangeOf(type, note);
    const std::string minimum = FormatBound(kind, range.minimum);
    const std::string maximum = FormatBound(kind, range.maximum);
    if (!minimum.empty() && !maximum.empty())
    {
        text += fmt::format(", {} to {}", minimum, maximum);
    }
    else if (!minimum.empty() || !maximum.empty())
    {
        text += maximum.empty() ? ", at least " + minimum : ", at most " + maximum;
    }
    if (!note.unit.empty() && kind != FieldKind::BitRate)
    {
        text += fmt::format(", in {}", note.unit);
    }
    return text;
}

/// What may be written, with its unit, in words.
std::string
PageType(const FieldType& type, const FieldNote& note)
{
    switch (type.kind)
    {
    case FieldKind::Optional:
        return PageType(*type.element, note);
    case FieldKind::List:
        return "list of: " + PageType(*type.element, note);
    case FieldKind::Map:
        return "map from names to: " + PageType(*type.element, note);
    case FieldKind::Persona:
        return fmt::format("persona of `models/personas/{}`", type.folder);
    case FieldKind::Struct:
        return "keys";
    case FieldKind::Enumeration:
        return fmt::format("`{}`", fmt::join(type.names(), "`, `"));
    default:
        return ScalarType(type, note);
    }
}

/// A default as one line of Markdown.
std::string
FormatDefault(const nlohmann::ordered_json& value)
{
    if (value.is_null() || (value.is_structured() && value.empty()))
    {
        return "none";
    }
    if (value.is_string())
    {
        const std::string& text = value.get_ref<const std::string&>();
        const bool isPlain = text.find_first_of("\r\n\"\\`") == std::string::npos;
        return text.empty() ? "empty" : "`" + (isPlain ? text : value.dump()) + "`";
    }
    if (value.is_array())
    {
        std::string list;
        for (const auto& item : value)
        {
            list += (list.empty() ? "" : ", ") + FormatDefault(item);
        }
        return list;
    }
    return "`" + value.dump() + "`";
}

void AppendStruct(std::vector<PageRow>& rows,
                  const std::string& path,
                  const FieldValue& value,
                  Personas personas);

/// Adds what is inside a value.
void
AppendInside(std::vector<PageRow>& rows,
             const std::string& path,
             const FieldValue& value,
             Personas personas)
{
    const FieldType& type = *value.type;
    const auto element = [&]
    {
        const bool isStruct = type.element->kind == FieldKind::Struct;
        return FieldValue{type.element, isStruct ? type.element->table().defaults : nullptr};
    };
    switch (type.kind)
    {
    case FieldKind::Struct:
        AppendStruct(rows, path, value, personas);
        break;
    case FieldKind::Optional:
        AppendInside(rows, path, element(), personas);
        break;
    case FieldKind::List:
        AppendInside(rows, path + ".<n>", element(), personas);
        break;
    case FieldKind::Map:
        AppendInside(rows, path + ".<name>", element(), personas);
        break;
    case FieldKind::Persona:
        if (personas == Personas::Open)
        {
            AppendInside(rows, path, element(), personas);
        }
        break;
    default:
        break;
    }
}

void
AppendStruct(std::vector<PageRow>& rows,
             const std::string& path,
             const FieldValue& value,
             Personas personas)
{
    for (const FieldEntry& field : value.type->table().fields)
    {
        PageRow row;
        row.path = JoinPath(path, field.key);
        row.type = PageType(*field.type, field.note);
        row.sentence = field.note.sentence;
        if (field.note.required)
        {
            row.defaultValue = "required";
        }
        else if (field.type->kind != FieldKind::Struct && field.type->kind != FieldKind::Persona)
        {
            row.defaultValue = FormatDefault(PrintJson(value[field], field.note));
        }
        const std::size_t at = rows.size();
        rows.push_back(row);
        AppendInside(rows, row.path, value[field], personas);
        rows[at].hasParts = rows.size() > at + 1;
    }
}

} // namespace

std::vector<PageRow>
CollectRows(const FieldType& type, Personas personas)
{
    std::vector<PageRow> rows;
    AppendStruct(rows, "", {&type, type.table().defaults}, personas);
    return rows;
}

std::string
FormatTable(const std::vector<PageRow>& rows)
{
    std::string table = "| key | takes | default | meaning |\n|---|---|---|---|\n";
    for (const PageRow& row : rows)
    {
        table += fmt::format("| `{}` | {} | {} | {} |\n",
                             row.path,
                             EscapeBars(row.type),
                             EscapeBars(row.defaultValue),
                             EscapeBars(row.sentence));
    }
    return table;
}

} // namespace bouncelab::scenario
