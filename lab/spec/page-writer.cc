#include "lab/spec/page-writer.h"

#include <fmt/format.h>

namespace bouncelab::spec
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
TypeName(FieldType type)
{
    switch (type)
    {
    case FieldType::Boolean:
        return "`true` or `false`";
    case FieldType::Whole:
        return "whole number";
    case FieldType::BitRate:
        return "bit rate";
    case FieldType::Real:
        return "number";
    case FieldType::Duration:
        return "duration";
    case FieldType::Address:
        return "IPv4 address";
    case FieldType::Ethernet:
        return "Ethernet address";
    default:
        return "text";
    }
}

} // namespace

std::string
ScalarType(FieldType type, const FieldRange& range, std::string_view unit)
{
    std::string text = TypeName(type);
    const bool hasRange = type == FieldType::Whole || type == FieldType::BitRate ||
                          type == FieldType::Real || type == FieldType::Duration;
    if (!hasRange)
    {
        return text;
    }
    const std::string minimum = FormatBound(type, range.minimum);
    const std::string maximum = FormatBound(type, range.maximum);
    if (!minimum.empty() && !maximum.empty())
    {
        text += fmt::format(", {} to {}", minimum, maximum);
    }
    else if (!minimum.empty() || !maximum.empty())
    {
        text += maximum.empty() ? ", at least " + minimum : ", at most " + maximum;
    }
    if (!unit.empty() && type != FieldType::BitRate)
    {
        text += fmt::format(", in {}", unit);
    }
    return text;
}

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

} // namespace bouncelab::spec
