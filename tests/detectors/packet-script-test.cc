#include "packet-script.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string HOSTS = "a 10.0.0.1:1025 isn 100 ttl 128\nb 192.0.2.7:25 isn 900 win 5792\n";

void
Refuse(const std::string& line, const std::string& message)
{
    BOOST_CHECK_EXCEPTION(ScriptOf(HOSTS + line),
                          std::runtime_error,
                          [&](const std::runtime_error& error)
                          {
                              BOOST_TEST(error.what() == "script:3: " + message);
                              return true;
                          });
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet_script)

BOOST_AUTO_TEST_CASE(NumbersGoOnByThemselves)
{
    const PacketScript packets = ScriptOf(HOSTS + "0 a > b S\n+10ms b > a S.\n+1ms a > b .\n"
                                                  "+0 a > b \"abc\"\n+0.5us b > a \"defg\" \"h\"\n"
                                                  "+1s b > a seq 1 \"defgh\"\n+1s a > b FP. \"\"\n"
                                                  "+1s b > a .\n");
    BOOST_REQUIRE(packets.size() == 8);
    const auto numbers = [&](std::size_t i)
    { return std::make_pair(packets[i].sequence, packets[i].ack); };
    BOOST_TEST((numbers(0) == std::make_pair(100U, 0U)));
    BOOST_TEST((numbers(1) == std::make_pair(900U, 101U)));
    BOOST_TEST((numbers(2) == std::make_pair(101U, 901U)));
    BOOST_TEST((numbers(3) == std::make_pair(101U, 901U)));
    BOOST_TEST((numbers(4) == std::make_pair(901U, 104U)));
    BOOST_TEST((numbers(5) == std::make_pair(901U, 104U)));
    BOOST_TEST((numbers(6) == std::make_pair(104U, 906U)));
    BOOST_TEST((numbers(7) == std::make_pair(906U, 105U)));
    BOOST_TEST(packets[4].timeNs == 11000500);
    BOOST_TEST(packets[4].payload == "defgh");
    BOOST_TEST((packets[6].flags == (tcp::FIN | tcp::PSH | tcp::ACK)));
    BOOST_TEST(packets[3].side == detectors::CLIENT);
    BOOST_TEST(packets[4].side == detectors::SERVER);
}

BOOST_AUTO_TEST_CASE(WhoSpeaksAsAnotherDoesNotCount)
{
    const PacketScript packets = ScriptOf(HOSTS + "x as b ttl 57 id 64\n0 a > b S\n+1ms b > a S.\n"
                                                  "ask: +1ms a > b \"q\"\nask+9ms b > a \"real\"\n"
                                                  "ask+5ms x > a \"false one\"\n");
    BOOST_REQUIRE(packets.size() == 5);
    BOOST_TEST(packets[3].payload == "false one");
    BOOST_TEST(packets[3].timeNs == 7 * MS);
    BOOST_TEST(packets[3].ttl == 57);
    BOOST_TEST(packets[3].ipId == 64);
    BOOST_TEST(packets[3].window == 5792);
    BOOST_TEST(packets[3].source.ToString() == "192.0.2.7");
    BOOST_TEST(packets[3].side == detectors::SERVER);
    BOOST_TEST(packets[4].sequence == 901U);
}

BOOST_AUTO_TEST_CASE(HabitsHoldUntilAPacketSaysOtherwise)
{
    const PacketScript packets =
        ScriptOf("start 2006-09-26T06:44:52Z\nonly a\n"
                 "a 10.0.0.1:1 id 7 step 3 clock 50 per 10ms syn <mss 1400,nop,wscale 2,TS>\n"
                 "b 10.0.0.2:2 clock 90 per 1ms\n"
                 "0 a > b S\n5ms b > a S. no-df\n20ms a > b . id 1 win 9 no-df\n30ms a > b .\n"
                 "40ms a > b . ts 1 2\n50ms a > b . no-ts\n60ms a > b uncaptured \"x\"\n"
                 "70ms a > b <nop,eol> 3*\"ab\" \"\\\"\\\\\\t\"\n");
    BOOST_REQUIRE(packets.size() == 6);
    BOOST_TEST(packets[0].timeNs == 1159253092000000000);
    BOOST_TEST(packets[0].mss == 1400);
    BOOST_TEST(packets[0].options.size() == 4);
    BOOST_TEST(packets[1].ipId == 1);
    BOOST_TEST(packets[1].window == 9);
    BOOST_TEST(!packets[1].dontFragment);
    BOOST_TEST(packets[1].timestampValue == 52U);
    BOOST_TEST(packets[1].timestampEcho == 95U);
    BOOST_TEST(packets[2].ipId == 10);
    BOOST_TEST(packets[2].dontFragment);
    BOOST_TEST(packets[3].timestampValue == 1U);
    BOOST_TEST(packets[3].timestampEcho == 2U);
    BOOST_TEST(!packets[4].HasTimestamp());
    BOOST_TEST(packets[5].sequence == 1002U);
    BOOST_TEST(packets[5].payload == "ababab\"\\\t");
}

