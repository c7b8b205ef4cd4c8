#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

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

void
Copy(const fs::path& from, const fs::path& to)
{
    fs::create_directories(to.parent_path());
    fs::copy(tests::SourceDir() / from, to, fs::copy_options::recursive);
}

/// A text with one part of it replaced, which has to be there.
void
Edit(const fs::path& file, const std::string& part, const std::string& by)
{
    std::string text = ReadTextFile(file);
    const std::size_t at = text.find(part);
    BOOST_REQUIRE(at != std::string::npos);
    WriteTextFile(file, text.replace(at, part.size(), by));
}

/**
 * Two folders of a user: `own` has a scenario of its own with a measurement of its own, one of the
 * name of a shipped one, a persona of the name of a shipped one, an adapter and a filter; `more`
 * has the first scenario again.
 */
class DataRig : public Scratch
{
  public:
    DataRig()
    {
        Copy("scenarios/forged-reply", Path() / "own/scenarios/mine");
        Edit(Path() / "own/scenarios/mine/scenario.yaml", "name: forged-reply", "name: mine");
        Edit(Path() / "own/scenarios/mine/expect.yaml",
             "\n  measure:",
             "\n  measure:\n    own-gap:\n      gap: {gap: [packet-6, packet-7]}");
        Copy("scenarios/backscatter", Path() / "own/scenarios/backscatter");
        Copy("models/personas/stacks/freebsd-6.yaml",
             Path() / "own/models/personas/stacks/freebsd-6.yaml");
        Edit(Path() / "own/models/personas/stacks/freebsd-6.yaml", "ttl: 64", "ttl: 99");
        Copy("detectors/adapters/suricata.yaml", Path() / "own/detectors/rules.yaml");
        WriteTextFile(Path() / "own/detectors/refused.yaml",
                      "{filter: smtp.response.code == 500, class: forged.reply}\n");
        fs::create_directories(Path() / "more/scenarios");
        fs::copy(Path() / "own/scenarios/mine", Path() / "more/scenarios/mine");
    }

    ChildEnd Call(std::vector<std::string> words) const
    {
        words.insert(words.end(), {"--data", "own", "--data", "more"});
        return Bouncelab(Path(), words);
    }

    std::string Output(const std::vector<std::string>& words) const
    {
        const ChildEnd end = Call(words);
        BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
        return end.output;
    }
};

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(ListTellsOfWhatIsThereAndOfWhatIsThereTwice)
{
    const DataRig rig;
    const ChildEnd list = rig.Call({"list"});
    BOOST_TEST(list.status == 0);
    BOOST_TEST(Has(list.output, "mine/error-500"));
    BOOST_TEST(Has(list.output, "forged-reply/error-500"));
    BOOST_TEST(Has(list.error,
                   "mine stands in 2 places: own/scenarios/mine/scenario.yaml is meant, and not "
                   "more/scenarios/mine/scenario.yaml"),
               list.error);
    BOOST_TEST(Has(list.error, "backscatter stands in 2 places: own/scenarios/backscatter"),
               list.error);
    BOOST_TEST(!Has(list.error, "forged-reply stands"));
    const ChildEnd personas = rig.Call({"list", "personas", "freebsd-6"});
    BOOST_TEST(Has(personas.error,
                   "stacks/freebsd-6 stands in 2 places: own/models/personas/stacks/freebsd-6.yaml "
                   "is meant"),
               personas.error);
    BOOST_TEST(Has(rig.Output({"list", "measurements", "own-gap"}), "own-gap"));
    const std::string detectors = rig.Output({"list", "detectors", "own/detectors"});
    BOOST_TEST(Has(detectors, "filter own/detectors/refused.yaml"), detectors);
    BOOST_TEST(Has(detectors, "adapter own/detectors/rules.yaml"), detectors);
}

BOOST_AUTO_TEST_CASE(TheUsersPersonasComeFirst)
{
    const DataRig rig;
    Edit(rig.Path() / "own/scenarios/mine/scenario.yaml", "freebsd-6, ttl: 128}", "freebsd-6}");
    BOOST_TEST(Has(rig.Output({"show", "mine/error-500"}), "ttl: 99"));
    BOOST_TEST(!Has(rig.Output({"show", "mine/error-500"}), "ttl: 98"));
    Copy("models/personas/stacks/freebsd-6.yaml",
         rig.Path() / "own/scenarios/mine/personas/stacks/freebsd-6.yaml");
    Edit(rig.Path() / "own/scenarios/mine/personas/stacks/freebsd-6.yaml", "ttl: 64", "ttl: 98");
    const std::string beside = rig.Output({"show", "mine/error-500"});
    BOOST_TEST(Has(beside, "ttl: 98"));
    BOOST_TEST(!Has(beside, "ttl: 99"));
    rig.Output({"validate", "own/scenarios/mine/scenario.yaml"});
}

