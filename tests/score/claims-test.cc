#include "lab/scenario/load.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/claim-check.h"
#include "lab/score/fidelity/condition.h"
#include "lab/score/fidelity/functions.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"
#include "tests/score/scenario-measures.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <map>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;
namespace fs = std::filesystem;

const fs::path SOURCE = tests::SourceDir();

/// Selections of the session that S003 prints.
constexpr const char* SESSION = R"(name: forged-reply
base:
  select:
    rcpt: {kind: packets, where: {text: "~ ^RCPT TO:<kawamura"}, take: first}
    session: {kind: packets, where: {flow: in rcpt.flow}}
    replies: {from: [session], where: {heading: in, octets: "> 0"}}
    forged: {from: [session], where: {forged: yes}}
    genuine: {from: [replies], where: {forged: no}, after: rcpt, take: 1}
    before: {from: [replies], before: rcpt}
    both: {from: [genuine, forged]}
    common: {from: [session], most-common: TTL}
    nothing: {from: [session], where: {text: "!= none", flags: "~ R"}}
    unlike: {from: [replies], where: {seq: not in forged.seq}}
    early: {from: [session], where: {t: "<= rcpt.t", TTL: "!= 49"}}
    hops: {kind: hops}
    log: {kind: deliveries}
    lines: {kind: lines, where: {file: qmail.log}}
)";

scenario::Expectations
Read(const std::string& text)
{
    const TemporaryFolder folder;
    const fs::path file = folder.Path() / "expect.yaml";
    WriteTextFile(file, text + "variants:\n  error-500: {}\n");
    return scenario::ExpectationFile::Load(file.string()).Resolve("error-500");
}

/// The value of a recipe in the documented run.
std::string
ValueOf(const std::string& recipe)
{
    const scenario::Expectations expectations = Read(
        std::string(SESSION) + "  measure:\n    m:\n      also: {count: replies}\n" +
        "      yes: {exists: [replies]}\n      no: {absent: [replies]}\n      v: " + recipe + "\n");
    CheckClaims(expectations);
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path());
    const RunFolder run(folder.Path());
    try
    {
        return Evaluation(run, expectations).FactOf("m", "v").text;
    }
    catch (const NotMeasurable& problem)
    {
        return std::string("not measured: ") + problem.what();
    }
}

/// The message about a file, from its name on.
std::string
Error(const std::string& text)
{
    try
    {
        CheckClaims(Read(text));
    }
    catch (const scenario::ScenarioError& error)
    {
        const std::string what = error.what();
        return what.substr(what.find("expect.yaml"));
    }
    return "";
}

std::string
SelectError(const std::string& selection)
{
    return Error("name: x\nbase:\n  select:\n    a: {kind: packets}\n    h: {kind: hops}\n    b: " +
                 selection + "\n");
}

std::string
MeasureError(const std::string& recipe)
{
    return Error("name: x\nbase:\n  select: {a: {kind: packets}, h: {kind: hops}}\n  measure:\n    "
                 "m:\n      v: " +
                 recipe + "\n");
}

/// Of a verdict that is counted by a field.
std::string
CountError(const std::string& each)
{
    return Error(
        "name: x\nbase:\n  select: {a: {kind: packets}}\n  verdicts:\n    d: {v: {verdict: "
        "benign, count: each " +
        each + "}}\n");
}

BOOST_AUTO_TEST_SUITE(claims)

BOOST_AUTO_TEST_CASE(SelectionsTakeRows)
{
    for (const auto& [selection, count] : std::map<std::string, const char*>{{"session", "13"},
                                                                             {"replies", "5"},
                                                                             {"forged", "1"},
                                                                             {"genuine", "1"},
                                                                             {"before", "3"},
                                                                             {"both", "2"},
                                                                             {"common", "6"},
                                                                             {"nothing", "0"},
                                                                             {"unlike", "3"},
                                                                             {"early", "5"},
                                                                             {"hops", "15"},
                                                                             {"log", "2"}})
    {
        BOOST_TEST(ValueOf("{count: " + selection + "}") == count, selection);
    }
}

