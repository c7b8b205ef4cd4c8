#include "lab/scenario/expectations.h"

#include "tests/scenario/small-scenario.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::scenario;

namespace
{

const std::string GOOD =
    "name: small\n"
    "base:\n"
    "  claims:\n"
    "    S003-20: {kind: fitted, check: rcpt-to-forged, documented: 54.053, "
    "tolerance: 0.5 ms}\n"
    "  verdicts:\n"
    "    early-reply:\n"
    "      gateway-inside: {verdict: fault, count: 1}\n"
    "      mail-host: {verdict: unsupported}\n"
    "variants:\n"
    "  fault:\n"
    "    claims: {S003-22: {kind: emergent, check: lead, documented: 50.975}}\n"
    "  control:\n"
    "    claims: {S003-20: ~}\n"
    "    verdicts:\n"
    "      early-reply: {gateway-inside: {verdict: none, count: 0}}\n"
    "  linux: {}\n"
    "  no-mail-at-japan: {}\n";

std::string
Error(const std::string& from, const std::string& to)
{
    std::string text = GOOD;
    text.replace(text.find(from), from.size(), to);
    const TemporaryFile file("expect-test.yaml", text);
    try
    {
        const PersonaLibrary personas(DATA);
        const ExpectationFile expectations = ExpectationFile::Load(file.Path());
        expectations.CheckAgainst(ScenarioFile::Load(DATA + "/small.yaml"), personas);
    }
    catch (const ScenarioError& error)
    {
        const std::string what = error.what();
        return what.substr(what.find("expect-test.yaml"));
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(expectations)

/// Users have statements of their own.
BOOST_AUTO_TEST_CASE(ClaimsMayHaveIdsOfOnesOwn)
{
    for (const std::string id : {"MY-1", "my-claim", "Incident-2026"})
    {
        const TemporaryFile file("expect-own.yaml",
                                 "name: small\nbase:\n  claims:\n    " + id +
                                     ": {kind: fitted, check: a}\nvariants:\n  fault: {}\n");
        BOOST_TEST(ExpectationFile::Load(file.Path()).Resolve("fault").claims.count(id) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(ReadsClaimsAndVerdicts)
{
    const TemporaryFile file("expect-good.yaml", GOOD);
    const ExpectationFile expectations = ExpectationFile::Load(file.Path());
    const Expectations fault = expectations.Resolve("fault");
    BOOST_TEST(fault.claims.size() == 2U);
    BOOST_TEST((fault.claims.at("S003-20").kind == ClaimKind::Fitted));
    BOOST_TEST(fault.claims.at("S003-20").documented == "54.053");
    BOOST_TEST(fault.claims.at("S003-20").tolerance == "0.5 ms");
    BOOST_TEST(fault.verdicts.at("early-reply").at("gateway-inside").lines.least == 1U);
    // A merge keeps the count of base unless the variant has its own.
    const Expectations control = expectations.Resolve("control");
    BOOST_TEST(control.claims.empty());
    BOOST_TEST(
        (control.verdicts.at("early-reply").at("gateway-inside").verdict == ExpectedWord::None));
    BOOST_TEST(
        (control.verdicts.at("early-reply").at("mail-host").verdict == ExpectedWord::Unsupported));
    BOOST_CHECK_THROW(expectations.Resolve("contro"), ScenarioError);
}

BOOST_AUTO_TEST_CASE(RefusesWhatCannotStand)
{
    BOOST_TEST(Error("x", "x") == "");
    BOOST_TEST(
        Error("name: small", "name: smal") ==
        "expect-test.yaml:1:7: name: found \"smal\", expected \"small\", the scenario's name");
    BOOST_TEST(
        Error("kind: fitted", "kind: fited") ==
        "expect-test.yaml:4:21: claims.S003-20.kind: found \"fited\", expected one of input, "
        "fitted, emergent, inference, did you mean \"fitted\"?");
    BOOST_TEST(Error("S003-20: {kind", "S0003-20: {kind") ==
               "expect-test.yaml:4:5: claims.S0003-20: found \"S0003-20\", expected an evidence id "
               "such as S003-20, a fact's such as F78 or I12-block, or one of your own such as "
               "my-claim");
    for (const std::string id : {"I12-", "I12-Block", "I12block", "S-1", "12-block", "my.claim"})
    {
        BOOST_TEST(Error("S003-20: {kind", id + ": {kind").find("expected an evidence id") !=
                   std::string::npos);
    }
    BOOST_TEST(Error("verdict: none, count: 0", "verdict: none") ==
               "expect-test.yaml:7:47: verdicts.early-reply.gateway-inside.count: found \"1\" "
               "with verdict `none`, expected 0: silence has no lines");
    BOOST_TEST(Error("gateway-inside: {verdict: fault", "gateway-insde: {verdict: fault") ==
               "expect-test.yaml:7:7: verdicts.early-reply.gateway-insde: found no vantage "
               "\"gateway-insde\", did you mean \"gateway-inside\"?");
    // Of a variant that is not there nothing is expected, as `run` takes it.
    BOOST_TEST(Error("  linux: {}\n", "") == "");
    BOOST_TEST(
        Error("  linux: {}", "  lunix: {}") ==
        "expect-test.yaml:16:3: variants.lunix: found no such variant of the scenario, did you "
        "mean \"linux\"?");
    BOOST_TEST(
        Error("{S003-20: ~}", "{S003-21: ~}") ==
        "expect-test.yaml:13:23: claims.S003-21: found null, expected the name of an entry of "
        "`base` to remove, did you mean \"S003-20\"?");
}

/// Two variants of one scenario share a broken world; each misses there what it claims.
BOOST_AUTO_TEST_CASE(ABrokenWorldIsSharedByVariants)
{
    const auto with = [](const std::string& text)
    { return Error("base:\n", "base:\n  breaks:\n    other: " + text + "\n"); };
    const std::string set = "{set: 'duration=20 s', misses: ";
    BOOST_TEST(with(set + "[S003-22, S003-20]}") == "");
    BOOST_TEST(with(set + "[S003-23]}") ==
               "expect-test.yaml:4:43: breaks.other.misses: found no claim \"S003-23\", did you "
               "mean \"S003-20\"?");
    BOOST_TEST(with(set + "[S003-20], unmeasured: [S003-22]}") == "");
    BOOST_TEST(with(set + "[S003-20], unmeasured: [S003-25]}").find("other.unmeasured: found no") !=
               std::string::npos);
    BOOST_TEST(with(set + "[]}").find("found no claims") != std::string::npos);
    BOOST_TEST(with("{set: 'duratoin=20 s', misses: [S003-22]}")
                   .find("breaks.other.set: variant fault: duratoin: ") != std::string::npos);
    const TemporaryFile file("expect-breaks.yaml",
                             GOOD.substr(0, GOOD.find("variants:")) + "  breaks: {other: " + set +
                                 "[S003-22, S003-20, S003-22]}}\n" +
                                 GOOD.substr(GOOD.find("variants:")));
    const ExpectationFile expectations = ExpectationFile::Load(file.Path());
    const auto missed = [&](const char* variant)
    {
        const Expectations of = expectations.Resolve(variant);
        return of.Claimed(of.breaks.at("other").misses);
    };
    BOOST_TEST(missed("fault") == (std::vector<std::string>{"S003-20", "S003-22"}));
    BOOST_TEST(missed("linux") == std::vector<std::string>{"S003-20"});
    BOOST_TEST(missed("control").empty());
}

BOOST_AUTO_TEST_CASE(ANumberOfLinesIsExactOrOfTheTruthOrMeasured)
{
    const TemporaryFile file("expect-number.yaml",
                             "name: small\n"
                             "base: {verdicts: {d: {v: {verdict: fault, count: every-event}, "
                             "w: {verdict: benign, count: 2 to 4}, "
                             "z: {verdict: benign, count: each late.session}, "
                             "x: {verdict: fault, count: 2}}}}\n"
                             "variants: {fault: {}}\n");
    const Expectations read = ExpectationFile::Load(file.Path()).Resolve("fault");
    const auto& of = read.verdicts.at("d");
    BOOST_TEST(of.at("v").lines.isEveryEvent);
    BOOST_TEST(of.at("w").lines.isMeasured);
    BOOST_TEST(!of.at("x").lines.isMeasured);
    BOOST_TEST(of.at("z").lines.each == "late.session");
    for (const std::uint64_t lines : {1, 2, 3, 4, 5})
    {
        BOOST_TEST(of.at("w").lines.Holds(lines) == (lines >= 2 && lines <= 4));
        BOOST_TEST(of.at("x").lines.Holds(lines) == (lines == 2));
    }
    BOOST_TEST(read.VerdictPath("d", "w") == "verdicts.d.w");
    BOOST_TEST(read.VerdictPath("d", "y") == "");
    const std::string silent = "verdict `none`, expected 0: silence has no lines";
    for (const char* count : {"1", "every-event", "each late.session", "0 to 1"})
    {
        BOOST_TEST(Error("verdict: none, count: 0", std::string("verdict: none, count: ") + count)
                           .find(silent) != std::string::npos,
                   count);
    }
    const auto loud = [](const std::string& count)
    { return Error("verdict: fault, count: 1", "verdict: fault" + count); };
    BOOST_TEST(loud("").find("found \"0\" with verdict `fault`, expected 1 or more") !=
               std::string::npos);
    for (const char* count : {"many", "'each '"})
    {
        BOOST_TEST(
            loud(std::string(", count: ") + count)
                    .find("expected a number, `every-event`, `each SELECTION.FIELD` or LEAST to "
                          "MOST") != std::string::npos,
            count);
    }
    BOOST_TEST(loud(", count: 4 to 2").find("no more at least than at most") != std::string::npos);
    BOOST_TEST(Error("verdict: fault, count: 1", "verdict: benign, count: every-event")
                   .find("expected `fault`: only faults are events") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(AStarStandsForTheOthersAndANameGoesBeforeIt)
{
    const TemporaryFile file("expect-star.yaml",
                             "name: small\n"
                             "base: {verdicts: {'*': {'*': {verdict: quiet}, mail-host: {verdict: "
                             "none}}, d: {gateway-inside: {verdict: fault, count: 2}, '*': "
                             "{verdict: benign, count: 1}}}}\n"
                             "variants: {fault: {}}\n");
    const Expectations read = ExpectationFile::Load(file.Path()).Resolve("fault");
    const auto wordOf = [&](const char* detector, const char* vantage)
    { return read.VerdictOf(detector, vantage)->verdict; };
    BOOST_TEST((wordOf("d", "gateway-inside") == ExpectedWord::Fault));
    BOOST_TEST((wordOf("d", "mail-host") == ExpectedWord::Benign));
    BOOST_TEST((wordOf("e", "mail-host") == ExpectedWord::None));
    BOOST_TEST((wordOf("e", "gateway-inside") == ExpectedWord::Quiet));
    BOOST_TEST((Expectations().VerdictOf("d", "mail-host") == nullptr));
    BOOST_TEST(
        Error("    early-reply:\n", "    '*': {'*': {verdict: quiet}}\n    early-reply:\n") == "");
    BOOST_TEST(Error("{verdict: unsupported}", "{verdict: quiet, count: 1}")
                   .find("found \"1\" with verdict `quiet`, expected 0") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
