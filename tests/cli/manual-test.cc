#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;

std::string
Output(const std::vector<std::string>& words)
{
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(), words);
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    return end.output;
}

std::set<std::string>
Matches(const std::string& text, const std::string& pattern)
{
    const std::regex regex(pattern);
    std::set<std::string> matches;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    {
        matches.insert((*at)[1]);
    }
    return matches;
}

/// Ditto of the manual page, in which a dash is escaped.
std::string
Manual()
{
    return std::regex_replace(Output({"manual"}), std::regex(R"(\\-)"), "-");
}

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(ItHasEveryCommandAndOptionThatHelpHas)
{
    const std::string manual = Manual();
    const std::string help = Output({"--help"});
    const std::size_t list = help.find("Subcommands:");
    const std::set<std::string> commands =
        Matches(help.substr(list, help.find("\n\n", list) - list), "\n  ([a-z]+) ");
    BOOST_TEST(commands.size() > 12);
    for (const std::string& command : commands)
    {
        const std::size_t begin = manual.find("\n.SS " + command + "\n");
        BOOST_REQUIRE_MESSAGE(begin != std::string::npos, command);
        const std::size_t end = manual.find("\n.SS ", begin + 1);
        const std::string section = manual.substr(begin, end - begin);
        for (const std::string& option :
             Matches(Output({command, "--help"}), "\n +(?:-[a-z],)?(--[a-z-]+)"))
        {
            BOOST_TEST(Matches(section, "\n\\.B [^\n]*(--[a-z-]+)").count(option) == 1,
                       command << " " << option);
        }
    }
    BOOST_TEST(manual.find("\n.SS new scenario\n") != std::string::npos);
    BOOST_TEST(manual.find("Exit status: 0 all as expected") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TroffHasNothingToSayOfIt,
                     *boost::unit_test::precondition(tests::IfRuns{"groff --version", "groff"}))
{
    const Scratch scratch;
    const fs::path page = scratch.Path() / "bouncelab.1";
    bouncelab::score::WriteTextFile(page, Output({"manual"}));
    const ChildEnd end =
        RunChild({"groff", "-man", "-Tutf8", "-wall", "-K", "utf-8", page.string()},
                 std::chrono::minutes(1));
    BOOST_TEST(end.status == 0);
    BOOST_TEST(end.error == "");
    BOOST_TEST(end.output.find("bouncelab run forged-reply/error-500") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
