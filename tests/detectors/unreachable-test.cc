#include "packet-script.h"
#include "pasted-text.h"
#include "run-detector.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(unreachable)

BOOST_AUTO_TEST_CASE(SynsThatNothingAnswers)
{
    const auto syn = [](const std::string& time, int port)
    {
        return time + " IP 10.0.0.4.50200 > 192.0.2.30." + std::to_string(port) +
               ": Flags [S], seq 1, win 64240, options [mss 1460], length 0\n";
    };
    const PastedText silent{"",
                            "",
                            "unreachable",
                            "unreachable.port",
                            Verdict::Inconclusive,
                            0,
                            "nothing comes back"};
    const std::string first = syn("09:00:00.000000", 25);
    BOOST_TEST(IsTold(JudgeText(first + syn("09:00:01.010000", 25)), silent));
    BOOST_TEST(
        IsTold(JudgeText(syn("09:00:00.000000", 587) + syn("09:00:03.010000", 587)), silent));
    // One SYN may be the last packet of the capture; other ports are no mail's.
    BOOST_TEST(!IsTold(JudgeText(first), silent));
    BOOST_TEST(!IsTold(JudgeText(syn("09:00:00.000000", 80) + syn("09:00:01.010000", 80)), silent));
    BOOST_TEST(!IsTold(JudgeText(first + syn("09:00:01.010000", 25) +
                                 "09:00:01.090000 IP 192.0.2.30.25 > 10.0.0.4.50200: Flags [S.], "
                                 "seq 5, ack 2, win 64240, options [mss 1460], length 0\n"),
                       silent));
    // Sessions elsewhere are no answer; one with that server is.
    const std::string other =
        "09:00:05.000000 IP 10.0.0.4.50201 > 192.0.2.31.25: Flags [S], seq 1, win 64240, length 0\n"
        "09:00:05.010000 IP 192.0.2.31.25 > 10.0.0.4.50201: Flags [S.], seq 5, ack 2, win 64240, "
        "length 0\n"
        "09:00:05.020000 IP 10.0.0.4.50201 > 192.0.2.31.25: Flags [.], ack 1, win 502, length 0\n"
        "09:00:05.030000 IP 192.0.2.31.25 > 10.0.0.4.50201: Flags [P.], seq 1:15, ack 1, win 114, "
        "length 14: SMTP: 220 mx ESMTP\n";
    BOOST_TEST(IsTold(JudgeText(first + syn("09:00:01.010000", 25) + other), silent));
    std::string same = other;
    for (std::size_t at = same.find("2.31."); at != same.npos; at = same.find("2.31."))
    {
        same.replace(at, 5, "2.30.");
    }
    BOOST_TEST(!IsTold(JudgeText(first + syn("09:00:01.010000", 25) + same), silent));
}

// What ICMP says of the SYNs stands beside them, with who says so.
BOOST_AUTO_TEST_CASE(SynsThatARouterRefuses)
{
    PacketScript syns(2);
    for (ScriptPacket& syn : syns)
    {
        syn.source = *Ipv4::Parse("10.0.0.4");
        syn.destination = *Ipv4::Parse("192.0.2.30");
        syn.sourcePort = 50200;
        syn.destinationPort = 25;
        syn.flags = tcp::SYN;
    }
    syns[1].timeNs = 1010000000;
    detectors::TimeExceeded refused;
    refused.isUnreachable = true;
    refused.frame = 3;
    refused.router = *HostAddress::Parse("100.64.0.1");
    refused.source = *HostAddress::Parse("10.0.0.4");
    refused.destination = *HostAddress::Parse("192.0.2.30");
    refused.sourcePort = 50200;
    refused.destinationPort = 25;
    const auto told = [&](const detectors::TimeExceeded& message)
    {
        detectors::EvidenceContext context;
        context.logs.expired.push_back({"made.pcap", message});
        const auto alerts = JudgeCapture(PcapOf(syns), "unreachable", context);
        BOOST_REQUIRE(alerts.size() == 1u);
        return alerts[0].evidence.explanation;
    };
    BOOST_TEST(told(refused).find("of 100.64.0.1, on the way (frame 3)") != std::string::npos);
    refused.router = refused.destination;
    BOOST_TEST(told(refused).find("the server's own address") != std::string::npos);
    detectors::TimeExceeded other = refused;
    other.sourcePort = 50201;
    BOOST_TEST(told(other).find("ICMP") == std::string::npos);
    other = refused;
    other.isUnreachable = false;
    BOOST_TEST(told(other).find("ICMP") == std::string::npos);
}

