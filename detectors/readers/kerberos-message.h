#ifndef BOUNCELAB_DETECTORS_READERS_KERBEROS_MESSAGE_H
#define BOUNCELAB_DETECTORS_READERS_KERBEROS_MESSAGE_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

constexpr std::uint16_t KERBEROS_PORT = 88;

/// What a message of Kerberos 5 (RFC 4120) shows in the clear.
struct KerberosMessage
{
    enum class Type : std::uint8_t
    {
        AsRequest = 10,
        AsReply = 11,
        TgsRequest = 12,
        TgsReply = 13,
        Error = 30,
    };

    Type type = Type::AsRequest;
    std::uint32_t error = 0;                 //!< KRB-ERROR: 0 is no error.
    std::string service;                     //!< "SMTPSVC/hub2.example.com"; empty = not told.
    std::optional<std::uint32_t> keyVersion; //!< Of the key that a reply's ticket is sealed with.
    std::optional<WallTime> serverTime;      //!< KRB-ERROR: by the server's clock, whole seconds.

    bool IsRequest() const { return type == Type::AsRequest || type == Type::TgsRequest; }
};

/// Reads a message; nothing where the octets do not begin with a whole one of these types.
std::optional<KerberosMessage> ParseKerberos(ByteView octets);

/// A message of a TCP stream.
struct StreamedKerberos
{
    std::size_t end = 0; //!< Octets of the stream up to its end.
    KerberosMessage message;
};

/// The messages of a TCP stream, each behind its length (RFC 4120 7.2.2); what is cut off or no
/// message ends them.
std::vector<StreamedKerberos> ParseKerberosStream(std::string_view octets);

/// A message over UDP, or an ICMP error about one.
struct KerberosDatagram
{
    std::uint64_t frame = 0;
    WallTime time{};
    HostAddress client;
    HostAddress server;
    std::uint16_t clientPort = 0;
    bool isProhibited = false;              //!< ICMP says that the request did not arrive.
    std::optional<KerberosMessage> message; //!< Empty with ICMP, and where it is none.
};

/// The datagram in an IP packet that goes to or from a server of Kerberos.
std::optional<KerberosDatagram> KerberosDatagramIn(ByteView network);

/// "KDC_ERR_S_PRINCIPAL_UNKNOWN"; its number where it has no name here.
std::string NameOfKerberosError(std::uint32_t error);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_KERBEROS_MESSAGE_H
