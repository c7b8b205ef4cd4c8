#include "packet-script.h"
#include "run-detector.h"
#include "tests/cases/case-file.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// Frames that a detector accuses in a capture.
std::set<std::uint64_t>
Accused(const std::string& capture, const std::string& detector)
{
    std::set<std::uint64_t> frames;
    for (const Alert& alert : JudgePath(tests::SharedPath("captures/" + capture), detector))
    {
        if (alert.verdict == Verdict::Fault)
        {
            frames.insert(alert.frame);
        }
    }
    return frames;
}

using Frames = std::set<std::uint64_t>;

} // namespace

/// Captures of others, on real networks; the list beside them says what is right.
BOOST_AUTO_TEST_SUITE(real_captures,
                      *boost::unit_test::precondition(tests::IfShared{"captures/LIST.md"}))

BOOST_AUTO_TEST_CASE(ForgedDataAgainstTheGenuineAnswer)
{
    const std::pair<std::string, std::uint64_t> cases[] = {
        {"quantuminsert/qi_internet_SYNACK_curl_jsonip.pcap", 5},
        {"quantuminsert/qi_local_GET_slashdot_redirect.pcap", 6},
        {"quantuminsert/qi_local_SYNACK_putty_dl.pcap", 21}};
    for (const auto& [capture, frame] : cases)
    {
        BOOST_TEST((Accused(capture, "overlap-conflict") == Frames{frame}), capture);
        BOOST_TEST((Accused(capture, "header-outlier") == Frames{frame}), capture);
        BOOST_TEST((Accused(capture, "phantom-ack") == Frames{frame}), capture);
        BOOST_TEST(Accused(capture, "forged-reset").empty(), capture);
    }
    BOOST_TEST((Accused(cases[2].first, "early-reply") == Frames{21}));
}

BOOST_AUTO_TEST_CASE(AForgedResetBeforeTheSynAck)
{
    BOOST_TEST((Accused("zeek/rst-inject-rae.pcap", "forged-reset") == Frames{2}));
}

BOOST_AUTO_TEST_CASE(ResetsWithDrawnTtlsAreFoundAndLocatedByProbes)
{
    const std::string capture = "centrace/222.138.4.221_archive.org_archive.org.pcap";
    BOOST_TEST((Accused(capture, "forged-reset") == Frames{117, 129, 141, 152, 164, 176}));
    for (const Alert& alert : JudgePath(tests::SharedPath("captures/" + capture), "hop-locator"))
    {
        BOOST_REQUIRE(alert.where.hops);
        BOOST_TEST(alert.where.hops->after == 12);
        BOOST_TEST(alert.where.hops->to == 13);
    }
}

BOOST_AUTO_TEST_CASE(WhatOnlyLooksWrongIsNoAlarm)
{
    for (const char* capture : {"zeek/reassembly.pcap",
                                "suricata-verify/eve-overlap-payload-01_tcp-overlap.pcap",
                                "centrace/116.223.148.197_www.ft.com_www.ft.com.pcap"})
    {
        BOOST_TEST(Accused(capture, "").empty(), capture);
    }
    for (const char* capture :
         {"zeek/reassembly.pcap", "suricata-verify/eve-overlap-payload-01_tcp-overlap.pcap"})
    {
        const auto alerts =
            JudgePath(tests::SharedPath("captures/" + std::string(capture)), "overlap-conflict");
        BOOST_TEST(!alerts.empty());
        BOOST_TEST(std::all_of(alerts.begin(),
                               alerts.end(),
                               [](const Alert& alert)
                               { return alert.dottedClass == "inconsistent"; }));
    }
}

BOOST_AUTO_TEST_CASE(SilenceWhereNothingIsForged)
{
    for (const char* capture : {"zeek/ssh-dups.pcap",
                                "zeek/retransmit-fast009.pcap",
                                "zeek/smtp.pcap",
                                "suricata-verify/smtp-long-command_input.pcap",
                                "suricata-verify/bug-1045_smtpsuricataflowbitsFN.pcap",
                                "centrace/116.223.148.197_www.ft.com_example.com.pcap",
                                "centrace/222.138.4.221_archive.org_example.com.pcap"})
    {
        const auto alerts = JudgePath(tests::SharedPath("captures/" + std::string(capture)));
        BOOST_TEST(alerts.empty(),
                   capture << ": " << (alerts.empty() ? "" : ToJsonLine(alerts[0])));
    }
}

/// CommuniGate Pro answers each of two bad commands of one pipeline after two seconds of their own;
/// with one of them, a RCPT, the mail is refused.
BOOST_AUTO_TEST_CASE(ARealServersTarpitIsFoundAndWhatItRefused)
{
    const auto alerts =
        JudgePath(tests::SharedPath("captures/suricata-verify/smtp-errors_smtperr.pcap"));
    BOOST_REQUIRE_EQUAL(alerts.size(), 2);
    BOOST_TEST(alerts[1].detector == "refusals");
    BOOST_TEST((alerts[1].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[1].frame == 139);
    BOOST_TEST(alerts[0].detector == "tarpit");
    BOOST_TEST(alerts[0].dottedClass == "tarpit.delay");
    BOOST_TEST((alerts[0].evidence.frames == std::vector<std::uint64_t>{139, 141}));
}

BOOST_AUTO_TEST_CASE(OneDirectionIsNotEnough)
{
    const auto alerts = JudgePath(tests::SharedPath("captures/zeek/smtp-one-side-only.pcap"));
    std::size_t said = 0;
    for (const Alert& alert : alerts)
    {
        said += alert.dottedClass == "insufficient" ? 1 : 0;
        BOOST_TEST((alert.verdict == Verdict::Inconclusive));
    }
    BOOST_TEST(said == 1);
}

BOOST_AUTO_TEST_SUITE_END()

/// The captures of which cases/world.txt tells the headers.
BOOST_AUTO_TEST_SUITE(real_cases,
                      *boost::unit_test::precondition(tests::IfShared{"cases/captures/README.md"}))

BOOST_AUTO_TEST_CASE(TextsAndCapturesAreJudgedAlike)
{
    const auto said = [](const std::vector<Alert>& alerts)
    {
        std::multiset<std::string> lines;
        for (const Alert& alert : alerts)
        {
            lines.insert(alert.detector + " " + alert.dottedClass + " " +
                         std::string(NameOf(alert.verdict)) + " " + std::to_string(alert.frame));
        }
        return lines;
    };
    std::size_t compared = 0;
    for (const Case& told : ReadCasesIn(tests::SourceDir() / "tests" / "detectors" / "cases"))
    {
        const auto capture = tests::SharedPath("cases/captures/" + told.name + ".pcap");
        if (told.at.rfind("world.txt", 0) != 0 || !std::filesystem::exists(capture))
        {
            continue;
        }
        ++compared;
        const EvidenceScratch made;
        made.Write("capture.pcap", PcapOf(ReadPacketScript(told.lines)));
        const auto text = said(JudgePath(made.Path()));
        const auto captured = said(JudgePath(capture));
        BOOST_TEST((text == captured), told.name);
    }
    BOOST_TEST(compared >= 14);
}

BOOST_AUTO_TEST_SUITE_END()
