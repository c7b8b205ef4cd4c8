#include "lab/run/judge.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::LinesOf;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;

/// A run's folder with two vantages, and in place of the detectors a program that notes what it is
/// shown.
struct Fixture
{
    Scratch scratch;
    fs::path run = scratch.Path() / "forged-reply/error-500/seed-1";
    fs::path program = scratch.Path() / "spy";

    Fixture()
    {
        for (const char* vantage : {"gateway-inside", "mail-host"})
        {
            fs::create_directories(run / "evidence" / vantage);
            WriteTextFile(run / "evidence" / vantage / "log", vantage);
        }
        fs::create_directories(run / "truth");
        WriteTextFile(run / "truth/labels.jsonl", "secret\n");
        WriteTextFile(run / "manifest.json", "secret\n");
    }

    void SpyWith(const std::string& script)
    {
        WriteTextFile(program, "#!/bin/sh\n" + script);
        fs::permissions(program, fs::perms::owner_all);
    }
};

BOOST_AUTO_TEST_SUITE(opaque_name)

BOOST_FIXTURE_TEST_CASE(AProcessForEachVantageAndNoNameTells, Fixture)
{
    const fs::path notes = scratch.Path() / "notes";
    SpyWith("echo \"$$ $*\" >> " + notes.string() +
            "\n"
            "for word; do evidence=$word; done\n"
            "find \"$evidence\" -type f -printf '%P\\n' >> " +
            notes.string() +
            "\n"
            "ls -A \"$evidence/..\" >> " +
            notes.string() + "\n");
    bouncelab::run::Judge(run, program);
    const std::string text = ReadTextFile(notes);
    for (const char* word : {"forged",
                             "error-500",
                             "seed",
                             "gateway",
                             "mail-host",
                             "truth",
                             "manifest",
                             "labels",
                             "secret"})
    {
        BOOST_TEST(text.find(word) == std::string::npos, word << " in " << text);
    }
    std::size_t starts = 0;
    for (const std::string_view line : LinesOf(text))
    {
        starts += line.find("--split") != std::string_view::npos ? 1 : 0;
    }
    BOOST_TEST(starts == 2u);
}

BOOST_FIXTURE_TEST_CASE(EvidenceIsACopy, Fixture)
{
    SpyWith("for word; do evidence=$word; done\nfind \"$evidence\" -type f -exec sh -c 'echo x > "
            "\"$1\"' sh {} \\;\n");
    bouncelab::run::Judge(run, program);
    BOOST_TEST(ReadTextFile(run / "evidence/mail-host/log") == "mail-host");
}

BOOST_FIXTURE_TEST_CASE(ACrashIsNoSilence, Fixture)
{
    SpyWith("kill -SEGV $$\n");
    BOOST_CHECK_THROW(bouncelab::run::Judge(run, program), bouncelab::run::DetectorError);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