BOOST_AUTO_TEST_CASE(ADialogueNeedsNoTimes)
{
    const PacketScript packets = ScriptOf("a 10.0.0.1:1 after 2ms\nb 10.0.0.2:2 after 150ms\n"
                                          "1s a > b S\nb > a S.\nask: a > b \"one\\n\"\n"
                                          "  \"two\\n\"\n\nb > a \"three\"\nask+1ms b > a .\n");
    BOOST_REQUIRE(packets.size() == 5);
    BOOST_TEST(packets[1].timeNs == 1150 * MS);
    BOOST_TEST(packets[2].timeNs == 1152 * MS);
    BOOST_TEST(packets[2].payload == "one\ntwo\n");
    BOOST_TEST(packets[3].timeNs == 1153 * MS);
    BOOST_TEST(packets[4].timeNs == 1302 * MS);
}

BOOST_AUTO_TEST_CASE(ASlowAnswerIsAcknowledgedBefore)
{
    const PacketScript packets =
        ScriptOf("a 10.0.0.1:1 after 1ms\nb 10.0.0.2:2 acks 20ms\n"
                 "0 a > b S\n+9ms b > a S.\na > b \"ask\"\n"
                 "+30ms b > a \"slow\"\na > b \"ask\"\n+5ms b > a \"quick\"\n");
    BOOST_REQUIRE(packets.size() == 7);
    BOOST_TEST(packets[3].timeNs == 30 * MS);
    BOOST_TEST(packets[3].flags == tcp::ACK);
    BOOST_TEST(packets[3].ack == 1004U);
    BOOST_TEST(packets[4].timeNs == 40 * MS);
    BOOST_TEST(packets[6].timeNs == 46 * MS);
}

BOOST_AUTO_TEST_CASE(WhatItWritesTheReaderReads)
{
    const PacketScript packets = ScriptOf(HOSTS + "0 a > b S <mss 1460,nop,wscale 3,sackOK,TS>\n"
                                                  "+1ms b > a S. <mss 512>\n+1ms a > b 9*\"x\"\n");
    std::string problem;
    const auto read = ReadPackets(PcapOf(packets), &problem);
    BOOST_TEST(problem == "");
    BOOST_REQUIRE(read.size() == 3);
    BOOST_TEST(*read[0].tcp.options.mss == 1460);
    BOOST_TEST(*read[0].tcp.options.windowScale == 3);
    BOOST_TEST(read[0].tcp.options.sackPermitted);
    BOOST_TEST(*read[1].tcp.options.mss == 512);
    BOOST_TEST(read[2].ip.totalLength == 49);
    BOOST_TEST(read[2].ip.ttl == 128);
}

BOOST_AUTO_TEST_CASE(ALineThatIsWrongSaysWhy)
{
    Refuse("c 10.0.0.300:1\n",
           "found `10.0.0.300:1`, expected ADDRESS:PORT or [IPV6]:PORT behind the name of a host");
    Refuse("c 10.0.0.3:1 speed 9\n",
           "found `speed 9`, expected ttl, win, id, label, step, isn, syn, after, acks, clock, df, "
           "no-df "
           "or no-ts");
    Refuse("5 a > b S\n", "found `5 a > b S`, expected a time such as 0.2ms");
    Refuse("later+5ms a > b S\n",
           "found `later+5ms a > b S`, expected the label of a packet above in front of +");
    Refuse("+5 a > b S\n", "found `+5 a > b S`, expected a time such as 0.2ms");
    Refuse("0 a > c S\n", "found `c S`, expected a name of a host above");
    Refuse("0 a > b ttl high\n", "found `high`, expected a TTL");
    Refuse("0 a > b \"open\n", "found `\"open`, expected a closing double quote");
    Refuse("0 a > b <wide 5>\n",
           "found `nothing more`, expected TCP options among eol, nop, mss N, wscale N, sackOK and "
           "TS");
    Refuse("0 a > b Q\n",
           "found `Q`, expected flags, seq, ack, ttl, id, label, win, df, no-df, ts, no-ts, "
           "<options>, "
           "uncaptured or a text in quotes");
}

BOOST_AUTO_TEST_SUITE_END()
