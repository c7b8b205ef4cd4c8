#include "lab/cli/table.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <sstream>

#include <unistd.h>

namespace
{

using namespace bouncelab::cli;
using Lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(WidthCountsColumns)
{
    BOOST_TEST(DisplayWidth("abc") == 3u);
    BOOST_TEST(DisplayWidth("✓ ok") == 4u);
    BOOST_TEST(DisplayWidth("退信") == 4u);
    BOOST_TEST(DisplayWidth("e\u0301") == 1u);
}

BOOST_AUTO_TEST_CASE(TextBreaksBetweenWords)
{
    BOOST_TEST(Wrap("one two three", 7) == (Lines{"one two", "three"}),
               boost::test_tools::per_element());
    BOOST_TEST(Wrap("", 5) == Lines{""}, boost::test_tools::per_element());
    BOOST_TEST(Wrap("abcdefgh", 3) == (Lines{"abc", "def", "gh"}),
               boost::test_tools::per_element());
    BOOST_TEST(Wrap("✓✓✓✓", 2) == (Lines{"✓✓", "✓✓"}), boost::test_tools::per_element());
    BOOST_TEST(Wrap("邮件被退回", 5) == (Lines{"邮件", "被退", "回"}),
               boost::test_tools::per_element());
    BOOST_TEST(Wrap("邮件", 1) == (Lines{"邮", "件"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ColumnsLineUp)
{
    Table t({"a", "long head"});
    t.Add({Cell("xyz"), Cell("1")});
    t.Add({Cell("p"), Cell("2")});
    BOOST_TEST(t.Print(Terminal()) == "a    long head\n───  ─────────\nxyz  1\np    2\n");
}

BOOST_AUTO_TEST_CASE(ChineseColumnsLineUp)
{
    Table t({"案例", "b"});
    t.Add({Cell("退信"), Cell("1")});
    t.Add({Cell("abc"), Cell("2")});
    BOOST_TEST(t.Print(Terminal()) == "案例  b\n────  ─\n退信  1\nabc   2\n");
}

BOOST_AUTO_TEST_CASE(NothingIsWiderThanTheTerminal)
{
    Table t({"a", "b"});
    const std::string words(300, 'x');
    t.Add({Cell("short"), Cell("some words " + words + " more")});
    t.Add({Cell("other"), Cell("")});
    const Terminal terminal;
    std::istringstream lines(t.Print(terminal));
    std::string line;
    std::size_t count = 0;
    while (std::getline(lines, line))
    {
        ++count;
        BOOST_TEST(DisplayWidth(line) <= terminal.Width());
        BOOST_TEST((line.empty() || line.back() != ' '));
    }
    BOOST_TEST(count > 5);
}

/// Where nobody sees a line change, long work says one every 30 s.
BOOST_AUTO_TEST_CASE(ProgressIsSaidWhereThereIsNoTerminal)
{
    using std::chrono::seconds;
    std::FILE* file = std::tmpfile();
    const int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    Terminal terminal;
    const Terminal::Clock::time_point start{};
    for (const int second : {0, 29, 30, 59, 61})
    {
        terminal.Progress(std::to_string(second) + " done", start + seconds(second));
    }
    terminal.SetQuiet(true);
    terminal.Progress("quiet", start + seconds(100));
    std::fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    std::rewind(file);
    std::string said(1000, ' ');
    said.resize(std::fread(said.data(), 1, said.size(), file));
    std::fclose(file);
    BOOST_TEST(said == "bouncelab: 30 done\nbouncelab: 61 done\n");
}

BOOST_AUTO_TEST_CASE(ManyLinesInACellPartTheRows)
{
    Table t({"a"});
    Cell cell("one");
    cell.Add("two");
    t.Add({cell});
    t.Add({Cell("three")});
    BOOST_TEST(t.Print(Terminal()) == "a\n─────\none\ntwo\n\nthree\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
