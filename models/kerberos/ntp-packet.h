#ifndef BOUNCELAB_MODELS_KERBEROS_NTP_PACKET_H
#define BOUNCELAB_MODELS_KERBEROS_NTP_PACKET_H

#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::kerberos
{

constexpr std::uint16_t NTP_PORT = 123;

/// Seconds since 1900 in 32.32 bits (RFC 5905 6); 0 = unknown.
using NtpTime = std::uint64_t;

NtpTime ToNtpTime(WallTime time);
WallTime FromNtpTime(NtpTime time); //!< Of the years 1968 to 2104.

/// What stands behind the header where a domain's machine asks (MS-SNTP 2.2.1, 2.2.2).
struct NtpSignature
{
    std::uint32_t keyId = 0; //!< The RID of the machine's account.
    std::string checksum;    //!< 16 octets, zeros in a request.
};

/// A packet of NTP (RFC 5905 7.3): 48 octets, with a signature 68.
struct NtpPacket
{
    static constexpr std::uint8_t UNSYNCHRONIZED = 3;   //!< Of leap.
    static constexpr std::uint8_t SYMMETRIC_ACTIVE = 1; //!< Of mode.
    static constexpr std::uint8_t CLIENT = 3;
    static constexpr std::uint8_t SERVER = 4;

    std::uint8_t leap = 0;    //!< 2 bits.
    std::uint8_t version = 3; //!< 3 bits.
    std::uint8_t mode = CLIENT;
    std::uint8_t stratum = 0;
    std::int8_t poll = 10;
    std::int8_t precision = -6;
    std::uint32_t rootDelay = 0;      //!< Seconds in 16.16 bits.
    std::uint32_t rootDispersion = 0; //!< The same.
    std::uint32_t referenceId = 0;    //!< Of the source: its address, or four letters.
    NtpTime reference = 0;
    NtpTime origin = 0;
    NtpTime receive = 0;
    NtpTime transmit = 0;
    std::optional<NtpSignature> signature;

    /// Whether a server of MS-SNTP answers it, which knows no symmetric passive mode (3.2.5.1).
    bool IsRequest() const { return mode == CLIENT || mode == SYMMETRIC_ACTIVE; }

    std::string Header() const; //!< The first 48 octets: what a signature is made of.
    std::string ToOctets() const;

    /// Nothing unless the octets are 48 or 68.
    static std::optional<NtpPacket> Parse(std::string_view octets);
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_NTP_PACKET_H