BOOST_AUTO_TEST_CASE(WithoutExpectationsNothingIsAsExpected)
{
    const DataRig rig;
    fs::remove(rig.Path() / "own/scenarios/mine/expect.yaml");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"run", "mine/error-500"},
          std::vector<std::string>{"score", "results/mine/error-500/seed-1"}})
    {
        const std::string table = rig.Output(words);
        BOOST_TEST(Has(table, "\n· error-500"), table);
        BOOST_TEST(Has(table, "    no expectations: "), table);
        BOOST_TEST(Has(table, "\nnothing is expected of these runs"), table);
    }
    BOOST_TEST(Has(ReadTextFile(rig.Path() / "results/mine/error-500/seed-1/score.json"),
                   "\"as_expected\": null"));
}

BOOST_AUTO_TEST_CASE(RunsAreMeasuredAndScoredByTheUsersExpectations)
{
    const DataRig rig;
    rig.Output({"run", "mine/error-500", "--quiet"});
    const std::string run = "results/mine/error-500/seed-1";
    BOOST_TEST(Has(ReadTextFile(rig.Path() / run / "../times.csv"), "seed,took_s\n1,"));
    BOOST_TEST(Has(ReadTextFile(rig.Path() / run / "manifest.json"),
                   "\"scenario-file\": \"own/scenarios/mine/scenario.yaml\""));
    const std::vector<std::string> measure{"measure", run, "--check", "own-gap"};
    BOOST_TEST(Has(rig.Output(measure), "own-gap"));
    rig.Output({"score", run});

    // By the path in the manifest alone,
    BOOST_TEST(Bouncelab(rig.Path(), measure).status == 0);
    BOOST_TEST(Bouncelab(rig.Path(), {"score", run}).status == 0);

    // by name alone,
    fs::create_directories(rig.Path() / "elsewhere");
    const ChildEnd byName =
        Bouncelab(rig.Path() / "elsewhere",
                  {"measure", "../" + run, "--check", "own-gap", "--data", "../own"});
    BOOST_TEST(byName.status == 0, byName.error);

    // and by nothing.
    const ChildEnd lost =
        Bouncelab(rig.Path() / "elsewhere", {"measure", "../" + run, "--check", "own-gap"});
    BOOST_TEST(lost.status == 2);
    BOOST_TEST(Has(lost.error, "found no own/scenarios/mine/scenario.yaml"), lost.error);

    // Another way to the same file is the same run.
    const ChildEnd again =
        Bouncelab(rig.Path(),
                  {"run",
                   (rig.Path() / "own/scenarios/mine/scenario.yaml/error-500").string(),
                   "--data",
                   "own"});
    BOOST_TEST(again.status == 0, again.error);
    BOOST_TEST(Has(again.output, "unchanged"), again.output);

    // A shipped one names no file.
    rig.Output({"run", "forged-reply/control", "--quiet", "--no-capture"});
    BOOST_TEST(!Has(ReadTextFile(rig.Path() / "results/forged-reply/control/seed-1/manifest.json"),
                    "scenario-file"));
}

BOOST_AUTO_TEST_CASE(SweepsAndJudgementsFindWhatIsTheUsers)
{
    const DataRig rig;
    rig.Output({"sweep",
                "mine/error-500",
                "--over",
                "injectors.border.at-hop=6,7",
                "--measure",
                "own-gap",
                "--quiet"});
    BOOST_TEST(Has(ReadTextFile(rig.Path() / "sweep/table.csv"), "own_gap"));
    const std::string judged = rig.Output({"judge", "refused", "mine/error-500", "--json"});
    BOOST_TEST(Has(judged, "\"detector\": \"refused\""), judged);
    WriteTextFile(rig.Path() / "silent.sh", ": > \"$2\"\n");
    const ChildEnd adapted =
        rig.Call({"judge", "sh silent.sh", "mine/error-500", "--adapter", "rules"});
    BOOST_TEST(adapted.status == 0, adapted.error);
}

BOOST_AUTO_TEST_CASE(AFolderThatHasNoneOfItIsRefused)
{
    const Scratch scratch;
    fs::create_directories(scratch.Path() / "empty");
    for (const char* command : {"list", "run", "measure", "score", "sweep", "judge", "validate"})
    {
        for (const std::string& folder : std::vector<std::string>{"empty", "nowhere"})
        {
            const ChildEnd end =
                Bouncelab(scratch.Path(), {command, "scenarios", "--data", folder});
            BOOST_TEST(end.status == 2);
            BOOST_TEST(Has(end.error, "--data: found " + folder), end.error);
            BOOST_TEST(end.error.find('\n') == end.error.size() - 1, end.error);
        }
    }
    const ChildEnd adapter = Bouncelab(
        scratch.Path(),
        {"judge", "true", "forged-reply/control", "--adapter", "suricate", "--finds", "forged"});
    BOOST_TEST(adapter.status == 2);
    BOOST_TEST(Has(adapter.error, "--adapter: found no suricate.yaml"), adapter.error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
