#ifndef BOUNCELAB_MODELS_DNS_MESSAGE_H
#define BOUNCELAB_MODELS_DNS_MESSAGE_H

#include "formats/address.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::dns
{

/// Types of records (RFC 1035 3.2.2, RFC 3596); a question may be of any other type.
enum class RecordType : std::uint16_t
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Any = 255, //!< Of questions only.
};

/// Of a name's addresses that are of the family of this one.
inline RecordType
AddressType(const IpAddress& address)
{
    return address.IsIpv6() ? RecordType::Aaaa : RecordType::A;
}

std::string NameOfType(RecordType type); //!< "MX"; "TYPE99" where it is none of these.

/// RFC 1035 4.1.1.
enum class ResponseCode : std::uint8_t
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
};

std::string NameOfCode(ResponseCode code); //!< "NXDOMAIN"

struct Question
{
    std::string name;
    RecordType type = RecordType::A;

    friend bool operator==(const Question& a, const Question& b)
    {
        return a.type == b.type && a.name == b.name;
    }

    friend bool operator<(const Question& a, const Question& b)
    {
        return std::tie(a.name, a.type) < std::tie(b.name, b.type);
    }
};

/// A resource record of class IN.
struct Record
{
    std::string owner;
    RecordType type = RecordType::A;
    std::uint32_t ttl = 0; //!< In seconds.

    /// A, AAAA: the address; NS, CNAME, PTR: a name; MX: preference and name; SOA: its seven
    /// fields, each with a blank between; TXT: the octets of its strings, joined (RFC 7208 3.3).
    std::string data;

    friend bool operator==(const Record& a, const Record& b)
    {
        return std::tie(a.owner, a.type, a.ttl, a.data) == std::tie(b.owner, b.type, b.ttl, b.data);
    }
};

using Records = std::vector<Record>;

struct MailExchange
{
    std::uint32_t preference = 0;
    std::string host; //!< Empty: the domain takes no mail (RFC 7505).
};

MailExchange ExchangeOf(const Record& record); //!< \pre it is an MX

/// How long a "no" may be kept, in seconds (RFC 2308 5). \pre the record is an SOA
std::uint32_t NegativeTtlOf(const Record& soa);

/// A message with one question.
struct Message
{
    std::uint16_t id = 0;
    bool isResponse = false;
    bool authoritative = false;
    bool truncated = false;
    bool recursionDesired = false;
    bool recursionAvailable = false;
    std::uint8_t operation = 0; //!< 0 = a standard query.
    ResponseCode code = ResponseCode::NoError;
    Question question;
    Records answers;
    Records authority;
    Records additional;
};

constexpr std::size_t LARGEST_DATAGRAM = 512; //!< RFC 1035 4.2.1: no server here knows of EDNS.
constexpr std::size_t LARGEST_MESSAGE = 65535;

/**
 * A message as it is on the wire. Where it would be longer than the limit, records go from its end,
 * and, as soon as one of answer or authority is gone, it is marked truncated (RFC 2181 9).
 *
 * \pre its names and data are of their kinds
 */
std::string Encode(const Message& message, std::size_t limit = LARGEST_MESSAGE);

/// Nothing if the octets are no message with exactly one question. Records of classes and types
/// that this module does not know are left out.
std::optional<Message> Decode(std::string_view octets);

/// A message with its length in front, as TCP carries it (RFC 1035 4.2.2).
std::string Framed(const std::string& message);

/// Takes the first framed message off the front of what has arrived; nothing if it is not whole.
std::optional<std::string> TakeFrame(std::string& arrived);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_MESSAGE_H
