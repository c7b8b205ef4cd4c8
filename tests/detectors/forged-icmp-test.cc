// What ICMP says of segments, against what TCP says of them.
#include "formats/packet.h"
#include "packet-script.h"
#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::int64_t US = 1000;

/// A message about a packet of a script.
struct Message
{
    std::string about = "mail"; //!< Its label.
    std::int64_t laterNs = 20 * MS;
    Ipv4 router{0xCB007101}; // 203.0.113.1
    std::uint8_t code = 1;
    std::uint8_t ttl = 61;
};

const Ipv4 SERVER_ADDRESS{0xC6336419}; // 198.51.100.25

/// MAIL is frame 8; a message about it comes, the client gives up, and the server's answers to it
/// come.
const char* const SESSION =
    "client  10.4.1.4:40000    ttl 64 isn 0x1000 id 1\n"
    "server  198.51.100.25:25  ttl 50 isn 0x5000 id 500\n"
    "        0        client > server  S\n"
    "        +100ms   server > client  S.\n"
    "        +0.2ms   client > server  .\n"
    "        +100ms   server > client  \"220 mx.example.net ESMTP\\r\\n\"\n"
    "        +0.2ms   client > server  \"EHLO mail.example.com\\r\\n\"\n"
    "        +100ms   server > client  \"250 mx.example.net\\r\\n\"\n"
    "        +0.2ms   client > server  .\n"
    "mail:   +0.2ms   client > server  \"MAIL FROM:<a@example.com>\\r\\n\"\n"
    "        mail+20.01ms client > server  R.\n"
    "acked:  mail+100ms   server > client  .\n"
    "        mail+100.1ms server > client  \"250 2.1.0 Ok\\r\\n\"\n";

void
Put32(std::string& out, std::uint64_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
    {
        out += static_cast<char>(value >> shift);
    }
}

std::string
MessageOf(const ScriptPacket& quoted, const Message& message)
{
    constexpr std::size_t QUOTED = IPV4_BYTES + 8;
    std::string bytes(IPV4_BYTES + ICMP_BYTES + QUOTED, '\0');
    auto* const at = reinterpret_cast<std::uint8_t*>(bytes.data());
    Ipv4Fields outer;
    outer.totalLength = static_cast<std::uint16_t>(bytes.size());
    outer.protocol = protocol::ICMP;
    outer.ttl = message.ttl;
    outer.source = message.router;
    outer.destination = quoted.source.AsIpv4();
    WriteIpv4(outer, at);
    at[IPV4_BYTES] = 3;
    at[IPV4_BYTES + 1] = message.code;
    std::uint8_t* const inner = at + IPV4_BYTES + ICMP_BYTES;
    Ipv4Fields ip;
    ip.totalLength = static_cast<std::uint16_t>(IPV4_BYTES + 20 + quoted.payload.size());
    ip.protocol = protocol::TCP;
    ip.source = quoted.source.AsIpv4();
    ip.destination = quoted.destination.AsIpv4();
    WriteIpv4(ip, inner);
    Write16(inner + IPV4_BYTES, quoted.sourcePort);
    Write16(inner + IPV4_BYTES + 2, quoted.destinationPort);
    Write32(inner + IPV4_BYTES + 4, quoted.sequence);
    return bytes;
}

/// The capture of a script, with a message about each packet that has its label.
std::string
With(const Message& message, const std::string& script)
{
    constexpr int RAW = 101;
    constexpr std::int64_t SECOND = 1000000000;
    std::vector<std::pair<std::int64_t, std::string>> frames;
    for (const ScriptPacket& packet : ScriptOf(script))
    {
        frames.emplace_back(packet.timeNs, PcapOf({packet}, {true, RAW}).substr(24 + 16));
        if (packet.label == message.about)
        {
            frames.emplace_back(packet.timeNs + message.laterNs, MessageOf(packet, message));
        }
    }
    std::stable_sort(frames.begin(),
                     frames.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string out = PcapOf({}, {true, RAW});
    for (const auto& [time, bytes] : frames)
    {
        for (const std::uint64_t word : {std::uint64_t(time / SECOND),
                                         std::uint64_t(time % SECOND),
                                         bytes.size(),
                                         bytes.size()})
        {
            Put32(out, word);
        }
        out += bytes;
    }
    return out;
}

std::string
Replaced(std::string text, const std::string& what, const std::string& by)
{
    const std::size_t at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

std::vector<Alert>
JudgeMessage(const Message& message,
             const std::string& script = SESSION,
             const std::string& detector = "forged-icmp")
{
    const EvidenceScratch scratch;
    scratch.Write("capture.pcap", With(message, script));
    return JudgePath(scratch.Path(), detector);
}

} // namespace

BOOST_AUTO_TEST_SUITE(forged_icmp)

BOOST_AUTO_TEST_CASE(ConvictsAMessageInTheServersNameFromElsewhere)
{
    const auto alerts = JudgeMessage({"mail", 20 * MS, SERVER_ADDRESS, 3, 124});
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "fault");
    BOOST_TEST(alerts[0].dottedClass == "forged.icmp");
    BOOST_TEST(alerts[0].frame == 9u);
    BOOST_TEST(alerts[0].protocol == "ICMP");
    BOOST_TEST(alerts[0].source.ToString() == "198.51.100.25");
    const std::string& told = alerts[0].evidence.explanation;
    BOOST_TEST(told.find("\"port unreachable\" of frame 8") != told.npos, told);
    BOOST_TEST(told.find("frame 11 acknowledges that segment") != told.npos, told);
    BOOST_TEST(told.find("the client gave up by it (frame 10)") != told.npos, told);
    BOOST_TEST(told.find("TTL 124 against 50") != told.npos, told);
    BOOST_TEST(told.find("20.000 ms after it, path RTT at least 100.000 ms") != told.npos, told);
}

