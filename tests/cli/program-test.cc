#include "lab/score/text-file.h"
#include "tests/cases/case-file.h"
#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::FilesBelow;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

void
CheckRefusal(const std::vector<std::string>& arguments, const std::string& sentence)
{
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(), arguments);
    BOOST_TEST(end.status == 2);
    BOOST_TEST(end.output.empty());
    BOOST_TEST(Has(end.error, sentence), end.error << " should have: " << sentence);
    BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 1, end.error);
    BOOST_TEST(fs::is_empty(scratch.Path()));
}

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(ShellsCompleteCommandsScenariosAndOptions)
{
    const Scratch scratch;
    const ChildEnd script = Bouncelab(scratch.Path(), {"completion", "bash"});
    BOOST_REQUIRE(script.status == 0);
    const auto offers = [&](const std::string& words)
    {
        WriteTextFile(scratch.Path() / "try.sh",
                      script.output + "COMP_WORDS=(" + words +
                          ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_bouncelab\n"
                          "echo \"${COMPREPLY[@]}\" > offers\n");
        BOOST_TEST(std::system(("cd '" + scratch.Path().string() + "' && bash try.sh").c_str()) ==
                   0);
        return ReadTextFile(scratch.Path() / "offers");
    };
    BOOST_TEST(offers("bouncelab va") == "validate\n");
    BOOST_TEST(offers("bouncelab run forged-reply/err") == "forged-reply/error-500\n");
    BOOST_TEST(offers("bouncelab run forged-reply/error-500 --twi") == "--twice\n");
    BOOST_TEST(offers("bouncelab measure forged") == "\n");
    const ChildEnd fish = Bouncelab(scratch.Path(), {"completion", "fish"});
    BOOST_TEST(Has(fish.output, "__fish_seen_subcommand_from run' -l twice -d 'Runs everything"));
}

BOOST_AUTO_TEST_CASE(BadInputIsOneLineAndExit2)
{
    CheckRefusal({}, "expected a command");
    CheckRefusal({"rnu"}, "there is no command \"rnu\", did you mean \"run\"?");
    CheckRefusal({"run", "--sed", "3"}, "run has no option --sed, did you mean \"--seed\"?");
    CheckRefusal({"run", "--seed", "x"}, "--seed");
    CheckRefusal({"run", "--seed", "18446744073709551616"},
                 "expected a whole number from 0 to 18446744073709551615");
    CheckRefusal({"run", "--seed", "18446744073709551615", "--runs", "3"},
                 "the last seed would be beyond 18446744073709551615");
    CheckRefusal({"run", "--jobs", "0"}, "--jobs");
    CheckRefusal({"run", "forged-rely"}, "did you mean \"forged-reply\"?");
    CheckRefusal({"run", "forged-reply/eror-500"}, "did you mean \"error-500\"?");
    CheckRefusal({"run", "../forged-reply"}, "there is no scenario");
    CheckRefusal({"run", "forged-reply/control", "--vantage", "gateway"},
                 "has no vantage \"gateway\"");
    CheckRefusal({"run", "forged-reply/error-500", "--set", "injectors.border.at-hp=9"}, "at-hop");
    CheckRefusal({"run", "nothing.yaml"}, "nothing.yaml");
    CheckRefusal({"run", "--update-baseline", "why", "--seed", "2"}, "baselines are of plain runs");
    CheckRefusal({"run", "--update-baseline", "why", "--runs", "2"}, "baselines are of plain runs");
    CheckRefusal({"run", "--update-ranges", "--set", "duration=1 s"}, "ranges of seeds 1001 to");
    CheckRefusal({"run", "--update-ranges", "--update-baseline", "why"},
                 "cannot be combined with each");
    CheckRefusal({"show", "forged-reply"}, "expected SCENARIO/VARIANT");
    CheckRefusal({"score", "nowhere"}, "nowhere");
    CheckRefusal({"detect", "nowhere"}, "nowhere: there is no such file or folder");
    CheckRefusal({"detect", ".", "--exec", ""}, "--exec: found nothing");
    CheckRefusal({"judge", ""}, "COMMAND: found nothing");
}

