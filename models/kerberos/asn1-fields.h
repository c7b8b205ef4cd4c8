#ifndef BOUNCELAB_MODELS_KERBEROS_ASN1_FIELDS_H
#define BOUNCELAB_MODELS_KERBEROS_ASN1_FIELDS_H

#include <libtasn1.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::kerberos
{

/// One value of a type of kerberos.asn1, to be filled or to be read.
class Asn1Element
{
  public:
    explicit Asn1Element(const std::string& type); //!< \pre the module has the type

    ~Asn1Element();

    Asn1Element(const Asn1Element&) = delete;
    Asn1Element& operator=(const Asn1Element&) = delete;

    asn1_node Node() const { return m_node; }

    /// Whether the octets are one value of the type, and nothing behind it.
    bool Decode(std::string_view octets);

    /// \throws std::logic_error where a member is missing
    std::string Encode() const;

  private:
    asn1_node m_node = nullptr;
};

/**
 * The members of an element by their names in the module. One description of a struct,
 *
 *     void Describe(Fields& fields, Ticket& ticket) { fields.Text("realm", ticket.realm); ... }
 *
 * serves both directions, so that what is written is what is read. Reading never throws: what does
 * not fit leaves Failed() behind.
 */
class Fields
{
  public:
    enum class Direction
    {
        Read,
        Write,
    };

    /// Elements of a list that are read; more are refused.
    static constexpr int MAX_ELEMENTS = 64;

    Fields(const Asn1Element& element, Direction direction)
        : m_node(element.Node())
        , m_writes(direction == Direction::Write)
    {
    }

    bool Failed() const { return m_failed; }

    /// A number that a message of its kind always has.
    void Constant(const std::string& name, std::int64_t value);

    void Number(const std::string& name, std::int64_t& value);
    void Octets(const std::string& name, std::string& value);
    void Text(const std::string& name, std::string& value); //!< Without control characters.
    void Boolean(const std::string& name, bool& value);
    void Flags(const std::string& name, std::uint32_t& value); //!< The first is the highest bit.

    /// Seconds since 1970.
    void Time(const std::string& name, std::int64_t& value);

    void Number(const std::string& name, std::optional<std::int64_t>& value)
    {
        Optional(name, value, &Fields::Number);
    }

    void Octets(const std::string& name, std::optional<std::string>& value)
    {
        Optional(name, value, &Fields::Octets);
    }

    void Text(const std::string& name, std::optional<std::string>& value)
    {
        Optional(name, value, &Fields::Text);
    }

    void Time(const std::string& name, std::optional<std::int64_t>& value)
    {
        Optional(name, value, &Fields::Time);
    }

    template <class T>
    void Part(const std::string& name, T& value)
    {
        const std::string outer = Enter(name);
        Describe(*this, value);
        m_prefix = outer;
    }

    template <class T>
    void Part(const std::string& name, std::optional<T>& value)
    {
        if (Begin(name, value.has_value()))
        {
            Part(name, m_writes ? *value : value.emplace());
        }
    }

    /// A list that may be left out, and then is empty.
    template <class T>
    void OptionalList(const std::string& name, std::vector<T>& values)
    {
        if (Begin(name, !values.empty()))
        {
            List(name, values);
        }
    }

    template <class T>
    void List(const std::string& name, std::vector<T>& values)
    {
        if (!m_writes)
        {
            values.resize(Count(name));
        }
        const std::string outer = Enter(name);
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            Append();
            Part("?" + std::to_string(i + 1), values[i]);
        }
        m_prefix = outer;
    }

  private:
    template <class T>
    void Optional(const std::string& name,
                  std::optional<T>& value,
                  void (Fields::*member)(const std::string&, T&))
    {
        if (Begin(name, value.has_value()))
        {
            (this->*member)(name, m_writes ? *value : value.emplace());
        }
    }

    std::string PathOf(const std::string& name) const;
    std::string Enter(const std::string& name);
    bool Begin(const std::string& name, bool has);
    std::size_t Count(const std::string& name);
    void Append();
    void Write(const std::string& name, const void* value, std::size_t size);
    std::string Read(const std::string& name);

    asn1_node m_node;
    bool m_writes;
    bool m_failed = false;
    std::string m_prefix;
};

// The elements of lists that have no members.

inline void
Describe(Fields& fields, std::int64_t& value)
{
    fields.Number("", value);
}

inline void
Describe(Fields& fields, std::string& value)
{
    fields.Text("", value);
}

template <class T>
std::string
Encode(const std::string& type, const T& value)
{
    const Asn1Element element(type);
    Fields fields(element, Fields::Direction::Write);
    T copy = value;
    Describe(fields, copy);
    return element.Encode();
}

template <class T>
std::optional<T>
Decode(const std::string& type, std::string_view octets)
{
    Asn1Element element(type);
    if (!element.Decode(octets))
    {
        return std::nullopt;
    }
    Fields fields(element, Fields::Direction::Read);
    T value;
    Describe(fields, value);
    return fields.Failed() ? std::nullopt : std::optional<T>(std::move(value));
}

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_ASN1_FIELDS_H