namespace
{

/// A log of Send connectors; each row without the fields that all share.
std::string
SendLog(const std::string& remote, const std::vector<std::string>& rows)
{
    std::string text = "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n"
                       "#Log-type: SMTP Send Protocol Log\n"
                       "#Date: 2024-11-12T13:00:01.001Z\n"
                       "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
                       "remote-endpoint,event,data,context\n";
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        text += "2024-11-12T13:00:0" + std::to_string(i % 10) + ".100Z,Out,08DD02F1A2B3C4D5," +
                std::to_string(i) + ",10.0.0.5:31022," + remote + "," + rows[i] + "\n";
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(SendLogsTellOfCallsThatFail)
{
    const auto isTold = [](const std::string& code, const char* dottedClass, const char* words)
    {
        const std::string failure = "\"Failed to connect. Winsock error code: " + code +
                                    ", Win32 error code: " + code +
                                    ", Destination domain: two.example, Error Message: it failed\"";
        const PastedText
            expected{"", "", "unreachable", dottedClass, Verdict::Inconclusive, 7, words};
        return IsTold(
            JudgeText(SendLog("203.0.113.120:25", {"*,,attempting to connect", "*,," + failure})),
            expected);
    };
    BOOST_TEST(isTold("10060", "unreachable.port", "1 address of one provider (203.0.113.120)"));
    BOOST_TEST(isTold("10061", "unreachable.refused", "Connection refused"));
}

BOOST_AUTO_TEST_CASE(SendLogsTellOfSessionsThatBreakOff)
{
    const PastedText lost{"",
                          "",
                          "lost-session",
                          "unreachable.lost",
                          Verdict::Inconclusive,
                          0,
                          "Remote(ConnectionReset)"};
    const std::vector<std::string> open = {"+,,",
                                           "<,220 mx.two.example ESMTP,",
                                           ">,EHLO ex01.example.org,",
                                           "<,250  mx.two.example SIZE 52428800,",
                                           ">,MAIL FROM:<me@example.org>,",
                                           "<,250 2.1.0 Ok,",
                                           ">,RCPT TO:<you@two.example>,",
                                           "<,250 2.1.5 Ok,",
                                           ">,DATA,",
                                           "<,354 End data with <CR><LF>.<CR><LF>,"};
    const auto with = [&](std::vector<std::string> more)
    {
        std::vector<std::string> rows = open;
        rows.insert(rows.end(), more.begin(), more.end());
        return JudgeText(SendLog("203.0.113.120:25", rows));
    };
    BOOST_TEST(IsTold(with({"-,,Remote(ConnectionReset)"}), lost));
    BOOST_TEST(!IsTold(with({"<,250 2.0.0 Ok,", "-,,Remote(ConnectionReset)"}), lost));
    BOOST_TEST(!IsTold(with({"<,554 5.7.1 No,", "-,,Remote(ConnectionReset)"}), lost));
    BOOST_TEST(!IsTold(with({"-,,Local"}), lost));
    BOOST_TEST(!IsTold(with({}), lost));
}

BOOST_AUTO_TEST_CASE(OneDestinationIsNoBlockNearTheSender)
{
    const auto told = [](const std::string& text, Verdict verdict, const char* words)
    {
        const PastedText expected{"", "", "unreachable", "unreachable.port", verdict, 0, words};
        return IsTold(JudgeText(text), expected);
    };
    // A row without the server's name is about no second provider.
    BOOST_TEST(told("2024-11-12 10:00:00 1tA-0001-AA == info@two.example R=dnslookup "
                    "T=remote_smtp defer (110): Connection timed out\n"
                    "2024-11-12 10:30:00 1tA-0001-AA H=mx.two.example [203.0.113.26] Connection "
                    "timed out\n",
                    Verdict::Inconclusive,
                    "1 address of one provider (two.example)"));
    // Two servers of one domain may be at two providers.
    BOOST_TEST(told("2024-11-12 09:00:01 1tAnXq-0001bC-2k H=mx1.one.example [198.51.100.26] "
                    "Connection timed out\n"
                    "2024-11-12 09:02:11 1tAnXq-0001bC-2k H=mx2.two.test [203.0.113.26] Connection "
                    "timed out\n"
                    "2024-11-12 09:02:11 1tAnXq-0001bC-2k == info@shop.example R=dnslookup "
                    "T=remote_smtp defer (110): Connection timed out\n",
                    Verdict::Inconclusive,
                    "all for shop.example"));
    const auto postfix = [](const std::string& host, const std::string& to)
    {
        return "Nov 12 10:00:01 mx postfix/smtp[711]: 4Xs1: to=<" + to +
               ">, relay=none, "
               "delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to " +
               host + ":25: Connection timed out)\n";
    };
    BOOST_TEST(told(postfix("mx1.one.example[198.51.100.26]", "a@shop.example") +
                        postfix("mx2.two.test[203.0.113.26]", "a@shop.example"),
                    Verdict::Inconclusive,
                    "all for shop.example"));
    BOOST_TEST(told(postfix("mx1.one.example[198.51.100.26]", "a@shop.example") +
                        postfix("mx2.two.test[203.0.113.26]", "b@other.example"),
                    Verdict::Fault,
                    "2 addresses of 2 unrelated providers"));
}

BOOST_AUTO_TEST_SUITE_END()
