#include "detectors/readers/kerberos-message.h"

#include "formats/icmp-type.h"

#include "detectors/readers/civil-moment.h"

#include <fmt/format.h>
#include <libtasn1.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// An element of DER.
struct Element
{
    unsigned char tagClass = 0; //!< libtasn1's ASN1_CLASS_...
    unsigned long tag = 0;
    ByteView value;
};

constexpr unsigned char APPLICATION = ASN1_CLASS_APPLICATION | ASN1_CLASS_STRUCTURED;
constexpr unsigned char CONTEXT = ASN1_CLASS_CONTEXT_SPECIFIC | ASN1_CLASS_STRUCTURED;

/// Takes a whole element off the front.
std::optional<Element>
Take(ByteView& octets)
{
    Element element;
    int tagLength = 0;
    const int size = static_cast<int>(std::min<std::size_t>(octets.size, 1 << 20));
    if (size < 2 ||
        asn1_get_tag_der(octets.data, size, &element.tagClass, &tagLength, &element.tag) !=
            ASN1_SUCCESS ||
        tagLength >= size)
    {
        return std::nullopt;
    }
    int lengthLength = 0;
    const long length =
        asn1_get_length_der(octets.data + tagLength, size - tagLength, &lengthLength);
    const long begin = tagLength + lengthLength;
    if (length < 0 || begin + length > size)
    {
        return std::nullopt;
    }
    element.value = {octets.data + begin, static_cast<std::size_t>(length)};
    octets = octets.From(static_cast<std::size_t>(begin + length));
    return element;
}

/// What is inside the element that a text of DER is; empty if it is another one.
ByteView
Inside(ByteView octets, unsigned char tagClass, unsigned long tag)
{
    const auto element = Take(octets);
    return element && element->tagClass == tagClass && element->tag == tag ? element->value
                                                                           : ByteView{};
}

ByteView
InSequence(ByteView octets)
{
    return Inside(octets, ASN1_CLASS_STRUCTURED, ASN1_TAG_SEQUENCE);
}

/// A member of a sequence's inside, by its number.
ByteView
Member(ByteView sequence, unsigned long number)
{
    while (const auto element = Take(sequence))
    {
        if (element->tagClass == CONTEXT && element->tag == number)
        {
            return element->value;
        }
    }
    return {};
}

std::optional<std::uint32_t>
NumberOf(ByteView octets)
{
    const ByteView value = Inside(octets, ASN1_CLASS_UNIVERSAL, ASN1_TAG_INTEGER);
    if (value.size == 0 || value.size > 5)
    {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < value.size; ++i)
    {
        number = number << 8 | value.data[i];
    }
    return static_cast<std::uint32_t>(number);
}

std::string_view
TextOf(ByteView value)
{
    return {reinterpret_cast<const char*>(value.data), value.size};
}

/// "20100104081000Z"
std::optional<WallTime>
TimeOf(ByteView octets)
{
    const std::string text(TextOf(Inside(octets, ASN1_CLASS_UNIVERSAL, ASN1_TAG_GENERALIZEDTime)));
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const bool isTime = std::sscanf(text.c_str(),
                                    "%4d%2d%2d%2d%2d%2dZ",
                                    &year,
                                    &month,
                                    &day,
                                    &hour,
                                    &minute,
                                    &second) == 6;
    return isTime ? MomentOf({year, month, day, hour, minute, second}) : std::nullopt;
}

/// "SMTPSVC/hub2.example.com" of a PrincipalName.
std::string
NameOf(ByteView octets)
{
    ByteView strings = InSequence(Member(InSequence(octets), 1));
    std::string name;
    while (const auto part = Take(strings))
    {
        if (part->tag != ASN1_TAG_GENERALSTRING || name.size() > 500)
        {
            break;
        }
        name += name.empty() ? "" : "/";
        name += TextOf(part->value);
    }
    return name;
}

void
ReadError(ByteView fields, KerberosMessage& message)
{
    message.error = NumberOf(Member(fields, 6)).value_or(0);
    message.serverTime = TimeOf(Member(fields, 4));
    message.service = NameOf(Member(fields, 10));
}

void
ReadReply(ByteView fields, KerberosMessage& message)
{
    const ByteView ticket = InSequence(Inside(Member(fields, 5), APPLICATION, 1));
    message.service = NameOf(Member(ticket, 2));
    message.keyVersion = NumberOf(Member(InSequence(Member(ticket, 3)), 1));
}

} // namespace

