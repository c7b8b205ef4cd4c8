#include "detectors/readers/time-exceeded.h"
#include "run-detector.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// What a router at 192.0.2.1 says of a segment from port 50000 to 203.0.113.25.
std::vector<std::uint8_t>
Message(std::uint8_t quotedProtocol, std::size_t quotedOctets)
{
    Ipv4Fields quoted;
    quoted.protocol = quotedProtocol;
    quoted.source = Ipv4{0x0A140019};
    quoted.destination = Ipv4{0xCB007119};
    quoted.totalLength = 60;
    Ipv4Fields outer;
    outer.protocol = protocol::ICMP;
    outer.ttl = 61;
    outer.source = Ipv4{0xC0000201};
    outer.destination = quoted.source;
    std::vector<std::uint8_t> bytes(2 * IPV4_BYTES + ICMP_BYTES + quotedOctets, 0);
    outer.totalLength = static_cast<std::uint16_t>(bytes.size());
    WriteIpv4(outer, bytes.data());
    bytes[IPV4_BYTES] = 11;
    WriteIpv4(quoted, &bytes[IPV4_BYTES + ICMP_BYTES]);
    if (quotedOctets >= 4)
    {
        Write16(&bytes[2 * IPV4_BYTES + ICMP_BYTES], 50000);
        Write16(&bytes[2 * IPV4_BYTES + ICMP_BYTES + 2], 25);
    }
    if (quotedOctets >= 8)
    {
        Write32(&bytes[2 * IPV4_BYTES + ICMP_BYTES + 4], 0xFEDCBA98);
    }
    return bytes;
}

std::optional<detectors::TimeExceeded>
Read(const std::vector<std::uint8_t>& bytes)
{
    return detectors::TimeExceededIn({bytes.data(), bytes.size()});
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_probe)

BOOST_AUTO_TEST_CASE(ARouterTellsWhosePacketEnded)
{
    const auto message = Read(Message(protocol::TCP, 8));
    BOOST_REQUIRE(message);
    BOOST_TEST(message->router.ToString() == "192.0.2.1");
    BOOST_TEST(message->source.ToString() == "10.20.0.25");
    BOOST_TEST(message->destination.ToString() == "203.0.113.25");
    BOOST_TEST(message->sourcePort == 50000);
    BOOST_TEST(message->destinationPort == 25);
}

BOOST_AUTO_TEST_CASE(OneThatIsNotLetThroughIsToldApart)
{
    BOOST_TEST(!Read(Message(protocol::TCP, 8))->isUnreachable);
    std::vector<std::uint8_t> bytes = Message(protocol::TCP, 8);
    bytes[IPV4_BYTES] = 3;
    bytes[IPV4_BYTES + 1] = 13;
    const auto message = Read(bytes);
    BOOST_REQUIRE(message);
    BOOST_TEST(message->isUnreachable);
    BOOST_TEST(message->router.ToString() == "192.0.2.1");
    BOOST_TEST(detectors::WordsOf(*message) == "communication administratively prohibited");
    BOOST_TEST(detectors::IsRefusal(*message));
    bytes[IPV4_BYTES + 1] = 1;
    BOOST_TEST(detectors::WordsOf(*Read(bytes)) == "host unreachable");
    BOOST_TEST(!detectors::IsRefusal(*Read(bytes)));
}

BOOST_AUTO_TEST_CASE(TheNumberIsToldAsFarAsTheQuotationReaches)
{
    BOOST_TEST((Read(Message(protocol::TCP, 8))->sequence == 0xFEDCBA98u));
    BOOST_TEST(!Read(Message(protocol::TCP, 7))->sequence);
    BOOST_TEST(int{Read(Message(protocol::TCP, 8))->ttl} == 61);
}

BOOST_AUTO_TEST_CASE(OtherMessagesAndCutOnesAreNone)
{
    BOOST_TEST(!Read(Message(protocol::UDP, 8)));
    BOOST_TEST(!Read(Message(protocol::TCP, 3)));
    std::vector<std::uint8_t> redirect = Message(protocol::TCP, 8);
    redirect[IPV4_BYTES] = 5;
    BOOST_TEST(!Read(redirect));
    BOOST_TEST(!detectors::TimeExceededIn({}));
}

BOOST_AUTO_TEST_SUITE_END()

/// CenTrace's own captures: a measurement is a test and a control run beside one another.
BOOST_AUTO_TEST_SUITE(centrace_captures,
                      *boost::unit_test::precondition(tests::IfShared{"captures/LIST.md"}))

namespace
{

std::vector<Alert>
JudgePair(const std::string& test, const std::string& control)
{
    const EvidenceScratch scratch;
    for (const std::string& name : {test, control})
    {
        std::filesystem::copy_file(tests::SharedPath("captures/centrace/" + name),
                                   scratch.Path() / name);
    }
    return JudgePath(scratch.Path(), "path-probe");
}

} // namespace

BOOST_AUTO_TEST_CASE(ADeviceOnThePathAtTheHopThatTheListHas)
{
    const auto alerts = JudgePair("222.138.4.221_archive.org_archive.org.pcap",
                                  "222.138.4.221_archive.org_example.com.pcap");
    BOOST_REQUIRE(alerts.size() == 1u);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].frame == 117u);
    BOOST_TEST(alerts[0].evidence.explanation.rfind("On-path: ", 0) == 0u);
    BOOST_REQUIRE(alerts[0].where.hops);
    BOOST_TEST(alerts[0].where.hops->after == 12);
    BOOST_TEST(alerts[0].where.hops->to == 13);
    BOOST_TEST(
        alerts[0].evidence.explanation.find(
            "These probes are in 222.138.4.221_archive.org_archive.org.pcap, the control's in "
            "222.138.4.221_archive.org_example.com.pcap.") != std::string::npos);
}

/// The second capture begins before the first ends, so that three probes of the test are in both,
/// and the control ends at TTL 15 in silence: it says nothing of TTL 16, where the test is reset.
BOOST_AUTO_TEST_CASE(ARunInTwoFilesIsOneAndWhatTheControlDoesNotReachIsOpen)
{
    const auto alerts = JudgePair("116.223.148.197_www.ft.com_www.ft.com.pcap",
                                  "116.223.148.197_www.ft.com_example.com.pcap");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1u);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[0].frame == 215u);
    BOOST_TEST(alerts[0].evidence.file == "116.223.148.197_www.ft.com_www.ft.com.pcap");
    BOOST_TEST(alerts[0].evidence.explanation.rfind(
                   "Inconclusive: the control runs do not show where the endpoint is",
                   0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
