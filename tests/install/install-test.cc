#include "formats/text.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <regex>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::cli;

/// What a program prints that has to succeed, started without a word of where anything lies.
std::string
Output(const fs::path& folder, std::vector<std::string> words)
{
    const std::vector<std::string> start{"env",
                                         "-i",
                                         "-C",
                                         folder.string(),
                                         "PATH=/usr/bin:/bin",
                                         "TMPDIR=" + fs::temp_directory_path().string()};
    words.insert(words.begin(), start.begin(), start.end());
    const ChildEnd end = RunChild(words, std::chrono::minutes(5));
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.output << end.error);
    return end.output;
}

/// Installed once, for all cases.
struct Prefix : Scratch
{
    Prefix()
    {
        Output("/",
               {"cmake", "--install", tests::BinaryDir().string(), "--prefix", Path().string()});
    }
};

const fs::path&
Installed()
{
    static const Prefix prefix;
    static const fs::path path = prefix.Path();
    return path;
}

BOOST_AUTO_TEST_SUITE(install)

BOOST_AUTO_TEST_CASE(ProgramsFindTheirDataBesideThem)
{
    const Scratch scratch;
    const std::string program = (Installed() / "bin/bouncelab").string();
    const std::string facts = Output(scratch.Path(), {program, "doctor"});
    BOOST_TEST(facts.find((Installed() / "share/bouncelab/scenarios").string()) !=
                   std::string::npos,
               facts);
    Output(scratch.Path(), {program, "run", "forged-reply/error-500", "--quiet"});
    const fs::path run = scratch.Path() / "results/forged-reply/error-500/seed-1";
    Output(scratch.Path(), {program, "score", run.string()});
    Output(scratch.Path(), {program, "new", "scenario", "mine"});
    Output(scratch.Path(), {program, "validate", "mine/scenario.yaml"});
    const std::string head = score::ReadTextFile(scratch.Path() / "mine/scenario.yaml");
    BOOST_TEST(head.find((Installed() / "share/bouncelab/docs/schema/scenario.json").string()) !=
               std::string::npos);
    BOOST_TEST(fs::exists(Installed() / "share/bouncelab/docs/schema/scenario.json"));
}

BOOST_AUTO_TEST_CASE(ManualAndCompletionsStandWhereTheyAreLookedFor)
{
    const fs::path share = Installed() / "share";
    const std::string manual = score::ReadTextFile(share / "man/man1/bouncelab.1");
    BOOST_TEST(manual == Output("/", {(Installed() / "bin/bouncelab").string(), "manual"}));
    for (const char* file : {"bash-completion/completions/bouncelab",
                             "zsh/site-functions/_bouncelab",
                             "fish/vendor_completions.d/bouncelab.fish"})
    {
        BOOST_TEST(score::ReadTextFile(share / file).find("forged-reply/error-500") !=
                       std::string::npos,
                   file);
    }
}

BOOST_AUTO_TEST_CASE(HeadersNeedNoOthersOfOurs)
{
    static const std::regex include("(^|\n)#include \"([^\"]+)\"");
    const fs::path headers = Installed() / "include/bouncelab";
    int count = 0;
    for (const std::string& file : score::FilesBelow(headers))
    {
        BOOST_TEST(EndsWith(file, ".h"), file);
        const std::string text = score::ReadTextFile(headers / file);
        for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at)
        {
            ++count;
            BOOST_TEST(fs::exists(headers / (*at)[2].str()), file << " includes " << (*at)[2]);
        }
    }
    BOOST_TEST(count > 100);
}

/// The example, as it stands, knows of nothing but what is installed.
BOOST_AUTO_TEST_CASE(AProgramOfOnesOwnIsBuiltAndRuns)
{
    const Scratch scratch;
    const std::string example = (tests::SourceDir() / "examples/ns3-program").string();
    Output(scratch.Path(),
           {"cmake",
            "-S",
            example,
            "-B",
            "build",
            "-DCMAKE_PREFIX_PATH=" + Installed().string(),
            "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"});
    Output(scratch.Path(), {"cmake", "--build", "build"});
    const std::string said = Output(scratch.Path(), {"build/forged-refusal"});
    // The client's own segments leave with its stack's TTL, the forged one comes from six hops off.
    BOOST_TEST(said.find("192.0.2.1 > 203.0.113.80 ttl 128 RCPT TO:<yi@example.org>") !=
                   std::string::npos,
               said);
    BOOST_TEST(said.find("203.0.113.80 > 192.0.2.1 ttl 58 FORGED 500 error") != std::string::npos,
               said);
    BOOST_TEST(said.find("yi@example.org: 203.0.113.80 does not like recipient.\nRemote host said: "
                         "500 error") != std::string::npos,
               said);
    const std::string made = score::ReadTextFile(scratch.Path() / "build/CMakeCache.txt");
    BOOST_TEST(made.find("bouncelab_DIR:PATH=" + Installed().string()) != std::string::npos);
}

/// Next to a target and a test of the same names as ours.
BOOST_AUTO_TEST_CASE(ItCanBeAddedToAProject)
{
    const Scratch scratch;
    std::ofstream(scratch.Path() / "CMakeLists.txt")
        << "cmake_minimum_required(VERSION 3.25)\nproject(mine LANGUAGES CXX)\n"
        << "add_custom_target(path)\nadd_custom_target(formats)\n"
        << "add_subdirectory(" << tests::SourceDir().string() << " bouncelab EXCLUDE_FROM_ALL)\n"
        << "add_executable(mine mine.cc)\n"
        << "target_link_libraries(mine PRIVATE bouncelab::provenance)\n"
        << "add_executable(all-of-it mine.cc)\n"
        << "target_link_libraries(all-of-it PRIVATE bouncelab::middlebox bouncelab::tls)\n"
        << "set_target_properties(all-of-it PROPERTIES EXCLUDE_FROM_ALL ON)\n";
    std::ofstream(scratch.Path() / "mine.cc")
        << "#include \"models/provenance/ledger.h\"\n#include <iostream>\n"
        << "int main() { bouncelab::provenance::Ledger ledger;\n"
        << "std::cout << ledger.ActorName(ledger.RegisterActor(\"me\")); }\n";
    Output(scratch.Path(), {"cmake", "-S", ".", "-B", "build"});
    Output(scratch.Path(), {"cmake", "--build", "build"});
    BOOST_TEST(Output(scratch.Path(), {"build/mine"}) == "me");
    BOOST_TEST(!fs::exists(scratch.Path() / "build/bouncelab/lab"));
    BOOST_TEST(!fs::exists(scratch.Path() / "build/bouncelab/tests"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
