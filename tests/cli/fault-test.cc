#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

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

/// The program, called by a script as "$@".
ChildEnd
By(const fs::path& folder, const std::string& script, const std::vector<std::string>& arguments)
{
    std::vector<std::string> words{"env",
                                   "-C",
                                   folder.string(),
                                   "BOUNCELAB_DATA=" + tests::SourceDir().string(),
                                   "sh",
                                   "-c",
                                   script,
                                   "sh",
                                   tests::BinaryDir().string() + "/bin/bouncelab"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return RunChild(words, std::chrono::minutes(5));
}

BOOST_AUTO_TEST_SUITE(fault)

/// The machine's refusals end in status 2 and say why, however little there is to write.
BOOST_AUTO_TEST_CASE(AFullOutputIsTold)
{
    const Scratch scratch;
    for (const std::vector<std::string>& call :
         {std::vector<std::string>{"list"},
          {"show", "forged-reply/control"},
          {"run", "forged-reply/control"},
          {"validate", (tests::SourceDir() / "scenarios/forged-reply/scenario.yaml").string()}})
    {
        const ChildEnd end = By(scratch.Path(), "exec \"$@\" >/dev/full", call);
        BOOST_TEST(end.status == 2, call[0]);
        BOOST_TEST(Has(end.error, "No space left on device"), call[0] << ": " << end.error);
    }
}

/// There is nowhere to say that standard error is full: the status stays.
BOOST_AUTO_TEST_CASE(AFullStandardErrorEndsNothing)
{
    const Scratch scratch;
    const std::string detect = "exec \"$(dirname \"$1\")/bouncelab-detect\" ";
    for (const std::string& script : {std::string("exec \"$@\" 2>/dev/full"),
                                      std::string("exec \"$@\" >/dev/full 2>&1"),
                                      detect + "/nowhere - 2>/dev/full",
                                      detect + "--list >/dev/full",
                                      detect + "--list --json >/dev/full",
                                      detect + "--help >/dev/full 2>&1"})
    {
        BOOST_TEST(By(scratch.Path(), script, {"validate", "/nowhere"}).status == 2, script);
    }
}

BOOST_AUTO_TEST_CASE(AFullDiskIsTheMachines)
{
    const std::vector<std::string> own{"unshare", "--map-root-user", "--mount"};
    std::vector<std::string> probe = own;
    probe.emplace_back("true");
    if (RunChild(probe, std::chrono::minutes(1)).status != 0)
    {
        BOOST_TEST_MESSAGE("not tried: nobody may mount here");
        return;
    }
    for (const int kib : {16, 64, 128, 200})
    {
        const Scratch scratch;
        // What is left is printed.
        const std::string script = "mount -t tmpfs -o size=" + std::to_string(kib) +
                                   "k none \"$PWD\" && cd \"$PWD\" && mkdir tmp && "
                                   "export TMPDIR=\"$PWD/tmp\" && \"$@\"; status=$?; "
                                   "find . -mindepth 1 ! -path ./tmp; exit $status";
        const ChildEnd end =
            By(scratch.Path(),
               "exec unshare --map-root-user --mount sh -c '" + script + "' sh \"$@\"",
               {"run", "forged-reply/error-500"});
        BOOST_TEST(end.status == 2, kib << ": " << end.error);
        BOOST_TEST(Has(end.error, "No space left on device"), kib << ": " << end.error);
        BOOST_TEST(end.output == "", kib << ": " << end.output);
    }
}

BOOST_AUTO_TEST_CASE(AnUnwritablePlaceIsTold)
{
    const Scratch scratch;
    WriteTextFile(scratch.Path() / "file", "");
    for (const char* place : {"file", "file/results", "/proc/results", "/dev/null/results"})
    {
        const ChildEnd end =
            Bouncelab(scratch.Path(), {"run", "forged-reply/control", "--out", place});
        BOOST_TEST(end.status == 2, place);
        BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 1, end.error);
    }
    const ChildEnd end =
        By(scratch.Path(), "TMPDIR=/nowhere exec \"$@\"", {"run", "forged-reply/control"});
    BOOST_TEST(end.status == 2);
    BOOST_TEST(Has(end.error, "/nowhere"), end.error);
    BOOST_TEST(!fs::exists(scratch.Path() / "results"));
}

