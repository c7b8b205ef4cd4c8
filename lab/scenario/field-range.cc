#include "lab/scenario/field-range.h"

#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouncelab::scenario
{

namespace
{

/// " from 1 to 255", " of at least 1", or nothing.
std::string
FormatRange(FieldKind kind, const FieldRange& range)
{
    const std::string minimum = FormatBound(kind, range.minimum);
    const std::string maximum = FormatBound(kind, range.maximum);
    if (minimum.empty() && maximum.empty())
    {
        return "";
    }
    if (maximum.empty())
    {
        return " of at least " + minimum;
    }
    return minimum.empty() ? " of at most " + maximum : " from " + minimum + " to " + maximum;
}

} // namespace

FieldKind
KindOf(const FieldType& type, const FieldNote& note)
{
    return type.kind == FieldKind::Whole && note.unit == "bit/s" ? FieldKind::BitRate : type.kind;
}

FieldRange
RangeOf(const FieldType& type, const FieldNote& note)
{
    FieldRange range{note.minimum, note.maximum};
    if (type.kind == FieldKind::Whole)
    {
        range.minimum = std::max(range.minimum, type.minimum);
        range.maximum = std::min(range.maximum, type.maximum);
    }
    return range;
}

std::string
FormatBound(FieldKind kind, long double bound)
{
    if (!std::isfinite(bound))
    {
        return "";
    }
    switch (kind)
    {
    case FieldKind::Duration:
        return FormatDuration(Nanoseconds(static_cast<std::int64_t>(bound)));
    case FieldKind::BitRate:
        return FormatBitRate(static_cast<std::uint64_t>(bound));
    case FieldKind::Real:
        return FormatReal(static_cast<double>(bound));
    default:
        return fmt::format("{:.0f}", bound);
    }
}

std::vector<std::string_view>
KeysOf(const FieldType& type)
{
    std::vector<std::string_view> keys;
    for (const FieldEntry& field : type.table().fields)
    {
        keys.push_back(field.key);
    }
    return keys;
}

std::string
Expected(const FieldType& type, const FieldNote& note)
{
    const FieldKind kind = KindOf(type, note);
    const auto with = [&](const char* text)
    { return text + FormatRange(kind, RangeOf(type, note)); };
    switch (kind)
    {
    case FieldKind::Boolean:
        return "true or false";
    case FieldKind::Whole:
        return with("a whole number");
    case FieldKind::BitRate:
        return with("a rate with unit (bit/s, kbit/s, Mbit/s, Gbit/s)");
    case FieldKind::Real:
        return with("a number");
    case FieldKind::Text:
        return "text";
    case FieldKind::Duration:
        return with("a duration with unit (ns, us, ms, s, min, h, d)");
    case FieldKind::Address:
        return "an IPv4 or IPv6 address";
    case FieldKind::Ipv4Address:
        return "an IPv4 address";
    case FieldKind::Ethernet:
        return "an Ethernet address";
    case FieldKind::Enumeration:
        return "one of a few names";
    case FieldKind::List:
        return "a list";
    case FieldKind::Persona:
        return "the name of a persona, or a map with `persona` and keys of its own";
    case FieldKind::Optional:
    case FieldKind::Map:
    case FieldKind::Struct:
        break;
    }
    return "a map";
}

} // namespace bouncelab::scenario
