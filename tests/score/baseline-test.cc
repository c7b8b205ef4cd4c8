#include "lab/score/baseline.h"
#include "lab/score/fingerprint.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

using Names = std::vector<std::string>;

constexpr const char* ALERT =
    R"({"timestamp": "2006-09-26T06:44:53.103763+0000", "pcap_cnt": 7, "alert": {"signature": "s"},
 "class": "forged.reply", "verdict": "fault", "evidence": {"frames": [7], "explanation": "e"}})";

/// A sealed run with one verdict and two claims, some of its words replaced by others.
class SealedRun
{
  public:
    explicit SealedRun(const DocumentedRun& documented = {})
    {
        documented.Write(m_folder.Path());
        Verdict(ALERT);
        Claims("0.2 ms", "held");
    }

    void Verdict(std::string lines) const
    {
        std::replace(lines.begin(), lines.end(), '\n', ' ');
        Write("verdicts/early-reply/gateway.jsonl", lines);
    }

    void Claims(const std::string& simulated, const std::string& result) const
    {
        Write("fidelity.json",
              R"([{"id": "S003-01", "kind": "emergent", "simulated": ")" + simulated +
                  R"(", "result": ")" + result + R"(", "reason": "some"}])");
    }

    void Write(const char* file, const std::string& text) const
    {
        std::filesystem::create_directories((m_folder.Path() / file).parent_path());
        WriteTextFile(m_folder.Path() / file, text);
    }

    Fingerprints Prints() const { return FingerprintsOf(RunFolder(m_folder.Path())); }

  private:
    TemporaryFolder m_folder;
};

/// The names of the ingredients in which a run differs from the documented one.
Names
Changed(const SealedRun& run)
{
    Names names;
    for (const std::string& line : Differences(run.Prints(), SealedRun().Prints()))
    {
        names.push_back(line.substr(0, line.find(':')));
    }
    return names;
}

BOOST_AUTO_TEST_SUITE(baseline)

BOOST_AUTO_TEST_CASE(SameRunSamePrints)
{
    BOOST_TEST(Changed(SealedRun()).empty());
}

BOOST_AUTO_TEST_CASE(TimesAloneChangeTheWireOnly)
{
    DocumentedRun run;
    run.packets[4].ipId += 1;
    BOOST_TEST(Changed(SealedRun(run)) == Names{"wire"}, boost::test_tools::per_element());
    run.packets[4].microseconds += 1;
    BOOST_TEST((Changed(SealedRun(run)) == Names{"wire", "truth"}));
}

BOOST_AUTO_TEST_CASE(OtherTextChangesTheOrder)
{
    DocumentedRun run;
    run.packets[4].text[6] = 'x';
    BOOST_TEST((Changed(SealedRun(run)) == Names{"order", "wire"}));
}

BOOST_AUTO_TEST_CASE(LogsStandApart)
{
    const SealedRun run;
    run.Write("evidence/mail-host/qmail.log", "other\n");
    BOOST_TEST((Changed(run) == Names{"logs"}));
}

BOOST_AUTO_TEST_CASE(AVerdictIsToldFromItsWords)
{
    const SealedRun run;
    const auto with = [](const char* word, const char* other)
    { return boost::replace_first_copy(std::string(ALERT), word, other); };
    run.Verdict(with(R"("pcap_cnt": 7, )", "") + "\n");
    BOOST_TEST((Changed(run) == Names{"verdicts"}));
    run.Verdict(with(R"("explanation": "e")", R"("explanation": "better said")"));
    BOOST_TEST((Changed(run) == Names{"verdict-texts"}));
    run.Verdict(with(R"("class": "forged.reply", "verdict": "fault")",
                     R"("verdict":   "fault", "class": "forged.reply")"));
    BOOST_TEST(Changed(run).empty());
    run.Write("verdicts/rtt-bound/gateway.jsonl", "");
    BOOST_TEST(Changed(run).empty());
}

