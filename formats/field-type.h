#ifndef BOUNCELAB_FORMATS_FIELD_TYPE_H
#define BOUNCELAB_FORMATS_FIELD_TYPE_H

#include "formats/address.h"
#include "formats/duration.h"
#include "formats/enum-names.h"
#include "formats/persona-ref.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
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
    Address,     //!< Of either family.
    Ipv4Address, //!< Where the other family has no meaning.
    Ethernet,
    Enumeration,
    Optional,
    List,
    Map,
    Persona,
    Struct,
};

/// What people are told about a field, and what the reader holds it to.
struct FieldNote
{
    std::string_view sentence;  //!< What the knob does, as one sentence; Markdown.
    std::string_view unit = ""; //!< Unit of a plain number, such as "packets/s"; else empty.
    double minimum = -std::numeric_limits<double>::infinity(); //!< Numbers, and durations in ns.
    double maximum = std::numeric_limits<double>::infinity();  //!< Numbers, and durations in ns.
    bool required = false; //!< Has no default: leaving it out is an error.
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

/// What a struct has: made from the initializers of its members when it is first asked for.
struct FieldTable
{
    std::vector<FieldEntry> fields; //!< In the order of the members.
    void* defaults;                 //!< A struct with its defaults.
    void (*reset)(void* value);     //!< Gives a struct its defaults.

    /// The key of the member at an offset. \pre it has one
    std::string_view KeyAt(std::size_t offset) const;
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

    std::string_view folder;            //!< Of personas and their structs, in models/personas.
    const FieldType* element = nullptr; //!< What an optional, list, map or persona holds.
    std::vector<std::string_view> (*names)() = nullptr; //!< Of an enumeration, in its order.
    const FieldTable& (*table)() = nullptr;             //!< Of a struct.

