#include "formats/endpoint.h"
#include "run-detector.h"
#include "sessions.h"
#include "tests/skip.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

using Frames = std::set<std::uint64_t>;

/**
 * RST_SEQ_CHANGE as the public script of Weaver, Sommer and Paxson's detector has it, on packets
 * alone and apart from our detectors: a side's second reset, where nobody had finished before, is
 * more than 2 above its first, less than 2 s behind it, above all that the side has sent and more
 * than 2 above all that the other one has acknowledged.
 */
class SequenceChangeRule
{
  public:
    void See(const detectors::Packet& packet)
    {
        const std::string from = EndpointText(packet.source, packet.tcp.sourcePort);
        const std::string to = EndpointText(packet.destination, packet.tcp.destinationPort);
        SideState& own = m_sides[from + " " + to];
        SideState& peer = m_sides[to + " " + from];
        const std::uint32_t sequence = packet.tcp.sequence;
        if (packet.tcp.flags & tcp::RST)
        {
            SeeReset(own, peer, packet);
            return;
        }
        const bool isSyn = packet.tcp.flags & tcp::SYN;
        const bool isFin = packet.tcp.flags & tcp::FIN;
        if (isSyn && !(packet.tcp.flags & tcp::ACK))
        {
            own = SideState();
            peer = SideState();
        }
        own.hasEnded = own.hasEnded || isFin;
        Raise(own.sent,
              sequence + static_cast<std::uint32_t>(packet.ip.payloadLength) -
                  packet.tcp.headerLength + (isSyn ? 1 : 0) + (isFin ? 1 : 0));
        if (packet.tcp.flags & tcp::ACK)
        {
            Raise(own.acknowledged, packet.tcp.acknowledgment);
        }
    }

    const Frames& First() const { return m_first; }

  private:
    struct SideState
    {
        std::optional<std::uint32_t> sent; //!< Behind the last octet.
        std::optional<std::uint32_t> acknowledged;
        std::uint64_t resetFrame = 0; //!< 0 = none.
        std::uint32_t resetNumber = 0;
        WallTime resetTime{};
        bool hasEnded = false;
    };

    static bool IsAbove(std::uint32_t a, std::uint32_t b)
    {
        return static_cast<std::int32_t>(a - b) > 0;
    }

    static void Raise(std::optional<std::uint32_t>& highest, std::uint32_t number)
    {
        highest = highest && IsAbove(*highest, number) ? highest : number;
    }

    void SeeReset(SideState& own, const SideState& peer, const detectors::Packet& packet)
    {
        const std::uint32_t sequence = packet.tcp.sequence;
        if (own.resetFrame != 0 && !own.hasEnded && IsAbove(sequence, own.resetNumber + 2) &&
            packet.time - own.resetTime < std::chrono::seconds(2) &&
            (!own.sent || IsAbove(sequence, *own.sent)) &&
            (!peer.acknowledged || IsAbove(sequence, *peer.acknowledged + 2)))
        {
            m_first.insert(own.resetFrame);
        }
        own.hasEnded = own.hasEnded || peer.hasEnded || own.resetFrame != 0 || peer.resetFrame != 0;
        own.resetFrame = packet.frame;
        own.resetNumber = sequence;
        own.resetTime = packet.time;
    }

    std::map<std::string, SideState> m_sides;
    Frames m_first;
};

Frames
ByRule(const std::string& bytes)
{
    SequenceChangeRule rule;
    for (const detectors::Packet& packet : ReadPackets(bytes))
    {
        rule.See(packet);
    }
    return rule.First();
}

Frames
Named(const std::vector<Alert>& alerts)
{
    Frames frames;
    for (const Alert& alert : alerts)
    {
        if (alert.evidence.explanation.find("[RST_SEQ_CHANGE]") != std::string::npos)
        {
            frames.insert(alert.frame);
        }
    }
    return frames;
}

/// The control session with a pair of resets of another machine behind RCPT.
std::string
WithPair(const std::string& first, const std::string& second, bool finished)
{
    PacketScript script = ScriptOf(fmt::format(R"(
client  10.4.1.4:60661    ttl 127 isn 0x2E68FF24 id 33011
server  198.51.100.25:25  ttl 49 isn 0x1527A9A1 id 37317
device  as server         ttl 57 win 0 id 64 no-df
    0        client > server  S
    +100ms   server > client  S.
    +0.2ms   client > server  .
    +100ms   server > client  "220 mx.example.net ESMTP\r\n"
    +0.2ms   client > server  "HELO mail.example.com\r\n"
    +100ms   server > client  "250 mx.example.net\r\n"
rcpt: +0.2ms client > server  {} "MAIL FROM:<a@example.com>\r\n"
    rcpt+50ms device > client  R. {}
    {}
)",
                                               finished ? "FP." : "P.",
                                               first,
                                               second));
    return PcapOf(script);
}

} // namespace

BOOST_AUTO_TEST_SUITE(reset_rules)

BOOST_AUTO_TEST_CASE(SecondNumbersAreJudgedAsByThePublicRule)
{
    // The server's next number, and the acknowledged one, is 47.
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"seq 47", "rcpt+51ms device > client R. seq 1507"},
        {"seq 47", "rcpt+51ms device > client R. seq 48"},
        {"seq 47", "rcpt+51ms device > client R. seq 49"},
        {"seq 47", "rcpt+51ms device > client R. seq 50"},
        {"seq 47", "rcpt+51ms device > client R. seq 47"},
        {"seq 10", "rcpt+51ms device > client R. seq 30"},
        {"seq 10", "rcpt+51ms device > client R. seq 49"},
        {"seq 10", "rcpt+51ms device > client R. seq 50"},
        {"seq 47", "rcpt+2049ms device > client R. seq 1507"},
        {"seq 47", "rcpt+2050ms device > client R. seq 1507"},
        {"seq 47", "rcpt+51ms client > server R. seq 1507"}};
    std::size_t fired = 0;
    for (const bool finished : {false, true})
    {
        for (const auto& [first, second] : pairs)
        {
            const std::string bytes = WithPair(first, second, finished);
            const Frames expected = ByRule(bytes);
            BOOST_TEST((Named(JudgeCapture(bytes, "forged-reset")) == expected),
                       first << ", " << second << (finished ? ", finished" : "")
                             << ": the rule fires " << expected.size() << " times");
            fired += expected.size();
        }
    }
    BOOST_TEST(fired == 4);
}

BOOST_AUTO_TEST_CASE(CapturesOfOthersAreJudgedAsByThePublicRule,
                     *boost::unit_test::precondition(tests::IfShared{"captures/LIST.md"}))
{
    std::size_t captures = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(tests::SharedPath("captures")))
    {
        if (entry.path().extension() != ".pcap")
        {
            continue;
        }
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
        BOOST_TEST((Named(JudgePath(entry.path(), "forged-reset")) == ByRule(bytes)), entry.path());
        ++captures;
    }
    BOOST_TEST(captures > 10);
}

BOOST_AUTO_TEST_SUITE_END()