BOOST_AUTO_TEST_CASE(ByItsTimeAloneWhereTheTtlIsTheServers)
{
    const auto alerts = JudgeMessage({"mail", 20 * MS, SERVER_ADDRESS, 3, 50});
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "fault");
}

BOOST_AUTO_TEST_CASE(LeavesOpenWhatMayBeTheServers)
{
    const auto alerts = JudgeMessage({"mail", 99 * MS + 900 * US, SERVER_ADDRESS, 3, 50});
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "inconclusive");
}

BOOST_AUTO_TEST_CASE(LeavesOpenWhoSpeaksForARouter)
{
    const auto alerts = JudgeMessage({});
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "inconclusive");
    const std::string& told = alerts[0].evidence.explanation;
    BOOST_TEST(told.find("A capture at 203.0.113.1 would decide") != told.npos, told);
}

BOOST_AUTO_TEST_CASE(SilentWhereNothingArrived)
{
    const std::string script = SESSION;
    BOOST_TEST(JudgeMessage({}, script.substr(0, script.find("acked:"))).empty());
}

BOOST_AUTO_TEST_CASE(SilentWhereItWasSentTwice)
{
    for (const std::string time : {"mail+10ms", "mail+40ms"})
    {
        const std::string script = Replaced(SESSION,
                                            "        mail+20.01ms client > server  R.\n",
                                            "        " + time +
                                                " client > server  seq 24 \"MAIL "
                                                "FROM:<a@example.com>\\r\\n\"\n");
        BOOST_TEST(JudgeMessage({}, script).empty(), time);
    }
}

/// "Fragmentation needed" of a packet that arrived as it was.
BOOST_AUTO_TEST_CASE(ConvictsOneThatSaysAPacketIsTooLong)
{
    Message message;
    message.code = 4;
    const auto routers = JudgeMessage(message);
    BOOST_REQUIRE(routers.size() == 1u);
    BOOST_TEST(NameOf(routers[0].verdict) == "inconclusive");
    const auto servers = JudgeMessage({"mail", 20 * MS, SERVER_ADDRESS, 4, 111});
    BOOST_REQUIRE(servers.size() == 1u);
    BOOST_TEST(NameOf(servers[0].verdict) == "fault");
}

/// What a card cuts up into several packets may have one that is too long.
BOOST_AUTO_TEST_CASE(SilentOfWhatACardCutsUp)
{
    Message message;
    message.code = 4;
    const std::string script = Replaced(SESSION, "FROM:<a@example.com>", "\" 1441*\"x\" \"");
    BOOST_TEST(JudgeMessage(message, script).size() == 1u);
    BOOST_TEST(JudgeMessage(message, Replaced(SESSION, "FROM:<a@example.com>", "\" 2900*\"x\" \""))
                   .empty());
}

/// A delayed acknowledgment may as well be one of a copy that the capture lacks.
BOOST_AUTO_TEST_CASE(LeavesOpenWhatIsAcknowledgedLate)
{
    const std::string script =
        Replaced(Replaced(SESSION, "mail+100ms", "mail+310ms"), "mail+100.1ms", "mail+310.1ms");
    const auto alerts = JudgeMessage({"mail", 20 * MS, SERVER_ADDRESS, 3, 124}, script);
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "inconclusive");
}

BOOST_AUTO_TEST_CASE(SynsThatIcmpAnswersAreToldSo)
{
    const std::string syns = "client  10.4.1.4:40000    ttl 64 isn 0x1000\n"
                             "server  198.51.100.25:25  ttl 50 isn 0x5000\n"
                             "syn:    0        client > server  S\n"
                             "syn:    +1s      client > server  S seq 0\n";
    Message message;
    message.about = "syn";
    message.code = 13;
    const auto alerts = JudgeMessage(message, syns, "unreachable");
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST(NameOf(alerts[0].verdict) == "inconclusive");
    BOOST_TEST(alerts[0].dottedClass == "unreachable.refused");
    BOOST_TEST(alerts[0].where.side.find("203.0.113.1") != std::string::npos);
    const std::string& told = alerts[0].evidence.explanation;
    BOOST_TEST(told.find("2 SYNs, the first in frame 1, and nothing but ICMP comes back: 2 ICMP "
                         "messages say that they are not let through (\"communication "
                         "administratively prohibited\"), the first of 203.0.113.1, on the way "
                         "(frame 2)") != told.npos,
               told);

    message.code = 1;
    const auto route = JudgeMessage(message, syns, "unreachable");
    BOOST_REQUIRE(route.size() == 1u);
    BOOST_TEST(route[0].dottedClass == "unreachable.route");

    message.about = "";
    const auto silent = JudgeMessage(message, syns, "unreachable");
    BOOST_REQUIRE(silent.size() == 1u);
    BOOST_TEST(silent[0].dottedClass == "unreachable.port");
    BOOST_TEST(silent[0].evidence.explanation.find("nothing comes back") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
