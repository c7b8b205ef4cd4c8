#ifndef BOUNCELAB_FORMATS_FIELD_TYPE_H
#define BOUNCELAB_FORMATS_FIELD_TYPE_H

#include "formats/address.h"
#include "formats/describe.h"
#include "formats/persona-ref.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace bouncelab
{

/// The kinds of values that a field may have.
enum class FieldKind
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

struct FieldType;

/// One line of a struct's field table.
struct FieldEntry
{
    std::string_view key;
    FieldNote note;
    std::size_t offset; //!< Of the member in its struct.
    const FieldType* type;
};

/// A value inside an optional, a list, a map or a persona; name is its key in a map, else empty.
struct FieldPart
{
    std::string name;
    void* value;
};

/**
 * What code that does not know a value's C++ type needs in order to read, write and explain it.
 * There is one for each type, TypeOf<T>(), so that the walkers over field tables are plain
 * functions. Members that a kind does not have are null or empty.
 */
struct FieldType
{
    FieldKind kind = FieldKind::Struct;
    const std::type_info* cppType = nullptr;

    /// Whole numbers: the least and the greatest that the type holds.
    long double minimum = 0;
    long double maximum = 0;

    std::vector<std::string_view> names; //!< Of an enumeration, in its order.
    std::string_view folder;             //!< Of personas and their structs, in models/personas.
    const FieldType* element = nullptr;  //!< What an optional, list, map or persona holds.
    std::vector<FieldEntry> fields;      //!< Of a struct.

    std::shared_ptr<void> defaults; //!< A struct with its defaults.

    /// Struct: to its defaults; optional, list and map: empty.
    void (*reset)(void* value) = nullptr;

    /// Whole numbers in two's complement; enumerations as a place in names.
    std::uint64_t (*get)(const void* value) = nullptr;
    void (*set)(void* value, std::uint64_t number) = nullptr;

    /// Optional, list, map and persona: what is inside.
    std::vector<FieldPart> (*parts)(void* value) = nullptr;

    /// Adds an element with its defaults: at the end of a list, in an optional, or under a new
    /// name.
    void* (*add)(void* value, const std::string& name) = nullptr;

    void (*remove)(void* value, const std::string& name) = nullptr; //!< An entry of a map.
    std::string& (*personaName)(void* value) = nullptr; //!< What a persona was chosen by.
};

/// A value with its type.
struct FieldValue
{
    const FieldType* type;
    void* data;

    template <class T>
    T& As() const
    {
        return *static_cast<T*>(data);
    }

    /// One field of a struct.
    FieldValue operator[](const FieldEntry& field) const
    {
        return {field.type, static_cast<char*>(data) + field.offset};
    }

    /// What is inside an optional, a list, a map or a persona.
    FieldValue operator[](const FieldPart& part) const { return {type->element, part.value}; }
};

template <class T>
const FieldType& TypeOf();

/// A struct as code that does not know it sees it.
template <class T>
FieldValue
ValueOf(T& value)
{
    return {&TypeOf<T>(), &value};
}

namespace field
{

template <class T, template <class...> class Template>
constexpr bool IS = false;

template <class... T, template <class...> class Template>
constexpr bool IS<Template<T...>, Template> = true;

template <class T>
constexpr FieldKind
KindOf()
{
    using Kind = FieldKind;
    return std::is_same_v<T, bool>          ? Kind::Boolean
           : std::is_integral_v<T>          ? Kind::Whole
           : std::is_same_v<T, double>      ? Kind::Real
           : std::is_same_v<T, std::string> ? Kind::Text
           : std::is_same_v<T, Nanoseconds> ? Kind::Duration
           : std::is_same_v<T, Ipv4>        ? Kind::Address
           : std::is_same_v<T, MacAddress>  ? Kind::Ethernet
           : std::is_enum_v<T>              ? Kind::Enumeration
           : IS<T, std::optional>           ? Kind::Optional
           : IS<T, std::vector>             ? Kind::List
           : IS<T, std::map>                ? Kind::Map
           : IS<T, PersonaRef>              ? Kind::Persona
                                            : Kind::Struct;
}

template <class T>
T&
As(void* value)
{
    return *static_cast<T*>(value);
}

/// The visitor of Describe() that notes where in its struct each member is.
struct TableBuilder
{
    const char* base;
    std::vector<FieldEntry>& fields;

    template <class T>
    void Field(std::string_view key, T& member, const FieldNote& note)
    {
        const auto offset = reinterpret_cast<const char*>(&member) - base;
        fields.push_back({key, note, static_cast<std::size_t>(offset), &TypeOf<T>()});
    }
};

template <class T>
void
DescribeWhole(FieldType& type)
{
    type.minimum = std::numeric_limits<T>::min();
    type.maximum = std::numeric_limits<T>::max();
    type.get = [](const void* value)
    { return static_cast<std::uint64_t>(*static_cast<const T*>(value)); };
    type.set = [](void* value, std::uint64_t number) { As<T>(value) = static_cast<T>(number); };
}

template <class T>
void
DescribeEnumeration(FieldType& type)
{
    for (const auto& name : EnumNames(T{}))
    {
        type.names.push_back(name.first);
    }
    type.get = [](const void* value)
    {
        std::uint64_t place = 0;
        for (const auto& name : EnumNames(T{}))
        {
            if (name.second == *static_cast<const T*>(value))
            {
                break;
            }
            ++place;
        }
        return place;
    };
    type.set = [](void* value, std::uint64_t place)
    { As<T>(value) = EnumNames(T{})[place].second; };
}

template <class T>
void
DescribeOptional(FieldType& type)
{
    type.element = &TypeOf<typename T::value_type>();
    type.parts = [](void* value)
    {
        T& optional = As<T>(value);
        return optional ? std::vector<FieldPart>{{"", &*optional}} : std::vector<FieldPart>();
    };
    type.add = [](void* value, const std::string&) -> void* { return &As<T>(value).emplace(); };
}

template <class T>
void
DescribeList(FieldType& type)
{
    type.element = &TypeOf<typename T::value_type>();
    type.parts = [](void* value)
    {
        std::vector<FieldPart> parts;
        for (auto& item : As<T>(value))
        {
            parts.push_back({"", &item});
        }
        return parts;
    };
    type.add = [](void* value, const std::string&) -> void*
    { return &As<T>(value).emplace_back(); };
}

template <class T>
void
DescribeMap(FieldType& type)
{
    type.element = &TypeOf<typename T::mapped_type>();
    type.parts = [](void* value)
    {
        std::vector<FieldPart> parts;
        for (auto& [name, item] : As<T>(value))
        {
            parts.push_back({name, &item});
        }
        return parts;
    };
    type.add = [](void* value, const std::string& name) -> void* { return &As<T>(value)[name]; };
    type.remove = [](void* value, const std::string& name) { As<T>(value).erase(name); };
}

template <class T>
void
DescribePersona(FieldType& type)
{
    using Persona = typename T::Persona;
    type.element = &TypeOf<Persona>();
    type.folder = Persona::FOLDER;
    type.parts = [](void* value) { return std::vector<FieldPart>{{"", &As<T>(value).value}}; };
    type.personaName = [](void* value) -> std::string& { return As<T>(value).name; };
}

template <class T, class = void>
constexpr std::string_view FOLDER;

template <class T>
constexpr std::string_view FOLDER<T, std::void_t<decltype(T::FOLDER)>> = T::FOLDER;

template <class T>
void
DescribeStruct(FieldType& type)
{
    type.folder = FOLDER<T>;
    const auto defaults = std::make_shared<T>();
    TableBuilder builder{reinterpret_cast<const char*>(defaults.get()), type.fields};
    Describe(builder, *defaults);
    type.defaults = defaults;
}

template <class T>
FieldType
MakeType()
{
    constexpr FieldKind kind = KindOf<T>();
    FieldType type;
    type.kind = kind;
    type.cppType = &typeid(T);
    if constexpr (kind == FieldKind::Struct || kind == FieldKind::Optional ||
                  kind == FieldKind::List || kind == FieldKind::Map)
    {
        type.reset = [](void* value) { As<T>(value) = T{}; };
    }
    if constexpr (kind == FieldKind::Whole)
    {
        DescribeWhole<T>(type);
    }
    else if constexpr (kind == FieldKind::Enumeration)
    {
        DescribeEnumeration<T>(type);
    }
    else if constexpr (kind == FieldKind::Optional)
    {
        DescribeOptional<T>(type);
    }
    else if constexpr (kind == FieldKind::List)
    {
        DescribeList<T>(type);
    }
    else if constexpr (kind == FieldKind::Map)
    {
        DescribeMap<T>(type);
    }
    else if constexpr (kind == FieldKind::Persona)
    {
        DescribePersona<T>(type);
    }
    else if constexpr (kind == FieldKind::Struct)
    {
        DescribeStruct<T>(type);
    }
    return type;
}

} // namespace field

template <class T>
const FieldType&
TypeOf()
{
    static const FieldType type = field::MakeType<T>();
    return type;
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_FIELD_TYPE_H
