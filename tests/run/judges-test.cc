// Real programs read what a run writes: tshark and p0f.

#include "tests/run/run-fixture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::run;

BOOST_AUTO_TEST_SUITE(judges)

BOOST_AUTO_TEST_CASE(tshark_finds_no_malformed_frame_and_no_bad_checksum)
{
    Runs runs;
    for (const char* variant : {"error-500", "forward-551", "retransmission", "late"})
    {
        const auto run = runs.Run(variant);
        const std::string capture = (run / "evidence/gateway-inside/capture.pcap").string();
        const std::string flags = " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE"
                                  " -o udp.check_checksum:TRUE 2>/dev/null";
        BOOST_TEST(Output("tshark -r " + capture +
                          " -Y '_ws.malformed || ip.checksum.status==0 || tcp.checksum.status==0 ||"
                          " udp.checksum.status==0 || icmp.checksum.status==0'" +
                          flags) == "");
        BOOST_TEST(Output("tshark -r " + capture + " -Y smtp" + flags) != "");
    }
}

BOOST_AUTO_TEST_CASE(wireshark_shows_and_filters_the_annotations)
{
    Runs runs;
    const auto run = runs.Run("error-500");
    const std::string annotated = (run / "truth/annotated-gateway-inside.pcapng").string();
    const std::string commented = Output("tshark -r " + annotated +
                                         " -Y 'frame.comment contains \"forged.reply\"' -T fields "
                                         "-e frame.number -e ip.ttl 2>/dev/null");
    BOOST_TEST(commented.find("11\t57\n") != std::string::npos);
    BOOST_TEST(Output("tshark -r " + annotated +
                      " -Y 'frame.comment contains \"\\\"forged\\\":true\"' 2>/dev/null | wc -l")
                   .find("1") == 0U);
    // The genuine reply that nobody read, and the QUIT that acknowledges what was never sent.
    BOOST_TEST(commented.find("12\t49\n") != std::string::npos);
    BOOST_TEST(commented.find("13\t127\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(p0f_names_the_stacks_as_far_as_it_knows_them)
{
    Runs runs;
    const auto run = runs.Run("control");
    const std::string answer = Output(
        "p0f -r " + (run / "evidence/gateway-inside/capture.pcap").string() + " 2>/dev/null");
    // S003-35: the peer looks like Linux, whatever the document says; and FreeBSD 6's layout stands
    // under Mac OS X in p0f's list (docs/limits.md).
    BOOST_TEST(answer.find("os       = Linux 2.4.x\n| dist     = 15") != std::string::npos);
    BOOST_TEST(answer.find("os       = Mac OS X 10.x\n| dist     = 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
