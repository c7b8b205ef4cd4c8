#ifndef BOUNCELAB_TESTS_EVIDENCE_PACKETS_H
#define BOUNCELAB_TESTS_EVIDENCE_PACKETS_H

#include "formats/clock.h"
#include "lab/evidence/frame.h"
#include "tests/times.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t MAIL_HOST = 0x0A040104; // 10.4.1.4
constexpr std::uint32_t SERVER = 0xCB83C650;    // 203.131.198.80
constexpr std::uint8_t FIN = 1;
constexpr std::uint8_t SYN = 2;
constexpr std::uint8_t PSH = 8;
constexpr std::uint8_t ACK = 16;

inline void
Put(Bytes& out, std::uint32_t value, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

inline std::uint32_t
Sum(const std::uint8_t* at, std::size_t size, std::uint32_t sum)
{
    for (std::size_t i = 0; i < size; ++i)
    {
        sum += i % 2 == 0 ? std::uint32_t{at[i]} << 8 : at[i];
    }
    return sum;
}

inline void
SetChecksum(std::uint8_t* at, std::uint32_t sum)
{
    while (sum >> 16 != 0)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    at[0] = static_cast<std::uint8_t>(~sum >> 8);
    at[1] = static_cast<std::uint8_t>(~sum);
}

inline Bytes
Ip(std::uint32_t source,
   std::uint32_t destination,
   std::uint8_t protocol,
   std::uint8_t ttl,
   std::uint16_t id,
   bool dontFragment,
   const Bytes& payload)
{
    Bytes ip;
    Put(ip, 0x4500, 2);
    Put(ip, static_cast<std::uint32_t>(20 + payload.size()), 2);
    Put(ip, id, 2);
    Put(ip, dontFragment ? 0x4000 : 0, 2);
    Put(ip, ttl, 1);
    Put(ip, protocol, 1);
    Put(ip, 0, 2);
    Put(ip, source, 4);
    Put(ip, destination, 4);
    SetChecksum(ip.data() + 10, Sum(ip.data(), 20, 0));
    ip.insert(ip.end(), payload.begin(), payload.end());
    return ip;
}

struct SegmentDraft
{
    bool outward = true;
    std::uint8_t ttl = 127;
    std::uint16_t id = 0;
    bool dontFragment = true;
    std::uint8_t flags = ACK;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint16_t window = 0;
    Bytes options;
    std::string payload;
};

/// NOP NOP TS
inline Bytes
Stamps(std::uint32_t value, std::uint32_t echo)
{
    Bytes options{1, 1, 8, 10};
    Put(options, value, 4);
    Put(options, echo, 4);
    return options;
}

inline Bytes
Tcp(const SegmentDraft& segment, std::uint16_t clientPort = 60661)
{
    const std::uint32_t source = segment.outward ? MAIL_HOST : SERVER;
    const std::uint32_t destination = segment.outward ? SERVER : MAIL_HOST;
    Bytes tcp;
    Put(tcp, segment.outward ? clientPort : 25, 2);
    Put(tcp, segment.outward ? 25 : clientPort, 2);
    Put(tcp, segment.sequence, 4);
    Put(tcp, segment.acknowledgment, 4);
    Put(tcp, static_cast<std::uint32_t>((20 + segment.options.size()) / 4 << 4), 1);
    Put(tcp, segment.flags, 1);
    Put(tcp, segment.window, 2);
    Put(tcp, 0, 4);
    tcp.insert(tcp.end(), segment.options.begin(), segment.options.end());
    tcp.insert(tcp.end(), segment.payload.begin(), segment.payload.end());
    Bytes pseudo;
    Put(pseudo, source, 4);
    Put(pseudo, destination, 4);
    Put(pseudo, 6, 2);
    Put(pseudo, static_cast<std::uint32_t>(tcp.size()), 2);
    SetChecksum(tcp.data() + 16, Sum(tcp.data(), tcp.size(), Sum(pseudo.data(), 12, 0)));
    return Ip(source, destination, 6, segment.ttl, segment.id, segment.dontFragment, tcp);
}

/// The gateway's clock of S003: 2006-09-26 14:44:52 in UTC+8 is its simulated second 0.
inline HostClock
GatewayClock()
{
    return HostClock{Reading(1159253092LL * NANOSECONDS_PER_SECOND), {}, Nanoseconds(1000), 28800};
}

/// The Ethernet headers of S003.
inline evidence::LinkHeader
Link(bool outward)
{
    return outward ? evidence::LinkHeader{*MacAddress::Parse("0:E0:FC:34:C0:86"),
                                          *MacAddress::Parse("0:14:22:1F:4A:49"),
                                          60}
                   : evidence::LinkHeader{*MacAddress::Parse("0:14:22:1F:4A:49"),
                                          *MacAddress::Parse("0:11:43:58:71:FF"),
                                          0};
}

struct TimedPacket
{
    SimTime time;
    bool outward;
    Bytes ip;

    evidence::Frame AsFrame() const
    {
        return {time, Link(outward), ethertype::IPV4, ip.data(), ip.size()};
    }
};

/// The nine packets of S003-10 to S003-19, as the table in the catalogue of evidence has them; the
/// recipient of the sixth is invented.
inline std::vector<TimedPacket>
NinePackets()
{
    const auto at = [](std::int64_t us, const SegmentDraft& s) {
        return TimedPacket{At(us * 1000), s.outward, Tcp(s)};
    };
    Bytes syn{2, 4, 5, 180, 1, 3, 3, 1, 1, 1, 8, 10};
    Put(syn, 121485349, 4);
    Put(syn, 0, 4);
    syn.insert(syn.end(), {4, 2, 0, 0});
    Bytes synAck{2, 4, 5, 180, 4, 2, 8, 10};
    Put(synAck, 9713757, 4);
    Put(synAck, 121485349, 4);
    synAck.insert(synAck.end(), {1, 3, 3, 0});
    return {
        at(643691, {true, 127, 32988, true, SYN, 0x2E68FF24, 0, 0xFFFF, syn, ""}),
        at(744474, {false, 49, 0, true, SYN | ACK, 0x1527A9A1, 0x2E68FF25, 0x16A0, synAck, ""}),
        at(744633,
           {true,
            127,
            33011,
            true,
            ACK,
            0x2E68FF25,
            0x1527A9A2,
            0x8218,
            Stamps(121485450, 9713757),
            ""}),
        at(845542,
           {false,
            49,
            37317,
            true,
            PSH | ACK,
            0x1527A9A2,
            0x2E68FF25,
            0x16A0,
            Stamps(9713767, 121485450),
            "220 5a-p07-b3.data-hotel.net F-Secure/virusgw_smtp/220/5a-p07-b3.data-hotel.net\r\n"}),
        at(845826,
           {true,
            127,
            33066,
            true,
            PSH | ACK,
            0x2E68FF25,
            0x1527A9F3,
            0x8218,
            Stamps(121485551, 9713767),
            "HELO livedoor.cn\r\n"}),
        at(1049710,
           {true,
            127,
            33110,
            true,
            PSH | ACK,
            0x2E68FF56,
            0x1527AA19,
            0x8218,
            Stamps(121485755, 9713787),
            "RCPT TO:<invented12@mailbox.example.jp>\r\n"}),
        at(1103763,
           {false, 57, 64, false, PSH | ACK, 0x1527AA19, 0x2E68FF7F, 0, {}, "500 error\r\n"}),
        at(1154738,
           {false,
            49,
            37321,
            true,
            PSH | ACK,
            0x1527AA19,
            0x2E68FF7F,
            0x16A0,
            Stamps(9713798, 121485755),
            "250 Ok\r\n"}),
        at(1155026,
           {true,
            127,
            33131,
            true,
            PSH | ACK | FIN,
            0x2E68FF7F,
            0x1527AA24,
            0x8218,
            Stamps(121485860, 9713787),
            "QUIT\r\n"}),
    };
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_EVIDENCE_PACKETS_H