BOOST_AUTO_TEST_CASE(EveryBadScenarioStopsARun)
{
    const Scratch scratch;
    const auto cases = bouncelab::test::ReadCasesIn(tests::SourceDir() / "tests" / "bad-input");
    BOOST_TEST(cases.size() > 10);
    for (const bouncelab::test::Case& bad : cases)
    {
        const std::string file = (scratch.Path() / (bad.name + ".yaml")).string();
        WriteTextFile(file, bad.Text());
        BOOST_TEST_CONTEXT(bad.at)
        {
            CheckRefusal({"run", file}, bad.name + ".yaml");
        }
    }
}

BOOST_AUTO_TEST_CASE(EveryCommandHelpsWithAnExample)
{
    const Scratch scratch;
    for (const char* command :
         {"list", "run", "live", "validate", "show", "new", "sweep", "detect", "score", "doctor"})
    {
        const ChildEnd end = Bouncelab(scratch.Path(), {command, "--help"});
        BOOST_TEST(end.status == 0);
        BOOST_TEST(Has(end.output, "Example:\n  bouncelab " + std::string(command)), command);
        BOOST_TEST(!Has(end.output, "update-baseline"));
        BOOST_TEST(!Has(end.output, "update-ranges"));
    }
}

BOOST_AUTO_TEST_CASE(ListsAreOneLineEach)
{
    const Scratch scratch;
    const auto json = nlohmann::json::parse(Bouncelab(scratch.Path(), {"list", "--json"}).output);
    const std::string table = Bouncelab(scratch.Path(), {"list"}).output;
    BOOST_TEST(json.size() >= 9);
    BOOST_TEST(static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')) ==
               json.size() + 2);
    BOOST_TEST(!Has(table, "\033"));
}

BOOST_AUTO_TEST_CASE(WhatIsShownCanBeRun)
{
    const Scratch scratch;
    const ChildEnd shown =
        Bouncelab(scratch.Path(),
                  {"show", "forged-reply/control", "--set", "paths.japan.delay-scale=2"});
    BOOST_REQUIRE(shown.status == 0);
    WriteTextFile(scratch.Path() / "mine.yaml", shown.output);
    BOOST_TEST(Bouncelab(scratch.Path(), {"validate", "mine.yaml"}).output == "mine.yaml: valid\n");
    const ChildEnd again = Bouncelab(scratch.Path(), {"show", "forged-reply/control", "--json"});
    BOOST_TEST(nlohmann::json::parse(again.output)["paths"]["japan"]["delay-scale"] == 1);
}