BOOST_AUTO_TEST_CASE(CountsTellAVerdictThatCameFromOneThatChanged)
{
    const SealedRun run;
    BOOST_TEST(run.Prints().verdicts.rfind("1 fault, 0 benign, 0 inconclusive, ", 0) == 0u);
    run.Write("verdicts/rtt-bound/gateway.jsonl",
              R"({"class": "forged.reply", "verdict": "benign", "pcap_cnt": 7})");
    BOOST_TEST(run.Prints().verdicts.rfind("1 fault, 1 benign, 0 inconclusive, ", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(ClaimsAreIdKindValueAndResult)
{
    const SealedRun run;
    BOOST_TEST(run.Prints().claims.rfind("1 held, 0 missed, ", 0) == 0u);
    run.Claims("0.3 ms", "held");
    BOOST_TEST((Changed(run) == Names{"claims"}));
    run.Claims("0.2 ms", "missed");
    BOOST_TEST(run.Prints().claims.rfind("0 held, 1 missed, ", 0) == 0u);
    run.Write(
        "fidelity.json",
        R"([{"result": "held", "simulated": "0.2 ms", "kind": "emergent", "id": "S003-01"}])");
    BOOST_TEST(Changed(run).empty());
}

BOOST_AUTO_TEST_CASE(WhatIsWrittenReadsBack)
{
    const TemporaryFolder folder;
    const auto file = folder.Path() / "forged-reply" / "error-500.json";
    BOOST_CHECK_THROW(ReadBaseline(file), std::runtime_error);
    const Fingerprints prints = SealedRun().Prints();
    WriteBaseline(file, {{1, prints}, {2, {}}});
    const Baseline baseline = ReadBaseline(file);
    BOOST_REQUIRE(baseline.size() == 2u);
    BOOST_TEST(Differences(baseline.at(1), prints).empty());
    BOOST_TEST(Differences(baseline.at(2), prints).size() == 7u);
    WriteTextFile(file, "{}");
    BOOST_CHECK_THROW(ReadBaseline(file), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(EachChangedCellIsTold)
{
    const auto told = [](const Fingerprints& before, const Fingerprints& after)
    {
        Names lines;
        for (const BaselineChange& change : Changes(before, after))
        {
            lines.push_back(change.what + "|" + change.cell + "|" +
                            (change.cell.empty() ? "" : change.before + "|" + change.after));
        }
        return lines;
    };
    const SealedRun run;
    const Fingerprints before = run.Prints();
    BOOST_TEST(told(before, run.Prints()).empty());
    run.Claims("0.3 ms", "missed");
    run.Write("verdicts/early-reply/gateway.jsonl", "");
    run.Write("verdicts/rtt-bound/gateway.jsonl",
              R"({"class": "forged.reply", "verdict": "benign", "pcap_cnt": 7})");
    const Fingerprints after = run.Prints();
    const Names lines = told(before, after);
    BOOST_TEST_INFO("first " << (lines.empty() ? "" : lines.front()));
    BOOST_REQUIRE(lines.size() == 6U);
    BOOST_TEST(lines[0] == "verdicts||");
    BOOST_TEST(lines[1].rfind("verdicts|early-reply/gateway|1 fault, ", 0) == 0U);
    BOOST_TEST(lines[1].substr(lines[1].rfind('|')) == "|none");
    BOOST_TEST(lines[2].rfind("verdicts|rtt-bound/gateway|none|1 benign, ", 0) == 0U);
    BOOST_TEST(lines[3] == "verdict-texts||");
    BOOST_TEST(lines[5] == "claims|S003-01|held: 0.2 ms|missed: 0.3 ms");

    Fingerprints old = before;
    old.cells.reset();
    BOOST_TEST(told(old, after).back() == "claims|S003-01|not stored|missed: 0.3 ms");
}

BOOST_AUTO_TEST_CASE(CellsReadBack)
{
    const TemporaryFolder folder;
    const auto file = folder.Path() / "error-500.json";
    const Fingerprints prints = SealedRun().Prints();
    WriteBaseline(file, {{1, prints}, {2, {}}});
    const Baseline baseline = ReadBaseline(file);
    BOOST_REQUIRE(baseline.at(1).cells);
    BOOST_TEST((baseline.at(1).cells->claims == prints.cells->claims));
    BOOST_TEST((baseline.at(1).cells->verdicts == prints.cells->verdicts));
    BOOST_TEST(prints.cells->verdicts.size() == 1U);
    BOOST_TEST(!baseline.at(2).cells);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
