#ifndef BOUNCELAB_FORMATS_FIELD_H
#define BOUNCELAB_FORMATS_FIELD_H

#include "formats/field-type.h"

#include <string_view>
#include <utility>

namespace bouncelab
{

/**
 * A knob, declared once: as the initializer of its member.
 *
 *     struct StackProfile
 *     {
 *         std::uint8_t ttl = Field(&ttl, "ttl", 64).Range(1, 255) | "Initial TTL of every packet.";
 *     };
 *
 * The member is plain and so is the struct: it is copied, compared and initialized with braces like
 * any other, and reading a knob costs nothing. Only while the struct's field table is made, from
 * an object of its own, does the initializer also hand in where in that object the member lies; no
 * address is kept, and what copies and moves make of an object is nobody's concern. A member that
 * is declared without is found at once: the fields do not fill the struct, and no table is made.
 *
 * Every use of the table is a walk over it: the strict YAML reader, the printer behind `show`, the
 * JSON schema, the reference pages and the manifest. So a key has one home, and none of them can
 * disagree.
 *
 * Types of fields: bool, the integer types, double, std::string, Nanoseconds (written with a unit:
 * "35.074 ms"), IpAddress, Ipv4, MacAddress, enumerations with an EnumNames() overload, structs of
 * fields, and std::optional, std::vector, std::map<std::string, T> and PersonaRef of these.
 */
template <class T>
class Field
{
  public:
    /**
     * \param member the member that is initialized
     * \param key as it is written in scenarios and personas; empty: see Inline() and NoKey()
     * \param initial the default
     */
    Field(T* member, std::string_view key, field::Same<T>&& initial = T())
        : Field(member, key, &TypeOf<T>(), initial)
    {
    }

    /// As above. \param type null: no key sets the member, which may then be of any type
    Field(T* member, std::string_view key, const FieldType* type, T& initial)
        : m_draft{key, {}, member, sizeof(T), alignof(T), type}
        , m_initial(initial)
    {
    }

    /// Unit of a plain number, such as "packets/s".
    Field&& Unit(std::string_view unit) &&
    {
        m_draft.note.unit = unit;
        return std::move(*this);
    }

    /// Least and greatest value of a number, or of a duration in ns.
    Field&& Range(double minimum, double maximum) &&
    {
        m_draft.note.minimum = minimum;
        m_draft.note.maximum = maximum;
        return std::move(*this);
    }

    /// Has no default: leaving it out is an error.
    Field&& Required() &&
    {
        m_draft.note.required = true;
        return std::move(*this);
    }

    /// What the knob does, as one sentence; Markdown.
    friend Field&& operator|(Field&& field, std::string_view sentence)
    {
        field.m_draft.note.sentence = sentence;
        return std::move(field);
    }

    operator T() &&
    {
        if (field::t_drafts != nullptr)
        {
            field::Enter(m_draft);
        }
        return std::move(m_initial);
    }

  private:
    field::Draft m_draft;
    T& m_initial; //!< Lives as long as the initializer is evaluated.
};

/// A struct whose keys stand among those of its owner.
template <class T>
Field<T>
Inline(T* member, field::Same<T>&& initial = T())
{
    static_assert(field::KindOf<T>() == FieldKind::Struct);
    return Field<T>(member, "", std::move(initial));
}

/// A member of any type that no key sets.
template <class T>
Field<T>
NoKey(T* member, field::Same<T>&& initial = T())
{
    return Field<T>(member, "", nullptr, initial);
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_FIELD_H