BOOST_AUTO_TEST_CASE(ARunLeavesAWholeFolder)
{
    const Scratch scratch;
    const std::vector<std::string> call{"run", "forged-reply/error-500", "--json"};
    const ChildEnd first = Bouncelab(scratch.Path(), call);
    BOOST_TEST(first.status == 0);
    const auto json = nlohmann::json::parse(first.output);
    BOOST_TEST(json[0]["placed"] == "written");
    BOOST_TEST(json[0]["took_ms"].get<int>() >= 0);
    const fs::path folder = scratch.Path() / "results/forged-reply/error-500/seed-1";
    BOOST_TEST(json[0]["folder"] == "results/forged-reply/error-500/seed-1");
    for (const char* file : {"manifest.json",
                             "fidelity.json",
                             "score.json",
                             "truth/labels.jsonl",
                             "truth/annotated-gateway-inside.pcapng",
                             "evidence/gateway-inside/capture.pcap",
                             "verdicts/early-reply/gateway-inside.jsonl"})
    {
        BOOST_TEST(fs::exists(folder / file), file);
    }
    const auto manifest = nlohmann::json::parse(ReadTextFile(folder / "manifest.json"));
    BOOST_TEST(manifest["files"].size() == FilesBelow(folder).size() - 1);
    for (const std::string& file : FilesBelow(folder))
    {
        BOOST_TEST(!Has(ReadTextFile(folder / file), tests::SourceDir()), file);
    }

    const auto second = nlohmann::json::parse(Bouncelab(scratch.Path(), call).output);
    BOOST_TEST(second[0]["placed"] == "unchanged");

    const ChildEnd other = Bouncelab(
        scratch.Path(),
        {"run", "forged-reply/error-500", "--set", "injectors.border.processing-delay=35.074 ms"});
    BOOST_TEST(other.status == 2);
    BOOST_TEST(other.output.empty()); // refused before it is made, and no table of it
    BOOST_TEST(Has(other.error,
                   "seed-1 holds a run with overrides [], this one has "
                   "[\"injectors.border.processing-delay=35.074 ms\"]: give --force"),
               other.error);
    BOOST_TEST(nlohmann::json::parse(ReadTextFile(folder / "manifest.json")) == manifest);

    const ChildEnd scored = Bouncelab(scratch.Path(), {"score", folder.string(), "--json"});
    BOOST_TEST(scored.status == 0);
    const auto ownScore = nlohmann::json::parse(ReadTextFile(folder / "score.json"));
    BOOST_TEST(nlohmann::json::parse(scored.output)[0] == ownScore);
}

/// What another run's folder keeps from its place is no part of "all as expected".
BOOST_AUTO_TEST_CASE(RunsThatAreRefusedAreCounted)
{
    const Scratch scratch;
    BOOST_TEST(Bouncelab(scratch.Path(), {"run", "forged-reply/control"}).status == 0);
    WriteTextFile(scratch.Path() /
                      "results/forged-reply/control/seed-1/evidence/mail-host/send.log",
                  "other\n");
    const ChildEnd again =
        Bouncelab(scratch.Path(), {"run", "forged-reply/late-short", "forged-reply/control"});
    BOOST_TEST(again.status == 2, again.output);
    BOOST_TEST(Has(again.error, "holds a run with other bytes"), again.error);
    BOOST_TEST(Has(again.output, "1 of 1 as expected, 1 of 2 runs left out"), again.output);
}

BOOST_AUTO_TEST_CASE(SeveralRunsAreSummedUp)
{
    const Scratch scratch;
    const ChildEnd end =
        Bouncelab(scratch.Path(), {"run", "forged-reply/control", "--runs", "2", "--json"});
    BOOST_TEST(end.status == 0);
    const auto file = nlohmann::json::parse(
        ReadTextFile(scratch.Path() / "results/forged-reply/control/score.json"));
    BOOST_TEST(file["runs"] == 2);
    BOOST_TEST(file["as_expected"]["hits"] == 2);
    BOOST_TEST(file["detectors"].size() > 9u);
    const ChildEnd scored = Bouncelab(scratch.Path(),
                                      {"score",
                                       "results/forged-reply/control/seed-1",
                                       "results/forged-reply/control/seed-2",
                                       "--json"});
    const auto json = nlohmann::json::parse(scored.output);
    BOOST_TEST(json.size() == 3u);
    BOOST_TEST(json[2]["summary"] == file);
    Bouncelab(scratch.Path(), {"run", "forged-reply/control", "--out", "one"});
    BOOST_TEST(!fs::exists(scratch.Path() / "one/forged-reply/control/score.json"));
}

BOOST_AUTO_TEST_CASE(JobsAndOrderDoNotShow)
{
    const Scratch scratch;
    const auto run = [&](const std::string& out, const std::string& jobs)
    {
        const ChildEnd end = Bouncelab(scratch.Path(),
                                       {"run",
                                        "forged-reply/control",
                                        "forged-reply/error-500",
                                        "--runs",
                                        "2",
                                        "--quiet",
                                        "--out",
                                        out,
                                        "--jobs",
                                        jobs});
        BOOST_TEST(end.status <= 1, end.error << end.output);
    };
    run("one", "1");
    run("two", "2");
    const auto files = FilesBelow(scratch.Path() / "one");
    BOOST_TEST(files.size() > 40);
    BOOST_TEST(files == FilesBelow(scratch.Path() / "two"), boost::test_tools::per_element());
    for (const std::string& file : files)
    {
        BOOST_TEST((IsOfTheClock(file) || ReadTextFile(scratch.Path() / "one" / file) ==
                                              ReadTextFile(scratch.Path() / "two" / file)),
                   file);
    }
}

