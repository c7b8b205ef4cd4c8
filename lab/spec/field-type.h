#ifndef BOUNCELAB_LAB_SPEC_FIELD_TYPE_H
#define BOUNCELAB_LAB_SPEC_FIELD_TYPE_H

#include "formats/address.h"
#include "formats/describe.h"
#include "lab/spec/persona-ref.h"
#include "lab/spec/scalar-text.h"
#include "lab/spec/spec-error.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bouncelab::spec
{

/// The kinds of values that a field table may hold; every visitor branches on these.
enum class FieldType
{
    Boolean,
    Whole,
    BitRate, //!< A whole number whose note has the unit bit/s.
    Real,
    Text,
    Duration,
    Address,
    Ethernet,
    Enumeration,
    Optional,
    List,
    Map,
    Persona,
    Struct,
};

template <class T>
struct IsOptional : std::false_type
{
};

template <class T>
struct IsOptional<std::optional<T>> : std::true_type
{
};

template <class T>
struct IsList : std::false_type
{
};

template <class T>
struct IsList<std::vector<T>> : std::true_type
{
};

template <class T>
struct IsMap : std::false_type
{
};

template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type
{
};

template <class T>
struct IsPersona : std::false_type
{
};

template <class T>
struct IsPersona<PersonaRef<T>> : std::true_type
{
};

template <class T>
constexpr FieldType
TypeOf()
{
    if constexpr (std::is_same_v<T, bool>)
    {
        return FieldType::Boolean;
    }
    else if constexpr (std::is_integral_v<T>)
    {
        return FieldType::Whole;
    }
    else if constexpr (std::is_same_v<T, double>)
    {
        return FieldType::Real;
    }
    else if constexpr (std::is_same_v<T, std::string>)
    {
        return FieldType::Text;
    }
    else if constexpr (std::is_same_v<T, Nanoseconds>)
    {
        return FieldType::Duration;
    }
    else if constexpr (std::is_same_v<T, Ipv4>)
    {
        return FieldType::Address;
    }
    else if constexpr (std::is_same_v<T, MacAddress>)
    {
        return FieldType::Ethernet;
    }
    else if constexpr (std::is_enum_v<T>)
    {
        return FieldType::Enumeration;
    }
    else if constexpr (IsOptional<T>::value)
    {
        return FieldType::Optional;
    }
    else if constexpr (IsList<T>::value)
    {
        return FieldType::List;
    }
    else if constexpr (IsMap<T>::value)
    {
        return FieldType::Map;
    }
    else if constexpr (IsPersona<T>::value)
    {
        return FieldType::Persona;
    }
    else
    {
        return FieldType::Struct;
    }
}

/// The type of one field, of which a bit rate is told by its unit only.
template <class T>
constexpr FieldType
TypeOf(const FieldNote& note)
{
    constexpr FieldType type = TypeOf<T>();
    return type == FieldType::Whole && note.unit == "bit/s" ? FieldType::BitRate : type;
}

/// The least and greatest value, both in a number type that holds 64-bit integers exactly.
struct FieldRange
{
    long double minimum;
    long double maximum;
};

/// The note's range, narrowed to what the type holds.
template <class T>
FieldRange
RangeOf(const FieldNote& note)
{
    FieldRange range{note.minimum, note.maximum};
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    {
        using Limits = std::numeric_limits<T>;
        range.minimum = std::max<long double>(range.minimum, Limits::min());
        range.maximum = std::min<long double>(range.maximum, Limits::max());
    }
    return range;
}

template <class E>
std::vector<std::string_view>
NamesOf()
{
    std::vector<std::string_view> names;
    for (const auto& name : EnumNames(E{}))
    {
        names.push_back(name.first);
    }
    return names;
}

/// One end of a range as it would be written; empty where that end is open.
std::string FormatBound(FieldType type, long double bound);

/// " from 1 to 255", " of at least 1", or nothing.
std::string FormatRange(FieldType type, const FieldRange& range);

/// "a whole number from 1 to 255": what a field takes, for messages.
std::string ExpectedText(FieldType type, const FieldRange& range);

template <class T>
std::string
Expected(const FieldNote& note)
{
    return ExpectedText(TypeOf<T>(note), RangeOf<T>(note));
}

/// Collects the keys of a struct in the order of its table.
struct KeyCollector
{
    std::vector<std::string_view> keys;

    template <class T>
    void Field(std::string_view key, T&, const FieldNote&)
    {
        keys.push_back(key);
    }
};

template <class T>
std::vector<std::string_view>
KeysOf(T& value)
{
    KeyCollector collector;
    Describe(collector, value);
    return collector.keys;
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_FIELD_TYPE_H
