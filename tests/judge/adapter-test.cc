#include "lab/judge/adapter.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::judge;

std::string
ErrorOf(const std::string& yaml)
{
    const cli::Scratch scratch;
    const std::string file = (scratch.Path() / "a.yaml").string();
    score::WriteTextFile(file, yaml);
    try
    {
        Adapter adapter(file);
        return {};
    }
    catch (const scenario::ScenarioError& error)
    {
        return std::string(error.what()).substr(scratch.Path().string().size() + 1);
    }
}

Adapter
AdapterOf(const std::string& yaml)
{
    const cli::Scratch scratch;
    score::WriteTextFile(scratch.Path() / "mine.yaml", yaml);
    return Adapter((scratch.Path() / "mine.yaml").string());
}

Alert
Suricatas(const std::string& signature, const std::string& category)
{
    Alert alert;
    alert.signature = signature;
    alert.category = category;
    alert.frame = 9;
    return alert;
}

BOOST_AUTO_TEST_SUITE(adapter)

BOOST_AUTO_TEST_CASE(FaultsAreNamedWithTheirPlace)
{
    BOOST_TEST(ErrorOf("filter: tcp\nclass: forged.reply\n") == "");
    BOOST_TEST(ErrorOf("class: forged.reply\n").find("found neither filter nor rows") !=
               std::string::npos);
    BOOST_TEST(ErrorOf("filter: tcp\n")
                   .find("found nothing, expected a class that begins with "
                         "forged") != std::string::npos);
    const std::string word = ErrorOf("filter: tcp\nclass: weather\n");
    BOOST_TEST(word.find("a.yaml:2:8: class: found \"weather\"") == 0u, word);
    const std::string row = ErrorOf("rows:\n  - {signature: x, class: weather}\n");
    BOOST_TEST(row.find("a.yaml:2:27") == 0u, row);
    BOOST_TEST(ErrorOf("filter: tcp\nclass: forged\nrows: [{class: forged}]\n")
                   .find("found filter and rows") != std::string::npos);
    BOOST_TEST(ErrorOf("filer: tcp\n").find("did you mean") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TheFirstRowThatFitsDecides)
{
    const Adapter adapter =
        AdapterOf("rows:\n"
                  "  - {signature: '*overlap*', class: forged.data}\n"
                  "  - {category: Misc*, class: inconsistent, verdict: benign}\n"
                  "  - {signature: LOCAL *, class: forged.reply}\n");
    const auto said = adapter.Translate({Suricatas("SURICATA STREAM Overlap", "Misc"),
                                         Suricatas("something", "Misc activity"),
                                         Suricatas("LOCAL reply", "c"),
                                         Suricatas("GPL ATTACK_RESPONSE", "c")});
    BOOST_REQUIRE(said.size() == 3);
    BOOST_TEST(said[0].dottedClass == "forged.data");
    BOOST_TEST(said[0].frame == 9u);
    BOOST_TEST((said[1].verdict == Verdict::Benign));
    BOOST_TEST(said[2].dottedClass == "forged.reply");
    // What only explains is nothing that it looks for.
    BOOST_TEST(*adapter.Scope().finds == (std::set<std::string>{"forged.data", "forged.reply"}),
               boost::test_tools::per_element());
    BOOST_TEST(!adapter.IsFilter());
}

/// A line in the form that Suricata 3.1 wrote (suricata-verify, alert-testmyids).
BOOST_AUTO_TEST_CASE(SuricatasOwnLinesAreTranslated)
{
    std::string error;
    const auto alert = AlertFromJsonLine(
        R"({"timestamp":"2016-07-13T16:42:07.573103-0600","flow_id":1842518484266121,"pcap_cnt":9,)"
        R"("event_type":"alert","src_ip":"82.165.177.154","src_port":80,"dest_ip":"10.16.1.11",)"
        R"("dest_port":54186,"proto":"TCP","alert":{"action":"allowed","gid":1,)"
        R"("signature_id":2210050,"rev":2,)"
        R"("signature":"SURICATA STREAM reassembly overlap with different data",)"
        R"("category":"Generic Protocol Command Decode","severity":3},"stream":1})",
        error);
    BOOST_REQUIRE(alert);
    const Adapter shipped((tests::SourceDir() / "detectors/adapters/suricata.yaml").string());
    const auto said = shipped.Translate({*alert});
    BOOST_REQUIRE(said.size() == 1);
    BOOST_TEST(said[0].dottedClass == "forged.data");
    BOOST_TEST(
        shipped.Translate({Suricatas("GPL ATTACK_RESPONSE id check returned root", "")}).empty());
}

BOOST_AUTO_TEST_CASE(WhatTsharkPrintsBecomesAlerts)
{
    const Adapter adapter = AdapterOf("{filter: smtp.response.code == 500, class: forged.reply}");
    BOOST_TEST(adapter.IsFilter());
    const auto alerts =
        adapter.AlertsOf("11,1159253093.103763001,203.131.198.80,25,10.4.1.4,60661\n"
                         "12,1159253094,,,,\n",
                         "gateway/capture.pcap");
    BOOST_REQUIRE(alerts.size() == 2);
    BOOST_TEST(alerts[0].frame == 11u);
    BOOST_TEST(FormatEveTime(alerts[0].time) == "2006-09-26T06:44:53.103763001+0000");
    BOOST_TEST(alerts[0].sourcePort == 25);
    BOOST_TEST(alerts[0].destination.ToString() == "10.4.1.4");
    BOOST_TEST(alerts[0].evidence.file == "gateway/capture.pcap");
    BOOST_TEST(alerts[0].dottedClass == "forged.reply");
    BOOST_TEST(alerts[1].sourcePort == 0);
    BOOST_CHECK_THROW(adapter.AlertsOf("11,1\n", "x"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