BOOST_AUTO_TEST_CASE(FunctionsOfRows)
{
    BOOST_TEST(ValueOf("{first: replies.octets}") == "81");
    BOOST_TEST(
        FindPattern(std::string(1000000, 'x') + " end", *ParsePattern("(x )?end$")).value() ==
        "x ");
    BOOST_TEST(ValueOf("{last: replies.text, pattern: \"^...\"}") == "250");
    BOOST_TEST(ValueOf("{first: replies.text, pattern: \" (nowhere)\"}") == "none");
    BOOST_TEST(ValueOf("{distinct: session.TTL}") == "3");
    BOOST_TEST(ValueOf("{list: replies.text, pattern: \"^(...)\"}") == "220, 250, 250, 500, 250");
    BOOST_TEST(ValueOf("{set: replies.text, pattern: \"^...\"}") == "220, 250, 500");
    BOOST_TEST(ValueOf("{last: replies.text, pattern: \"^...\", unit: B}") == "250 B");
    BOOST_TEST(ValueOf("{sum: replies.octets, unit: B}") == "138 B");
    BOOST_TEST(ValueOf("{least: replies.octets}") == "8");
    BOOST_TEST(ValueOf("{most: replies.octets}") == "81");
    BOOST_TEST(ValueOf("{percentile: replies.octets}") == "11");
    BOOST_TEST(ValueOf("{percentile: replies.octets, at: 80}") == "81");
    BOOST_TEST(ValueOf("{slope: before.TS, unit: Hz}") == "98 Hz");
    BOOST_TEST(ValueOf("{rising: before.IP ID}") == "yes");
    BOOST_TEST(ValueOf("{rising: session.IP ID}") == "no");
    BOOST_TEST(ValueOf("{rising: before.TTL}") == "no"); // All the same.
    BOOST_TEST(ValueOf("{constant: session.stations}") == "no");
    BOOST_TEST(ValueOf("{constant: session.stations, by: heading}") == "yes");
    BOOST_TEST(ValueOf("{exists: [session, replies]}") == "yes");
    BOOST_TEST(ValueOf("{exists: [session, nothing]}") == "no");
    BOOST_TEST(ValueOf("{absent: [nothing]}") == "yes");
    BOOST_TEST(ValueOf("{absent: [nothing, replies]}") == "no");
}