BOOST_AUTO_TEST_CASE(TwiceIsTheSame)
{
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(), {"run", "forged-reply/late", "--twice"});
    BOOST_TEST(end.status == 0, end.error << end.output);
    const fs::path folder = scratch.Path() / "results/forged-reply/late";
    BOOST_TEST(std::count_if(fs::directory_iterator(folder),
                             fs::directory_iterator(),
                             [](const fs::directory_entry& entry)
                             { return entry.is_directory(); }) == 1);
}

BOOST_AUTO_TEST_CASE(PartsCanBeLeftOut)
{
    const Scratch scratch;
    const ChildEnd log =
        Bouncelab(scratch.Path(), {"run", "forged-reply/error-500", "--vantage", "mail-host"});
    BOOST_TEST(log.status == 0, log.error);
    const fs::path results = scratch.Path() / "results/forged-reply/error-500/seed-1";
    BOOST_TEST(fs::exists(results / "evidence/mail-host/qmail.log"));
    BOOST_TEST(!fs::exists(results / "evidence/gateway-inside"));
    const ChildEnd bare =
        Bouncelab(scratch.Path(),
                  {"run", "forged-reply/error-500", "--no-capture", "--out", "bare"});
    BOOST_TEST(bare.status == 0, bare.error);
    for (const std::string& file : FilesBelow(scratch.Path() / "bare"))
    {
        BOOST_TEST(!Has(file, ".pcap"), file);
    }
}

BOOST_AUTO_TEST_CASE(OwnDetectorsAreStarted)
{
    const Scratch scratch;
    WriteTextFile(scratch.Path() / "evidence.txt", "nothing of interest\n");
    const auto detect = [&](const std::vector<std::string>& more)
    {
        std::vector<std::string> call{"detect", "evidence.txt"};
        call.insert(call.end(), more.begin(), more.end());
        return Bouncelab(scratch.Path(), call);
    };
    const std::string alert =
        "printf '{\"event_type\":\"alert\",\"timestamp\":\"2006-09-26T06:44:53.1Z\",\"src_ip\":"
        "\"192.0.2.1\",\"src_port\":25,\"dest_ip\":\"10.0.0.1\",\"dest_port\":4000,\"proto\":"
        "\"TCP\",\"alert\":{\"signature_id\":1,\"signature\":\"s\",\"category\":\"c\","
        "\"severity\":1}}\\n' > \"$2\"";
    WriteTextFile(scratch.Path() / "detector.sh", alert + "\n");
    const ChildEnd found = detect({"--exec", "sh detector.sh", "-o", "a.jsonl"});
    BOOST_TEST(found.status == 0, found.error);
    BOOST_TEST(Has(ReadTextFile(scratch.Path() / "a.jsonl"), "192.0.2.1"));
    BOOST_TEST(detect({"--exec", "sh detector.sh", "--fail-on", "fault"}).status == 1);
    BOOST_TEST(detect({}).status == 2);

    const ChildEnd crash = detect({"--exec", "echo words >&2; kill -SEGV $$; :"});
    BOOST_TEST(crash.status == 3);
    BOOST_TEST(Has(crash.error, "words\n"));
    BOOST_TEST(Has(crash.error, "status 139"));
    const ChildEnd slow = detect({"--exec", "sleep 60; :", "--timeout", "1"});
    BOOST_TEST(slow.status == 3);
    BOOST_TEST(Has(slow.error, "stopped after 1 s"));
    WriteTextFile(scratch.Path() / "detector.sh", "echo nonsense > \"$2\"\n");
    BOOST_TEST(detect({"--exec", "sh detector.sh"}).status == 3);
    BOOST_TEST(detect({"--detector", "no-such"}).status == 2);
}