    void (*clear)(void* value) = nullptr; //!< Optional, list and map.

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
    bool personaOptional = false; //!< Its keys may stand without a file below them.
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

/// A struct's C++ name without its namespace.
std::string StructName(const FieldType& type);

template <class T>
constexpr const FieldType& TypeOf();

/// A struct as code that does not know it sees it.
template <class T>
FieldValue
ValueOf(T& value)
{
    return {&TypeOf<T>(), &value};
}

/// A struct with its defaults, for code that is not to hold the initializers of all of them.
template <class T>
const T& Defaults();

namespace field
{

/// T, where it is not to be deduced.
template <class T>
struct SameType
{
    using Type = T;
};

template <class T>
using Same = typename SameType<T>::Type;

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
           : std::is_same_v<T, IpAddress>   ? Kind::Address
           : std::is_same_v<T, Ipv4>        ? Kind::Ipv4Address
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

template <class T>
constexpr void
DescribeWhole(FieldType& type)
{
    type.minimum = std::numeric_limits<T>::min();
    type.maximum = std::numeric_limits<T>::max();
    type.get = [](const void* value)
    { return static_cast<std::uint64_t>(*static_cast<const T*>(value)); };
    type.set = [](void* value, std::uint64_t number) { As<T>(value) = static_cast<T>(number); };
}

template <class T>
constexpr void
DescribeEnumeration(FieldType& type)
{
    type.names = []
    {
        std::vector<std::string_view> names;
        for (const auto& name : EnumNames(T{}))
        {
            names.push_back(name.first);
        }
        return names;
    };
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
constexpr void
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
constexpr void
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
constexpr void
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
constexpr auto
IsPersonaOptional(int) -> decltype(T::PERSONA_OPTIONAL)
{
    return T::PERSONA_OPTIONAL;
}

template <class T>
constexpr bool
IsPersonaOptional(long)
{
    return false;
}

template <class T>
constexpr void
DescribePersona(FieldType& type)
{
    using Persona = typename T::Persona;
    type.element = &TypeOf<Persona>();
    type.folder = Persona::FOLDER;
    type.parts = [](void* value) { return std::vector<FieldPart>{{"", &As<T>(value).value}}; };
    type.personaName = [](void* value) -> std::string& { return As<T>(value).name; };
    type.personaOptional = IsPersonaOptional<Persona>(0);
}

/// A field as its initializer hands it in.
struct Draft
{
    std::string_view key; //!< Empty: the keys of the member's own fields are its owner's.
    FieldNote note;
    const void* member;
    std::size_t size;
    std::size_t alignment;
    const FieldType* type; //!< Null: no key sets the member.
};

/// Where initializers hand in: the table that this thread makes at the moment, or null.
inline thread_local std::vector<Draft>* t_drafts = nullptr;

/// Hands a field in. It is a function of its own to keep initializers small.
void Enter(const Draft& draft);

/// A struct that was made from its initializers.
struct Whole
{
    const FieldType& type;
    void* object;
    std::size_t size;
    std::size_t alignment;
    std::size_t memberCount;
};

/// Collects what initializers hand in as long as it lives.
class DraftScope
{
  public:
    DraftScope()
        : m_outer(std::exchange(t_drafts, &m_drafts))
    {
    }

    ~DraftScope() { t_drafts = m_outer; }

    DraftScope(const DraftScope&) = delete;
    DraftScope& operator=(const DraftScope&) = delete;

    /**
     * The table of a struct, from the drafts of its own members. Drafts of other structs, which
     * were made on the way, lie outside of it.
     *
     * \throws std::logic_error where a member is no field
     */
    FieldTable MakeTable(const Whole& whole) const;

  private:
    std::vector<Draft> OwnDrafts(const Whole& whole) const;

    std::vector<Draft> m_drafts;
    std::vector<Draft>* m_outer;
};

/// Stands for any value in MemberCount().
struct Anything
{
    template <class T>
    operator T() const;
};

template <class T, std::size_t... I>
constexpr auto
TakesValues(std::index_sequence<I...>) -> decltype(T{(void(I), Anything{})...}, true)
{
    return true;
}

template <class T, class Indices>
constexpr bool
TakesValues(const Indices&)
{
    return false;
}

/// How many members an aggregate has, which are at least LEAST and fewer than MOST: as many as it
/// takes values in braces.
template <class T, std::size_t LEAST = 0, std::size_t MOST = 128>
constexpr std::size_t
MemberCount()
{
    constexpr std::size_t MIDDLE = (LEAST + MOST) / 2;
    if constexpr (MIDDLE == LEAST)
    {
        return LEAST;
    }
    else if constexpr (TakesValues<T>(std::make_index_sequence<MIDDLE>()))
    {
        return MemberCount<T, MIDDLE, MOST>();
    }
    else
    {
        return MemberCount<T, LEAST, MIDDLE>();
    }
}

template <class T>
const FieldTable&
TableOf()
{
    static_assert(std::is_aggregate_v<T>,
                  "a field has a type of its own, or is a struct of fields");
    static const FieldTable table = []
    {
        const DraftScope scope;
        static T defaults;
        FieldTable made =
            scope.MakeTable({TypeOf<T>(), &defaults, sizeof(T), alignof(T), MemberCount<T>()});
        made.reset = [](void* value) { As<T>(value) = T(); };
        return made;
    }();
    return table;
}

template <class T, class = void>
constexpr std::string_view FOLDER;

template <class T>
constexpr std::string_view FOLDER<T, std::void_t<decltype(T::FOLDER)>> = T::FOLDER;

template <class T>
constexpr FieldType
MakeType()
{
    constexpr FieldKind kind = KindOf<T>();
    FieldType type;
    type.kind = kind;
    type.cppType = &typeid(T);
    if constexpr (kind == FieldKind::Optional || kind == FieldKind::List || kind == FieldKind::Map)
    {
        type.clear = [](void* value) { As<T>(value) = T(); };
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
        type.folder = FOLDER<T>;
        type.table = &TableOf<T>;
    }
    return type;
}

template <class T>
inline constexpr FieldType TYPE = MakeType<T>();

} // namespace field

template <class T>
constexpr const FieldType&
TypeOf()
{
    return field::TYPE<T>;
}

template <class T>
const T&
Defaults()
{
    return *static_cast<const T*>(TypeOf<T>().table().defaults);
}

/// The key of a member of a struct.
template <class T, class Member>
std::string_view
KeyOf(const T& object, const Member& member)
{
    const auto offset =
        reinterpret_cast<const char*>(&member) - reinterpret_cast<const char*>(&object);
    return TypeOf<T>().table().KeyAt(static_cast<std::size_t>(offset));
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_FIELD_TYPE_H