BOOST_AUTO_TEST_CASE(FunctionsOfValues)
{
    BOOST_TEST(ValueOf("{gap: [rcpt, forged]}") == "54.053 ms");
    BOOST_TEST(ValueOf("{gap: [forged, rcpt], unit: s, digits: 6}") == "-0.054053 s");
    BOOST_TEST(ValueOf("{difference: [forged.seq, session.ack]}") == "-354920985");
    BOOST_TEST(ValueOf("{difference: [forged.t, genuine.t]}") == "50.975 ms");
    BOOST_TEST(ValueOf("{difference: [65530, forged.IP ID]}") == "70");
    BOOST_TEST(ValueOf("{differences: [session.DF, session.TTL]}") ==
               "not measured: session.DF is \"yes\", which is no number");
    BOOST_TEST(ValueOf("{differences: [before.octets, before.TTL]}") == "-32, 19, 41");
    BOOST_TEST(ValueOf("{differences: [both.seq, both.ack]}") == "423712102");
    BOOST_TEST(ValueOf("{ratio: [forged.octets, genuine.octets]}") == "1.375");
    BOOST_TEST(ValueOf("{ratio: [1, 0]}") == "0.000");
    BOOST_TEST(ValueOf("{smallest: [7, m/also, 9]}") == "5");
    BOOST_TEST(ValueOf("{equal: [forged.seq, genuine.seq]}") == "yes");
    BOOST_TEST(ValueOf("{different: [forged.TTL, genuine.TTL]}") == "yes");
    BOOST_TEST(ValueOf("{less: [forged.TTL, genuine.TTL]}") == "no");
    BOOST_TEST(ValueOf("{outside: [6, 5, 7]}") == "no");
    BOOST_TEST(ValueOf("{outside: [6, 7, 5]}") == "no");
    BOOST_TEST(ValueOf("{outside: [8, 5, 7]}") == "yes");
    BOOST_TEST(ValueOf("{conflict: [forged.text, genuine.text]}") == "yes");
    BOOST_TEST(ValueOf("{conflict: [forged.text, forged.text]}") == "no");
    BOOST_TEST(ValueOf("{within-domain: [forged.text, forged.text]}") == "yes");
    BOOST_TEST(ValueOf("{within-domain: [forged.text, genuine.text]}") == "no");
    BOOST_TEST(ValueOf("{multiple: [12, 4]}") == "3 x 4");
    BOOST_TEST(ValueOf("{multiple: [13, 4]}") == "no whole number");
    BOOST_TEST(ValueOf("{join: [forged.octets, genuine.octets], with: /}") == "11/8");
    BOOST_TEST(ValueOf("{all: [m/yes, m/yes]}") == "yes");
    BOOST_TEST(ValueOf("{all: [m/yes, m/no]}") == "no");
    BOOST_TEST(ValueOf("{hops: forged.TTL}") == "7");
    BOOST_TEST(ValueOf("{hop-interval: forged.TTL}") == "(6, 7]");
    BOOST_TEST(ValueOf("{uptime: 360060, rate: 100}") == "1 h 0 m 0 s");
    BOOST_TEST(ValueOf("{length: forged.flags}") == "2");
    BOOST_TEST(ValueOf("{private: session.to address}") == "no");
    BOOST_TEST(ValueOf("{private: session.to address, is: no}") == "yes");
    BOOST_TEST(ValueOf("{clock: log, zone: 8 h}") == "14:46:23");
    BOOST_TEST(ValueOf("{first: forged.text, matches: ^500}") == "yes");
}

BOOST_AUTO_TEST_CASE(WhatIsNotThereIsToldWithItsReason)
{
    BOOST_TEST(ValueOf("{first: nothing.TTL}") ==
               "not measured: nothing selects nothing: none of 13 rows has flags: ~ R");
    BOOST_TEST(ValueOf("{gap: [nothing, forged]}") ==
               "not measured: nothing selects nothing: none of 13 rows has flags: ~ R");
    BOOST_TEST(ValueOf("{most: forged.TS}") == "not measured: forged.TS has no number");
    BOOST_TEST(ValueOf("{hops: forged.text}") ==
               "not measured: forged.text is \"500 error\\r\\n\", which is no number");
}

/// Every function is documented, works in a test above, and is what the field table names.
BOOST_AUTO_TEST_CASE(EveryKindFieldAndFunctionIsDocumented)
{
    const std::string page = ReadTextFile(SOURCE / "docs/claims.md");
    const std::string tests = ReadTextFile(SOURCE / "tests/score/claims-test.cc");
    const std::vector<FieldEntry>& functions = TypeOf<scenario::FactFunctions>().table().fields;
    BOOST_TEST(functions.size() == AllFunctions().size());
    for (const FieldEntry& function : functions)
    {
        const std::string name(function.key);
        BOOST_TEST(AllFunctions().count(name) == 1u, name);
        BOOST_TEST(page.find("| `" + name + "` |") != std::string::npos, name);
        BOOST_TEST(tests.find("ValueOf(\"{" + name + ": ") != std::string::npos, name);
    }
    for (const auto& [name, kind] : AllKinds())
    {
        BOOST_TEST(page.find("| `" + name + "` |") != std::string::npos, name);
        for (const std::string& column : kind.columns)
        {
            BOOST_TEST(page.find(column) != std::string::npos, name << "." << column);
        }
    }
}