BOOST_AUTO_TEST_CASE(DetectSaysWhatItRead)
{
    const Scratch scratch;
    const std::string row = "May  3 10:00:01 mail postfix/smtp[7]: 5A1B2C3D4E: to=<a@b.example>, "
                            "relay=mx.b.example[198.51.100.4]:25, delay=3, ";
    WriteTextFile(scratch.Path() / "hello.txt", "hello\n");
    WriteTextFile(
        scratch.Path() / "fault.log",
        row + "dsn=5.7.26, status=bounced (host mx.b.example[198.51.100.4] said: 550 5.7.26 "
              "DMARC (in reply to end of DATA command))\nprose\n");
    WriteTextFile(scratch.Path() / "sound.log", row + "dsn=2.0.0, status=sent (250 2.0.0 Ok)\n");
    WriteTextFile(scratch.Path() / "page.txt",
                  "IP Address 198.51.100.44 is listed in the CBL.\nIt HELOs as 127.0.0.1.\n");
    WriteTextFile(scratch.Path() / "picture.png",
                  std::string("\x89PNG\r\n\x1A\n\0\1\2\3\4\5\6", 15));
    const auto detect = [&](std::vector<std::string> call)
    {
        call.insert(call.begin(), "detect");
        return Bouncelab(scratch.Path(), call);
    };
    const ChildEnd hello = detect({"hello.txt"});
    BOOST_TEST(hello.status == 2);
    BOOST_TEST(Has(hello.error, "nothing in it was recognized"), hello.error);
    BOOST_TEST(detect({"hello.txt", "picture.png"}).status == 2);

    const ChildEnd both = detect({"fault.log", "picture.png"});
    BOOST_TEST(both.status == 0, both.error);
    for (const char* words : {"fault.log: Postfix log",
                              "1 row used, 1 not understood",
                              "2: prose",
                              "picture.png: not recognized",
                              "refused.authentication",
                              "What failed: ",
                              "On whose side: the sender's domain",
                              "Collect or send: "})
    {
        BOOST_TEST(Has(both.output, words), words << "\n" << both.output);
    }
    const std::string log = ReadTextFile(scratch.Path() / "fault.log");
    fs::create_hard_link(scratch.Path() / "fault.log", scratch.Path() / "again.log");
    for (const char* path : {"fault.log", "."})
    {
        const ChildEnd over = detect({path, "-o", "again.log"});
        BOOST_TEST(over.status == 2);
        BOOST_TEST(Has(over.error, "again.log: is evidence of this call"), over.error);
    }
    BOOST_TEST((ReadTextFile(scratch.Path() / "fault.log") == log));
    BOOST_TEST(detect({"fault.log", "--fail-on", "fault"}).status == 1);
    BOOST_TEST(detect({"page.txt"}).status == 0);
    BOOST_TEST(detect({"page.txt", "--fail-on", "fault"}).status == 3);
    BOOST_TEST(detect({"page.txt", "--strict"}).status == 3);
    const auto json = nlohmann::json::parse(detect({"sound.log", "fault.log", "--json"}).output);
    BOOST_TEST(json.size() == 1u);
    BOOST_TEST(json[0]["reading"]["files"].size() == 2u);
    BOOST_TEST(json[0]["result"] == "judged");
    BOOST_TEST(json[0]["summary"]["side"].get<std::string>() != "");
    BOOST_TEST(nlohmann::json::parse(detect({"sound.log", "fault.log", "--each", "--json"}).output)
                   .size() == 2u);
    BOOST_TEST(!fs::exists(scratch.Path() / "alerts.jsonl"));
}

