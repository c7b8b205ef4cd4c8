#include "lab/run/containment.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// A run whose truth a detector would like to know.
struct Fixture
{
    Scratch scratch;
    fs::path run = scratch.Path() / "results/forged-reply/error-500/seed-1";
    fs::path vantage = run / "evidence/gateway-inside";

    Fixture()
    {
        fs::create_directories(run / "evidence/gateway-inside");
        WriteTextFile(run / "evidence/gateway-inside/qmail.log", "a log\n");
        fs::create_directories(run / "truth");
        WriteTextFile(run / "truth/labels.jsonl", "secret\n");
        WriteTextFile(run / "manifest.json",
                      R"({"scenario": "forged-reply", "variant": "error-500", "seed": "secret"})");
        fs::create_directories(scratch.Path() / "tmp");
    }

    /// What a detector says on standard error.
    std::string Said(const std::string& script, std::vector<std::string> more = {}) const
    {
        WriteTextFile(scratch.Path() / "detector.sh", script);
        std::vector<std::string> call{"detect", vantage.string(), "--exec", "sh detector.sh"};
        call.insert(call.end(), more.begin(), more.end());
        setenv("TMPDIR", (scratch.Path() / "tmp").c_str(), 1);
        setenv("TOKEN", "secret", 1);
        const ChildEnd end = Bouncelab(scratch.Path(), call);
        unsetenv("TMPDIR");
        unsetenv("TOKEN");
        BOOST_TEST(end.status == 0, end.error);
        return end.error;
    }
};

BOOST_AUTO_TEST_SUITE(blindness)

BOOST_FIXTURE_TEST_CASE(NothingThatItIsHandedTells, Fixture)
{
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--bare"}})
    {
        const std::string said =
            Said("{ echo \"$@\"; pwd; env; ls -R \"$1/..\"; cat \"$1/qmail.log\"; } >&2; ls "
                 "/proc/self/fd >&2\n",
                 more);
        for (const char* word :
             {"forged", "error-500", "seed", "gateway", "labels", "secret", "TOKEN", "HOME"})
        {
            BOOST_TEST(!Has(said, word), word << " in " << said);
        }
        BOOST_TEST(Has(said, "a log\n"));
        BOOST_TEST(Has(said,
                       more.empty() && bouncelab::run::WhyNotContained({}).empty() ? "was contained"
                                                                                   : "was bare"));
    }
    BOOST_TEST(Has(Said("echo \"$TOKEN\" >&2", {"--env", "TOKEN"}), "secret\n"));
    BOOST_TEST(fs::is_empty(scratch.Path() / "tmp"));
}

BOOST_FIXTURE_TEST_CASE(ContainedItFindsNoTruthAnywhere, Fixture)
{
    if (const std::string why = bouncelab::run::WhyNotContained({}); !why.empty())
    {
        BOOST_TEST_MESSAGE("not tried: " << why);
        return;
    }
    const std::string said = Said("for place in " + scratch.Path().string() +
                                  " ${TMPDIR%/*/*/*} /proc/[0-9]*/root /proc/[0-9]*/cwd; do find "
                                  "$place -xdev -name labels.jsonl; "
                                  "done >&2; cat /proc/*/cmdline >&2; cat " +
                                  (run / "truth/labels.jsonl").string() + " >&2; :");
    BOOST_TEST(!Has(said, "secret"), said);
    BOOST_TEST(!Has(said, "truth/labels.jsonl\n"), said);
    BOOST_TEST(!Has(said, "evidence/gateway-inside"), said);
}

BOOST_FIXTURE_TEST_CASE(TheGradeIsStored, Fixture)
{
    const auto json = nlohmann::json::parse(
        Bouncelab(scratch.Path(), {"detect", vantage.string(), "--exec", ":", "--bare", "--json"})
            .output);
    BOOST_TEST(json[0]["blind"] == "bare");
}

BOOST_FIXTURE_TEST_CASE(EvidenceIsACopy, Fixture)
{
    Said("echo x > \"$1/qmail.log\"", {"--bare"});
    BOOST_TEST(ReadTextFile(run / "evidence/gateway-inside/qmail.log") == "a log\n");
    WriteTextFile(scratch.Path() / "detector.sh", "cat \"$1\" >&2; echo x > \"$1\"");
    const ChildEnd end =
        Bouncelab(scratch.Path(),
                  {"detect",
                   "results/forged-reply/error-500/seed-1/evidence/gateway-inside/qmail.log",
                   "--exec",
                   "sh detector.sh"});
    BOOST_TEST(Has(end.error, "a log\n"));
    BOOST_TEST(ReadTextFile(run / "evidence/gateway-inside/qmail.log") == "a log\n");
}

/// What lies where alerts belong may be anything.
BOOST_FIXTURE_TEST_CASE(OnlyAFileIsReadAsAlerts, Fixture)
{
    for (const char* makes : {"mkfifo \"$2\"",
                              "ln -s /dev/zero \"$2\"",
                              "ln -s \"$1/qmail.log\" \"$2\"",
                              "mkdir \"$2\"",
                              "truncate -s 100M \"$2\"",
                              "yes '' | head -n 300000 > \"$2\"",
                              "yes > \"$2\"",
                              "rmdir \"$2\" \"${2%/*}\"; echo x > \"${2%/*}\"",
                              "echo nonsense > \"$2\""})
    {
        WriteTextFile(scratch.Path() / "detector.sh", makes);
        const ChildEnd end = Bouncelab(scratch.Path(),
                                       {"detect",
                                        "results",
                                        "--exec",
                                        "f() { sh detector.sh \"$@\" 2>/dev/null; :; }; f",
                                        "--bare",
                                        "--quiet",
                                        "--timeout",
                                        "60",
                                        "-o",
                                        "alerts"});
        BOOST_TEST(end.status == 3, makes << ": " << end.error);
        BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 1, end.error);
        BOOST_TEST(!fs::exists(scratch.Path() / "alerts"));
    }
}

/// A run has its truth beside the evidence.
BOOST_FIXTURE_TEST_CASE(ARunIsNoEvidence, Fixture)
{
    const ChildEnd end = Bouncelab(scratch.Path(), {"detect", run.string(), "--exec", ":"});
    BOOST_TEST(end.status == 2);
    BOOST_TEST(Has(end.error, "expected the evidence of one of its vantages"), end.error);
}

BOOST_FIXTURE_TEST_CASE(AlertsAreWrittenWhereTheyAreAskedFor, Fixture)
{
    BOOST_TEST(Bouncelab(scratch.Path(), {"detect", vantage.string(), "--exec", ":"}).status == 0);
    BOOST_TEST(!fs::exists(scratch.Path() / "alerts.jsonl"));
    Bouncelab(scratch.Path(), {"detect", vantage.string(), "--exec", ":", "-o", "mine"});
    BOOST_TEST(fs::exists(scratch.Path() / "mine"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
