#include "models/kerberos/ntp-packet.h"

#include "formats/packet.h"

namespace bouncelab::kerberos
{

namespace
{

constexpr std::size_t HEADER = 48;
constexpr std::size_t KEY_ID = 4;
constexpr std::size_t CHECKSUM = 16;
constexpr std::int64_t UNIX_EPOCH = 2208988800; //!< In seconds since 1900.
constexpr std::int64_t ERA = std::int64_t{1} << 32;

void
Put32(std::string& out, std::uint32_t value)
{
    std::uint8_t octets[4];
    Write32(octets, value);
    out.append(octets, octets + sizeof octets);
}

void
Put64(std::string& out, std::uint64_t value)
{
    Put32(out, static_cast<std::uint32_t>(value >> 32));
    Put32(out, static_cast<std::uint32_t>(value));
}

std::uint64_t
Read64(const std::uint8_t* at)
{
    return static_cast<std::uint64_t>(Read32(at)) << 32 | Read32(at + 4);
}

} // namespace

NtpTime
ToNtpTime(WallTime time)
{
    const auto seconds = static_cast<std::uint64_t>(UnixSeconds(time) + UNIX_EPOCH);
    const auto fraction = static_cast<std::uint64_t>(SecondFraction(time));
    return seconds << 32 | (fraction << 32) / NANOSECONDS_PER_SECOND;
}

WallTime
FromNtpTime(NtpTime time)
{
    auto seconds = static_cast<std::int64_t>(time >> 32);
    seconds += seconds < ERA / 2 ? ERA : 0;
    const std::uint64_t fraction = ((time & 0xFFFFFFFF) * NANOSECONDS_PER_SECOND + ERA / 2) >> 32;
    return WallTime(std::chrono::seconds(seconds - UNIX_EPOCH) + Nanoseconds(fraction));
}

std::string
NtpPacket::Header() const
{
    std::string out;
    out += static_cast<char>(leap << 6 | (version & 7) << 3 | (mode & 7));
    out += static_cast<char>(stratum);
    out += static_cast<char>(poll);
    out += static_cast<char>(precision);
    Put32(out, rootDelay);
    Put32(out, rootDispersion);
    Put32(out, referenceId);
    for (const NtpTime time : {reference, origin, receive, transmit})
    {
        Put64(out, time);
    }
    return out;
}

std::string
NtpPacket::ToOctets() const
{
    std::string out = Header();
    if (signature)
    {
        // The identifier is the one number of the packet that is not in network order.
        for (int shift = 0; shift < 32; shift += 8)
        {
            out += static_cast<char>(signature->keyId >> shift);
        }
        out += signature->checksum;
        out.resize(HEADER + KEY_ID + CHECKSUM, '\0');
    }
    return out;
}

std::optional<NtpPacket>
NtpPacket::Parse(std::string_view octets)
{
    if (octets.size() != HEADER && octets.size() != HEADER + KEY_ID + CHECKSUM)
    {
        return std::nullopt;
    }
    const std::uint8_t* at = ViewOf(octets).data;
    NtpPacket packet;
    packet.leap = at[0] >> 6;
    packet.version = at[0] >> 3 & 7;
    packet.mode = at[0] & 7;
    packet.stratum = at[1];
    packet.poll = static_cast<std::int8_t>(at[2]);
    packet.precision = static_cast<std::int8_t>(at[3]);
    packet.rootDelay = Read32(at + 4);
    packet.rootDispersion = Read32(at + 8);
    packet.referenceId = Read32(at + 12);
    packet.reference = Read64(at + 16);
    packet.origin = Read64(at + 24);
    packet.receive = Read64(at + 32);
    packet.transmit = Read64(at + 40);
    if (octets.size() > HEADER)
    {
        const std::uint8_t* key = at + HEADER;
        packet.signature.emplace();
        packet.signature->keyId = static_cast<std::uint32_t>(key[0] | key[1] << 8 | key[2] << 16) |
                                  static_cast<std::uint32_t>(key[3]) << 24;
        packet.signature->checksum = octets.substr(HEADER + KEY_ID);
    }
    return packet;
}

} // namespace bouncelab::kerberos
