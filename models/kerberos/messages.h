#ifndef BOUNCELAB_MODELS_KERBEROS_MESSAGES_H
#define BOUNCELAB_MODELS_KERBEROS_MESSAGES_H

#include "formats/clock.h"
#include "models/kerberos/error-code.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The messages of Kerberos 5 (RFC 4120 5), as structs and in DER. The members are those of the
/// RFC's module, in its order; times are seconds since 1970.
namespace bouncelab::kerberos
{

using Seconds = std::int64_t;

/// Types of names (RFC 4120 6.2).
namespace name_type
{
constexpr std::int64_t PRINCIPAL = 1;        //!< A user or a machine.
constexpr std::int64_t SERVICE_INSTANCE = 2; //!< SMTPSVC/host, krbtgt/REALM
} // namespace name_type

struct PrincipalName
{
    std::int64_t type = name_type::PRINCIPAL;
    std::vector<std::string> parts;

    /// "SMTPSVC/hub1.example.com", with the type that follows from the number of its parts.
    static PrincipalName Parse(std::string_view text);
    std::string ToString() const;

    friend bool operator==(const PrincipalName& a, const PrincipalName& b)
    {
        return a.parts == b.parts;
    }
};

/// A time with microseconds, which the messages keep in two members.
struct Stamp
{
    Seconds seconds = 0;
    std::int64_t microseconds = 0;

    static Stamp Of(WallTime time);
    WallTime ToWallTime() const; //!< Of the years 1970 to 2255; others are cut to these.

    friend bool operator==(const Stamp& a, const Stamp& b)
    {
        return a.seconds == b.seconds && a.microseconds == b.microseconds;
    }

    friend bool operator<(const Stamp& a, const Stamp& b)
    {
        return a.seconds != b.seconds ? a.seconds < b.seconds : a.microseconds < b.microseconds;
    }
};

/// What RFC 4120 writes as a type and octets: HostAddress, PA-DATA, AuthorizationData,
/// EncryptionKey, Checksum.
struct TypedOctets
{
    std::int64_t type = 0;
    std::string octets;
};

struct HostAddressField : TypedOctets
{
};

struct PaData : TypedOctets
{
};

struct AuthorizationDatum : TypedOctets
{
};

struct EncryptionKey : TypedOctets
{
};

struct Checksum : TypedOctets
{
};

/// Types of PA-DATA (RFC 4120 7.5.2, MS-KILE 2.2.10).
namespace pa_type
{
constexpr std::int64_t TGS_REQUEST = 1;
constexpr std::int64_t ENCRYPTED_TIMESTAMP = 2;
constexpr std::int64_t ETYPE_INFO2 = 19;
constexpr std::int64_t PAC_REQUEST = 128;
} // namespace pa_type

/// Bits of KDC options, tickets and AP options, as they are counted from the highest.
namespace flag
{
constexpr std::uint32_t FORWARDABLE = 0x40000000;
constexpr std::uint32_t MUTUAL_REQUIRED = 0x20000000; //!< Of an AP-REQ.
constexpr std::uint32_t RENEWABLE = 0x00800000;
constexpr std::uint32_t INITIAL = 0x00400000;
constexpr std::uint32_t PRE_AUTHENTICATED = 0x00200000;
constexpr std::uint32_t CANONICALIZE = 0x00010000; //!< Of a request.
constexpr std::uint32_t RENEWABLE_OK = 0x00000010; //!< Of a request.
} // namespace flag

struct EncryptedData
{
    std::int64_t type = 0;
    std::optional<std::int64_t> keyVersion;
    std::string cipher;
};

struct Ticket
{
    std::string realm;
    PrincipalName service;
    EncryptedData part; //!< A TicketPart.
};

struct TicketPart
{
    std::uint32_t flags = 0;
    EncryptionKey key;
    std::string clientRealm;
    PrincipalName client;
    TypedOctets transited; //!< TransitedEncoding
    Seconds authenticated = 0;
    std::optional<Seconds> start;
    Seconds end = 0;
    std::optional<Seconds> renewTill;
    std::vector<HostAddressField> addresses;
    std::vector<AuthorizationDatum> authorization;
};

struct KdcRequestBody
{
    std::uint32_t options = 0;
    std::optional<PrincipalName> client;
    std::string realm;
    std::optional<PrincipalName> service;
    std::optional<Seconds> from;
    Seconds till = 0;
    std::optional<Seconds> renewTill;
    std::int64_t nonce = 0;
    std::vector<std::int64_t> encryptionTypes;
    std::vector<HostAddressField> addresses;
    std::optional<EncryptedData> authorization;
    std::vector<Ticket> additionalTickets;
};

/// Which of the two exchanges with a KDC.
enum class Exchange
{
    As,
    Tgs,
};

struct KdcRequest
{
    Exchange exchange = Exchange::As;
    std::vector<PaData> padata;
    KdcRequestBody body;