BOOST_AUTO_TEST_CASE(LimitsAreTheMachines)
{
    const Scratch scratch;
    const ChildEnd file =
        By(scratch.Path(), "ulimit -f 8; exec \"$@\"", {"run", "forged-reply/error-500"});
    BOOST_TEST(file.status == 2, file.error);
    BOOST_TEST(!fs::exists(scratch.Path() / "results"));
    BOOST_TEST(Bouncelab(scratch.Path(), {"run", "forged-reply/error-500", "--seed", "1"}).status <=
               1);
    const std::string run = "results/forged-reply/error-500/seed-1";
    const std::string evidence = run + "/evidence/gateway-inside";
    for (const std::vector<std::string>& call :
         {std::vector<std::string>{"detect", evidence, "-o", "mine.jsonl"},
          {"detect", evidence, "--exec", "true", "-o", "mine.jsonl"},
          {"sweep", "forged-reply/control", "--runs", "1", "--out", "swept"},
          {"export", run, "--as", "suricata-verify", "-o", "exported"}})
    {
        const ChildEnd end = By(scratch.Path(), "ulimit -f 1; exec \"$@\"", call);
        BOOST_TEST_CONTEXT(call[0] << ": " << end.error)
        {
            BOOST_TEST(end.status == 2);
            BOOST_TEST(Has(end.error, "File "), "the reason");
        }
    }
}

/// Evidence is a file or a folder: nobody waits for what may never come.
BOOST_AUTO_TEST_CASE(PipesAreNoEvidence)
{
    const Scratch scratch;
    const ChildEnd end =
        By(scratch.Path(), "mkfifo pipe; exec \"$@\"", {"detect", "pipe", "-o", "out"});
    BOOST_TEST(end.status == 2);
    BOOST_TEST(Has(end.error, "expected a file or a folder"));
    BOOST_TEST(!fs::exists(scratch.Path() / "out"));
}

/// Whatever file of a run is damaged, lost or added, nothing is made of the run.
BOOST_AUTO_TEST_CASE(DamagedRunsAreRefused)
{
    const Scratch scratch;
    BOOST_REQUIRE(Bouncelab(scratch.Path(), {"run", "forged-reply/error-500"}).status == 0);
    const fs::path run = scratch.Path() / "results/forged-reply/error-500/seed-1";
    const auto check = [&](const std::string& damaged)
    {
        for (const std::vector<std::string>& call :
             {std::vector<std::string>{"score", run.string()},
              {"measure", run.string(), "--check", "quit-wait"}})
        {
            const ChildEnd end = Bouncelab(scratch.Path(), call);
            BOOST_TEST(end.status == 2, call[0] << " " << damaged);
            BOOST_TEST(Has(end.error, damaged), damaged << " in " << end.error);
        }
    };
    for (const std::string& file : FilesBelow(run))
    {
        const bool isRead = file.find("/labels.jsonl") != std::string::npos ||
                            file == "manifest.json" || file == "score.json" ||
                            file.find("capture.pcap") != std::string::npos ||
                            file.find("early-reply") != std::string::npos;
        if (!isRead)
        {
            continue;
        }
        const std::string text = ReadTextFile(run / file);
        std::string other = text;
        const std::size_t at = file == "manifest.json" ? text.find("error-500") : text.size() / 2;
        if (other.empty())
        {
            other = "\n";
        }
        else
        {
            other[at] = static_cast<char>(other[at] ^ 1);
        }
        fs::remove(run / file); // may be the same file as one of another vantage
        WriteTextFile(run / file, other);
        check(file);
        fs::remove(run / file);
        check(file);
        WriteTextFile(run / file, text);
    }
    WriteTextFile(run / "evidence/gateway-inside/more.log", "");
    check("evidence/gateway-inside/more.log");
    fs::remove(run / "evidence/gateway-inside/more.log");
    const std::string manifest = ReadTextFile(run / "manifest.json");
    WriteTextFile(run / "manifest.json", "{\"live\": true," + manifest.substr(1));
    WriteTextFile(run / "score.json", ReadTextFile(run / "score.json") + "\n");
    check("score.json");
    for (const char* file : {"manifest.json", "truth/labels.jsonl"})
    {
        fs::rename(run / file, scratch.Path() / "kept");
        fs::create_symlink("/dev/zero", run / file);
        check(file);
        fs::remove(run / file);
        mkfifo((run / file).c_str(), 0600);
        check(file);
        fs::remove(run / file);
        fs::rename(scratch.Path() / "kept", run / file);
    }
    WriteTextFile(run / "manifest.json", manifest);
    const std::string score = ReadTextFile(run / "score.json");
    WriteTextFile(run / "score.json", score.substr(0, score.size() - 1));
    WriteTextFile(run / "notes.txt", "mine");
    BOOST_TEST(Bouncelab(scratch.Path(), {"score", run.string()}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