BOOST_AUTO_TEST_CASE(EveryShippedFileStands)
{
    for (const auto& entry : fs::directory_iterator(SOURCE / "scenarios"))
    {
        const auto file = scenario::ExpectationFile::Load((entry.path() / "expect.yaml").string());
        const auto scenario =
            scenario::ScenarioFile::Load((entry.path() / "scenario.yaml").string());
        BOOST_TEST(file.Variants() == scenario.Variants(), boost::test_tools::per_element());
        for (const std::string& variant : file.Variants())
        {
            BOOST_CHECK_NO_THROW(CheckClaims(file.Resolve(variant)));
            for (const auto& claim : file.Resolve(variant).claims)
            {
                BOOST_TEST(scenario::IsEvidenceId(claim.first), claim.first);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(SelectionsThatCannotStand)
{
    BOOST_TEST(SelectError("{kind: packets}") == "");
    BOOST_TEST(SelectError("{kind: packet}") ==
               "expect.yaml:6:15: select.b.kind: found no kind of evidence \"packet\", did you "
               "mean \"packets\"?");
    BOOST_TEST(SelectError("{kind: packets, where: {TTTL: 7}}") ==
               "expect.yaml:6:38: select.b.where.TTTL: found no field \"TTTL\", did you mean "
               "\"TTL\"?");
    BOOST_TEST(SelectError("{kind: truth, where: {did: refused, vantage: x}}") == "");
    BOOST_TEST(SelectError("{kind: truth, where: {did: \"~ ref\"}}") == "");
    BOOST_TEST(SelectError("{kind: truth, where: {did: refsued}}") ==
               "expect.yaml:6:35: select.b.where.did: found \"refsued\", which `did` never is, did "
               "you mean \"refused\"?");
    BOOST_TEST(SelectError("{kind: packets, where: {forged: true}}") ==
               "expect.yaml:6:40: select.b.where.forged: found \"true\", which `forged` never is, "
               "expected one of yes, no");
    BOOST_TEST(SelectError("{kinds: packets}").find("did you mean \"kind\"?") != std::string::npos);
    BOOST_TEST(
        SelectError("{take: first}") ==
        "expect.yaml:6:5: select.b: found neither or both of `kind` and `from`, expected one "
        "of them");
    BOOST_TEST(SelectError("{from: [a, h]}") ==
               "expect.yaml:6:15: select.b.from: found selections of different kinds, expected one "
               "kind");
    BOOST_TEST(SelectError("{from: [b]}") ==
               "expect.yaml:6:15: select.b.from: found \"b\", which is taken from itself");
    BOOST_TEST(SelectError("{kind: packets, after: h}") ==
               "expect.yaml:6:31: select.b.after: found \"h\", expected a selection of the same "
               "kind");
    BOOST_TEST(SelectError("{kind: packets, take: third}") ==
               "expect.yaml:6:30: select.b.take: found \"third\", expected first, last or a number "
               "of at least 1");
    BOOST_TEST(SelectError("{kind: packets, where: {TTL: in a}}") ==
               "expect.yaml:6:37: select.b.where.TTL: found \"a\", expected SELECTION.FIELD");
    BOOST_TEST(SelectError("{kind: packets, where: {TTL: < a.TTTL}}") ==
               "expect.yaml:6:37: select.b.where.TTL: found no field \"TTTL\", did you mean "
               "\"TTL\"?");
    BOOST_TEST(SelectError("{kind: packets, where: {TTL: < high}}") ==
               "expect.yaml:6:37: select.b.where.TTL: found bound \"high\", expected a number and "
               "its unit");
    BOOST_TEST(SelectError("{kind: packets, where: {TTL: \"~ (\"}}")
                   .find("expect.yaml:6:37: select.b.where.TTL: found \"(\", expected a regular "
                         "expression") == 0u);
}

BOOST_AUTO_TEST_CASE(VerdictsThatCannotBeCounted)
{
    BOOST_TEST(CountError("a.flow") == "");
    BOOST_TEST(CountError("a") == "expect.yaml:5:37: verdicts.d.v.count: found \"a\", expected "
                                  "SELECTION.FIELD");
    BOOST_TEST(CountError("b.flow").find("verdicts.d.v.count: found no selection \"b\"") !=
               std::string::npos);
    BOOST_TEST(CountError("a.flaw").find("verdicts.d.v.count: found no field \"flaw\", did you "
                                         "mean \"flow\"?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(MeasurementsThatCannotStand)
{
    BOOST_TEST(MeasureError("{count: a}") == "");
    BOOST_TEST(MeasureError("{coumt: a}").find("did you mean \"count\"?") != std::string::npos);
    BOOST_TEST(MeasureError("{count: b}") ==
               "expect.yaml:6:18: measure.m.v.count: found no selection \"b\", expected one of a, "
               "h");
    BOOST_TEST(MeasureError("{first: a.TTTL}") ==
               "expect.yaml:6:18: measure.m.v.first: found no field \"TTTL\", did you mean "
               "\"TTL\"?");
    BOOST_TEST(MeasureError("{count: a, first: a.TTL}")
                   .find("measure.m.v: found 2 functions, "
                         "expected one of absent, all, ") != std::string::npos);
    BOOST_TEST(MeasureError("{gap: [a]}") ==
               "expect.yaml:6:16: measure.m.v.gap: found 1 operands, expected 2");
    BOOST_TEST(MeasureError("{gap: [a, h]}") ==
               "expect.yaml:6:16: measure.m.v.gap: found \"h\", whose rows have no times");
    BOOST_TEST(MeasureError("{differences: [a.TTL, h.number]}") ==
               "expect.yaml:6:24: measure.m.v.differences: found fields of two selections, "
               "expected fields of one");
    BOOST_TEST(MeasureError("{equal: [m/v, 1]}") ==
               "expect.yaml:6:18: measure.m.v.equal: found \"m/v\", which is computed from itself");
    BOOST_TEST(MeasureError("{equal: [m/w, 1]}") ==
               "expect.yaml:6:18: measure.m.v.equal: found no value \"w\", expected one of v");
    BOOST_TEST(MeasureError("{count: a, at: 5}") ==
               "expect.yaml:6:25: measure.m.v.at: found it beside count, which takes none");
}

BOOST_AUTO_TEST_CASE(ClaimsThatCannotStand)
{
    const std::string head = "name: x\nbase:\n  select: {a: {kind: hops}}\n  measure: {m: {n: "
                             "{count: a}}}\n  claims:\n    S003-20: {kind: input, check: ";
    BOOST_TEST(Error(head + "m, documented: 5}\n") == "");
    BOOST_TEST(Error(head + "a, documented: \"number: 5 | min: 3 ms\"}\n") == "");
    BOOST_TEST(Error(head + "n, documented: 5}\n") ==
               "expect.yaml:6:35: claims.S003-20.check: found \"n\", expected one of m, a");
    BOOST_TEST(Error(head + "m, documented: 5, unless: a}\n") == "");
    BOOST_TEST(Error(head + "m, documented: 5, unless: m}\n") ==
               "expect.yaml:6:61: claims.S003-20.unless: found \"m\", expected one of a");
    BOOST_TEST(
        Error(head + "m, documented: < few}\n") ==
        "expect.yaml:6:50: claims.S003-20.documented: found bound \"few\", expected a number "
        "and its unit");
}

/// Names of what the scenarios invent or quote stay in the scenarios.
BOOST_AUTO_TEST_CASE(TheScorerKnowsNoDocument)
{
    for (const auto& entry : fs::recursive_directory_iterator(SOURCE / "lab/score"))
    {
        const std::string text = entry.is_regular_file() ? ReadTextFile(entry.path()) : "";
        for (const char* word : {"northwind",
                                 "globalsuite",
                                 "livedoor",
                                 "data-hotel",
                                 "contoso",
                                 "abc.com",
                                 "neptune",
                                 "WIN-TQTAID",
                                 "kawamura",
                                 "jia@",
                                 "relaytest",
                                 "relay-test-",
                                 "69.46.103",
                                 "203.131.198",
                                 "192.168.0.222",
                                 "orders@part",
                                 "antispam",
                                 "exch1",
                                 "did not reach some"})
        {
            BOOST_TEST(text.find(word) == std::string::npos, entry.path() << " knows " << word);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