    const PaData* Find(std::int64_t type) const; //!< Null if it has none.
};

struct KdcReply
{
    Exchange exchange = Exchange::As;
    std::vector<PaData> padata;
    std::string clientRealm;
    PrincipalName client;
    Ticket ticket;
    EncryptedData part; //!< A KdcReplyPart.
};

struct LastRequest
{
    std::int64_t type = 0;
    Seconds time = 0;
};

struct KdcReplyPart
{
    EncryptionKey key;
    std::vector<LastRequest> lastRequests;
    std::int64_t nonce = 0;
    std::optional<Seconds> keyExpiration;
    std::uint32_t flags = 0;
    Seconds authenticated = 0;
    std::optional<Seconds> start;
    Seconds end = 0;
    std::optional<Seconds> renewTill;
    std::string realm;
    PrincipalName service;
    std::vector<HostAddressField> addresses;
    std::vector<PaData> padata;
};

struct ApRequest
{
    std::uint32_t options = 0;
    Ticket ticket;
    EncryptedData authenticator;
};

struct Authenticator
{
    std::string clientRealm;
    PrincipalName client;
    std::optional<Checksum> checksum;
    Stamp time;
    std::optional<EncryptionKey> subkey;
    std::optional<std::int64_t> sequence;
    std::vector<AuthorizationDatum> authorization;
};

struct ApReply
{
    EncryptedData part; //!< An ApReplyPart.
};

struct ApReplyPart
{
    Stamp time;
    std::optional<EncryptionKey> subkey;
    std::optional<std::int64_t> sequence;
};

struct KrbError
{
    std::optional<Seconds> clientTime;
    std::optional<std::int64_t> clientMicroseconds;
    Stamp serverTime;
    ErrorCode code = ErrorCode::Generic; //!< Numbers without a name are kept.
    std::optional<std::string> clientRealm;
    std::optional<PrincipalName> client;
    std::string realm;
    PrincipalName service;
    std::optional<std::string> text;
    std::optional<std::string> data; //!< Of PreAuthRequired: a list of PaData.
};

/// PA-ENC-TS-ENC
struct PaTimestamp
{
    Seconds time = 0;
    std::optional<std::int64_t> microseconds;
};

struct EtypeInfo2
{
    std::int64_t type = 0;
    std::optional<std::string> salt;
    std::optional<std::string> parameters;
};

using Message = std::variant<KdcRequest, KdcReply, ApRequest, ApReply, KrbError>;

/// One message; nothing if the octets are none, or more. Any octets may be handed in.
std::optional<Message> ParseMessage(std::string_view octets);

std::string ToOctets(const KdcRequest& request);
std::string ToOctets(const KdcReply& reply);
std::string ToOctets(const ApRequest& request);
std::string ToOctets(const ApReply& reply);
std::string ToOctets(const KrbError& error);
std::string ToOctets(const Message& message);

// What is sealed in these, or lies in their octet strings.

std::string ToOctets(const KdcRequestBody& body); //!< What the checksum of a TGS-REQ is made of.
std::string ToOctets(const TicketPart& part);
std::string ToOctets(const KdcReplyPart& part, Exchange exchange);
std::string ToOctets(const Authenticator& authenticator);
std::string ToOctets(const ApReplyPart& part);
std::string ToOctets(const EncryptedData& data);
std::string ToOctets(const PaTimestamp& timestamp);
std::string ToOctets(const std::vector<PaData>& data);
std::string ToOctets(const std::vector<EtypeInfo2>& entries);
std::string ToOctets(const std::vector<AuthorizationDatum>& data);
std::string PacRequest(bool wanted); //!< KERB-PA-PAC-REQUEST

std::optional<TicketPart> ParseTicketPart(std::string_view octets);

/// Also of the other exchange's tag, which some KDCs write.
std::optional<KdcReplyPart> ParseKdcReplyPart(std::string_view octets);
std::optional<Authenticator> ParseAuthenticator(std::string_view octets);
std::optional<ApReplyPart> ParseApReplyPart(std::string_view octets);
std::optional<EncryptedData> ParseEncryptedData(std::string_view octets);
std::optional<PaTimestamp> ParsePaTimestamp(std::string_view octets);
std::optional<std::vector<PaData>> ParsePaDataList(std::string_view octets);
std::optional<std::vector<EtypeInfo2>> ParseEtypeInfo2(std::string_view octets);

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_MESSAGES_H
