#include "models/kerberos/asn1-fields.h"

#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/text.h"

#include <fmt/format.h>
#include <kerberos-definitions.inc>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::size_t MAX_OCTETS = 65536; //!< Of a message; tickets have less than 48,000.
constexpr std::size_t TIME_OCTETS = 15;   //!< YYYYMMDDHHMMSSZ

asn1_node
Definitions()
{
    static const asn1_node definitions = []
    {
        asn1_node node = nullptr;
        if (asn1_array2tree(DEFINITIONS, &node, nullptr) != ASN1_SUCCESS)
        {
            throw std::logic_error("kerberos.asn1 is no module");
        }
        return node;
    }();
    return definitions;
}

std::optional<std::int64_t>
ParseTime(std::string_view text)
{
    if (text.size() != TIME_OCTETS || text.back() != 'Z' ||
        text.substr(0, TIME_OCTETS - 1).find_first_not_of("0123456789") != text.npos)
    {
        return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t count)
    { return std::stoi(std::string(text.substr(at, count))); };
    const int month = number(4, 2);
    const int day = number(6, 2);
    const int hour = number(8, 2);
    const int minute = number(10, 2);
    const int second = number(12, 2);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    {
        return std::nullopt;
    }
    return DaysFromCivil(number(0, 4), month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 +
           second;
}

std::string
TimeText(std::int64_t seconds)
{
    const CivilTime t = CivilFromSeconds(seconds);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}Z",
                       t.year,
                       t.month,
                       t.day,
                       t.hour,
                       t.minute,
                       t.second);
}

} // namespace

Asn1Element::Asn1Element(const std::string& type)
{
    if (asn1_create_element(Definitions(), ("KerberosV5Spec2." + type).c_str(), &m_node) !=
        ASN1_SUCCESS)
    {
        throw std::logic_error("kerberos.asn1 has no type " + type);
    }
}

Asn1Element::~Asn1Element()
{
    asn1_delete_structure(&m_node);
}

bool
Asn1Element::Decode(std::string_view octets)
{
    if (octets.size() > MAX_OCTETS)
    {
        return false;
    }
    int size = static_cast<int>(octets.size());
    return asn1_der_decoding2(&m_node,
                              octets.data(),
                              &size,
                              ASN1_DECODE_FLAG_STRICT_DER,
                              nullptr) == ASN1_SUCCESS;
}

std::string
Asn1Element::Encode() const
{
    int size = 0;
    char problem[ASN1_MAX_ERROR_DESCRIPTION_SIZE] = "";
    asn1_der_coding(m_node, "", nullptr, &size, problem);
    std::string octets(static_cast<std::size_t>(size), '\0');
    if (asn1_der_coding(m_node, "", octets.data(), &size, problem) != ASN1_SUCCESS)
    {
        throw std::logic_error(fmt::format("a message of Kerberos is not whole: {}", problem));
    }
    octets.resize(static_cast<std::size_t>(size));
    return octets;
}

std::string
Fields::PathOf(const std::string& name) const
{
    return m_prefix.empty() || name.empty() ? m_prefix + name : m_prefix + "." + name;
}

/// \return the prefix until now
std::string
Fields::Enter(const std::string& name)
{
    return std::exchange(m_prefix, PathOf(name));
}

/// Whether a member that may be left out is there.
bool
Fields::Begin(const std::string& name, bool has)
{
    const std::string path = PathOf(name);
    if (!m_writes)
    {
        return asn1_find_node(m_node, path.c_str()) != nullptr;
    }
    if (!has)
    {
        asn1_write_value(m_node, path.c_str(), nullptr, 0);
    }
    return has;
}

std::size_t
Fields::Count(const std::string& name)
{
    int count = 0;
    asn1_number_of_elements(m_node, PathOf(name).c_str(), &count);
    m_failed = m_failed || count > MAX_ELEMENTS;
    return m_failed ? 0 : static_cast<std::size_t>(count);
}

void
Fields::Append()
{
    if (m_writes)
    {
        asn1_write_value(m_node, m_prefix.c_str(), "NEW", 1);
    }
}

void
Fields::Write(const std::string& name, const void* value, std::size_t size)
{
    const std::string path = PathOf(name);
    if (asn1_write_value(m_node, path.c_str(), value, static_cast<int>(size)) != ASN1_SUCCESS)
    {
        throw std::logic_error("a message of Kerberos takes no such " + path);
    }
}

std::string
Fields::Read(const std::string& name)
{
    const std::string path = PathOf(name);
    int size = 0;
    int result = asn1_read_value(m_node, path.c_str(), nullptr, &size);
    // Of a bit string that leaves out more bits than it has, the size is negative.
    std::string value(static_cast<std::size_t>(std::max(size, 0)), '\0');
    if (result == ASN1_MEM_ERROR && size >= 0)
    {
        result = asn1_read_value(m_node, path.c_str(), value.data(), &size);
        value.resize(std::min(value.size(), static_cast<std::size_t>(size)));
    }
    m_failed = m_failed || result != ASN1_SUCCESS;
    return value;
}

void
Fields::Constant(const std::string& name, std::int64_t value)
{
    std::int64_t found = value;
    Number(name, found);
    m_failed = m_failed || found != value;
}

void
Fields::Number(const std::string& name, std::int64_t& value)
{
    if (m_writes)
    {
        char octets[8];
        for (int i = 0; i < 8; ++i)
        {
            octets[i] = static_cast<char>(value >> (56 - 8 * i));
        }
        return Write(name, octets, sizeof octets);
    }
    const std::string octets = Read(name);
    m_failed = m_failed || octets.empty() || octets.size() > sizeof value;
    if (!m_failed)
    {
        std::uint64_t bits = octets[0] < 0 ? ~std::uint64_t{0} : 0;
        for (const char octet : octets)
        {
            bits = bits << 8 | static_cast<unsigned char>(octet);
        }
        value = static_cast<std::int64_t>(bits);
    }
}

void
Fields::Octets(const std::string& name, std::string& value)
{
    if (m_writes)
    {
        return Write(name, value.data(), value.size());
    }
    value = Read(name);
}

void
Fields::Text(const std::string& name, std::string& value)
{
    Octets(name, value);
    m_failed = m_failed || std::any_of(value.begin(), value.end(), IsControl);
}

void
Fields::Boolean(const std::string& name, bool& value)
{
    if (m_writes)
    {
        return Write(name, value ? "TRUE" : "FALSE", 1);
    }
    value = Read(name).compare(0, 4, "TRUE") == 0;
}

void
Fields::Flags(const std::string& name, std::uint32_t& value)
{
    constexpr std::size_t BITS = 32;
    if (m_writes)
    {
        const char octets[] = {static_cast<char>(value >> 24),
                               static_cast<char>(value >> 16),
                               static_cast<char>(value >> 8),
                               static_cast<char>(value)};
        return Write(name, octets, BITS);
    }
    std::string octets = Read(name);
    octets.resize(4, '\0');
    value = 0;
    for (const char octet : octets)
    {
        value = value << 8 | static_cast<unsigned char>(octet);
    }
}

void
Fields::Time(const std::string& name, std::int64_t& value)
{
    if (m_writes)
    {
        const std::string text = TimeText(value);
        return Write(name, text.data(), text.size());
    }
    std::string text = Read(name);
    while (!text.empty() && text.back() == '\0')
    {
        text.pop_back();
    }
    const auto seconds = ParseTime(text);
    m_failed = m_failed || !seconds;
    value = seconds.value_or(0);
}

} // namespace bouncelab::kerberos