std::optional<KerberosMessage>
ParseKerberos(ByteView octets)
{
    const auto outer = Take(octets);
    if (!outer || outer->tagClass != APPLICATION)
    {
        return std::nullopt;
    }
    const ByteView fields = InSequence(outer->value);
    if (fields.size == 0)
    {
        return std::nullopt;
    }
    KerberosMessage message;
    switch (outer->tag)
    {
    case 10:
    case 12:
        message.service = NameOf(Member(InSequence(Member(fields, 4)), 3));
        break;
    case 11:
    case 13:
        ReadReply(fields, message);
        break;
    case 30:
        ReadError(fields, message);
        break;
    default:
        return std::nullopt;
    }
    message.type = static_cast<KerberosMessage::Type>(outer->tag);
    return message;
}

std::vector<StreamedKerberos>
ParseKerberosStream(std::string_view octets)
{
    std::vector<StreamedKerberos> messages;
    std::size_t end = 0;
    while (octets.size() > 4)
    {
        const auto* const data = reinterpret_cast<const std::uint8_t*>(octets.data());
        const std::uint32_t length = Read32(data);
        if (length > octets.size() - 4)
        {
            break;
        }
        const auto message = ParseKerberos({data + 4, length});
        if (!message)
        {
            break;
        }
        end += 4 + length;
        messages.push_back({end, *message});
        octets.remove_prefix(4 + length);
    }
    return messages;
}

std::optional<KerberosDatagram>
KerberosDatagramIn(ByteView network)
{
    const auto ip = ParseIpv4(network);
    KerberosDatagram seen;
    if (ip && ip->protocol == protocol::ICMP)
    {
        const auto icmp = ParseIcmp(ip->payload);
        const auto about =
            icmp && icmp->type == icmp_type::UNREACHABLE ? ParseIpv4(icmp->payload) : std::nullopt;
        const bool isShort = !about || about->payload.size < 4;
        if (isShort || (about->protocol != protocol::UDP && about->protocol != protocol::TCP) ||
            Read16(about->payload.data + 2) != KERBEROS_PORT)
        {
            return std::nullopt;
        }
        seen.client = about->source;
        seen.server = about->destination;
        seen.clientPort = Read16(about->payload.data);
        seen.isProhibited = true;
        return seen;
    }
    const auto v6 = ip ? std::nullopt : ParseIpv6(network);
    if ((!ip && !v6) || (ip ? ip->protocol : v6->protocol) != protocol::UDP ||
        (ip ? ip->fragmentOffset != 0 : v6->isFragment))
    {
        return std::nullopt;
    }
    const auto udp = ParseUdp(ip ? ip->payload : v6->payload);
    if (!udp || (udp->sourcePort != KERBEROS_PORT && udp->destinationPort != KERBEROS_PORT))
    {
        return std::nullopt;
    }
    seen.client = ip ? HostAddress(ip->source) : HostAddress(v6->source);
    seen.server = ip ? HostAddress(ip->destination) : HostAddress(v6->destination);
    seen.clientPort = udp->sourcePort;
    if (udp->sourcePort == KERBEROS_PORT)
    {
        std::swap(seen.client, seen.server);
        seen.clientPort = udp->destinationPort;
    }
    seen.message = ParseKerberos(udp->payload);
    return seen;
}

std::string
NameOfKerberosError(std::uint32_t error)
{
    // RFC 4120, 7.5.9.
    static constexpr std::pair<std::uint32_t, std::string_view> NAMES[] = {
        {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
        {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
        {14, "KDC_ERR_ETYPE_NOSUPP"},
        {18, "KDC_ERR_CLIENT_REVOKED"},
        {24, "KDC_ERR_PREAUTH_FAILED"},
        {25, "KDC_ERR_PREAUTH_REQUIRED"},
        {31, "KRB_AP_ERR_BAD_INTEGRITY"},
        {32, "KRB_AP_ERR_TKT_EXPIRED"},
        {33, "KRB_AP_ERR_TKT_NYV"},
        {37, "KRB_AP_ERR_SKEW"},
        {41, "KRB_AP_ERR_MODIFIED"},
        {52, "KRB_ERR_RESPONSE_TOO_BIG"},
        {68, "KDC_ERR_WRONG_REALM"}};
    const auto* const known = std::find_if(std::begin(NAMES),
                                           std::end(NAMES),
                                           [&](const auto& each) { return each.first == error; });
    return known != std::end(NAMES) ? std::string(known->second) : fmt::format("error {}", error);
}

} // namespace bouncelab::detectors