BOOST_AUTO_TEST_CASE(ForeignAlertsAreScored)
{
    const Scratch scratch;
    BOOST_REQUIRE(Bouncelab(scratch.Path(), {"run", "forged-reply/error-500"}).status == 0);
    const fs::path run = scratch.Path() / "results/forged-reply/error-500/seed-1";
    const ChildEnd end = Bouncelab(scratch.Path(),
                                   {"score",
                                    run.string(),
                                    "--alerts",
                                    (run / "verdicts/early-reply/gateway-inside.jsonl").string(),
                                    "--vantage",
                                    "gateway-inside",
                                    "--json"});
    const auto json = nlohmann::json::parse(end.output);
    BOOST_TEST(json[0]["detectors"].size() == 1u);
    BOOST_TEST(json[0]["detectors"][0]["true_alarms"] == 1);
    BOOST_TEST(json[0]["detectors"][0]["vantage"] == "gateway-inside");

    // Nobody is held to what he did not see, and did not look for.
    const auto score = [&](const std::vector<std::string>& more)
    {
        std::vector<std::string> call{"score", run.string(), "--alerts", "mine.jsonl"};
        call.insert(call.end(), more.begin(), more.end());
        return Bouncelab(scratch.Path(), call);
    };
    WriteTextFile(scratch.Path() / "mine.jsonl", "");
    const ChildEnd nowhere = score({"--finds", "forged"});
    BOOST_TEST(nowhere.status == 2);
    BOOST_TEST(Has(nowhere.error, "expected --vantage with one of gateway-inside, "),
               nowhere.error);
    const ChildEnd anything = score({"--vantage", "gateway-inside"});
    BOOST_TEST(anything.status == 2);
    BOOST_TEST(Has(anything.error, "nothing says what \"mine\" looks for"), anything.error);
    const ChildEnd silent = score({"--vantage", "gateway-inside", "--finds", "forged.reply"});
    BOOST_TEST(silent.status == 1);
    BOOST_TEST(Has(silent.output, "mine at gateway-inside: expected 1 found, found 0 found"),
               silent.output);
    BOOST_TEST(score({"--vantage", "gateway-inside", "--finds", "relay"}).status == 0);
    BOOST_TEST(score({"--vantage", "gateway-inside", "--finds", "weather"}).status == 2);
    std::string elsewhere = ReadTextFile(run / "verdicts/early-reply/gateway-inside.jsonl");
    elsewhere.replace(elsewhere.find("capture.pcap"), 12, "another.pcap");
    WriteTextFile(scratch.Path() / "mine.jsonl", elsewhere);
    const ChildEnd unseen = score({"--vantage", "gateway-inside", "--finds", "forged"});
    BOOST_TEST(unseen.status == 2);
    BOOST_TEST(Has(unseen.error, "mine.jsonl:1: an alert rests on another.pcap"), unseen.error);
    WriteTextFile(scratch.Path() / "mine.jsonl",
                  R"({"class":"forged.reply","verdict":"fault","pcap_cnt":1})"
                  "\n"
                  R"({"class":"forged.reply","verdict":"fault","pcap_cnt":100000})");
    const ChildEnd beyond = score({"--vantage", "gateway-inside", "--finds", "forged"});
    BOOST_TEST(beyond.status == 2);
    BOOST_TEST(Has(beyond.error, "mine.jsonl:2: frame 100000: expected at most "), beyond.error);
    const ChildEnd two = Bouncelab(
        scratch.Path(),
        {"score", run.string(), run.string(), "--alerts", "mine.jsonl", "--finds", "all"});
    BOOST_TEST(two.status == 2);
    BOOST_TEST(Has(two.error, "found 2 runs for the alerts of mine.jsonl"), two.error);
}

BOOST_AUTO_TEST_CASE(TheDoctorFindsThisMachineFit)
{
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(), {"doctor", "--json"});
    BOOST_TEST(end.status == 0, end.output);
    BOOST_TEST(nlohmann::json::parse(end.output).size() > 8);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
