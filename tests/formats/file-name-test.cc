#include "formats/file-name.h"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <set>

using namespace bouncelab;

BOOST_AUTO_TEST_SUITE(file_name)

BOOST_AUTO_TEST_CASE(KeepsWhatIsAName)
{
    for (const char* name : {"sales@livedoor.cn", "a+b=c_d-e@example.com", "mail-host", "x"})
    {
        BOOST_TEST(FileNameFrom(name) == name);
    }
}

BOOST_AUTO_TEST_CASE(EscapesTheRest)
{
    BOOST_TEST(FileNameFrom("../../x@y") == "%2E.%2F..%2Fx@y");
    BOOST_TEST(FileNameFrom("/x") == "%2Fx");
    BOOST_TEST(FileNameFrom("a/b") == "a%2Fb");
    BOOST_TEST(FileNameFrom("a\\b:c*d?e\"f|g<h>") == "a%5Cb%3Ac%2Ad%3Fe%22f%7Cg%3Ch%3E");
    BOOST_TEST(FileNameFrom(std::string_view("a\0b", 3)) == "a%00b");
    BOOST_TEST(FileNameFrom("\xE2\x80\xAE") == "%E2%80%AE");
    BOOST_TEST(FileNameFrom(".hidden") == "%2Ehidden");
    BOOST_TEST(FileNameFrom("ends.") == "ends%2E");
    BOOST_TEST(FileNameFrom("100%") == "100%25");
    BOOST_TEST(FileNameFrom("con") == "%63on");
    BOOST_TEST(FileNameFrom("LPT1.txt") == "%4CPT1.txt");
    BOOST_TEST(FileNameFrom("console") == "console");
    BOOST_TEST(FileNameFrom("") == "%");
}

BOOST_AUTO_TEST_CASE(BoundsTheLength)
{
    const std::string longName(300, 'a');
    BOOST_TEST(FileNameFrom(longName).size() == 120);
    BOOST_TEST(FileNameFrom(longName) != FileNameFrom(longName + "a"));
    BOOST_TEST(FileNameFrom(std::string(300, '/')).size() == 120);
    BOOST_TEST(FileNameFrom(std::string(120, 'a')) == std::string(120, 'a'));
}

/// Every pair of octets: a name that stays below its folder, and a different one for each.
BOOST_AUTO_TEST_CASE(IsOneNameForAnyData)
{
    std::set<std::string> names;
    for (int first = 0; first < 256; ++first)
    {
        for (int second = 0; second < 256; ++second)
        {
            const char data[] = {static_cast<char>(first), static_cast<char>(second)};
            const std::string name = FileNameFrom({data, 2});
            BOOST_REQUIRE(StaysBelow(name));
            BOOST_REQUIRE(name.find('/') == name.npos);
            BOOST_REQUIRE(names.insert(name).second);
        }
    }
}

BOOST_AUTO_TEST_CASE(KnowsWhatLeavesAFolder)
{
    for (const char* path : {"a", "a/b.txt", "mailboxes/x@y.mbox", "TCP:60661-25", "..."})
    {
        BOOST_TEST(StaysBelow(path), path);
    }
    for (const char* path : {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.."})
    {
        BOOST_TEST(!StaysBelow(path), path);
    }
    BOOST_TEST(!StaysBelow(std::string_view("a\0b", 3)));
    BOOST_TEST(!StaysBelow(std::string(256, 'a')));
}

BOOST_AUTO_TEST_CASE(KnowsWhatCouldBeWaitedForForEver)
{
    const std::filesystem::path pipe =
        std::filesystem::temp_directory_path() / ("bouncelab-pipe-" + std::to_string(getpid()));
    BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    BOOST_TEST(IsNamedPipe(pipe));
    std::filesystem::remove(pipe);
    BOOST_TEST(!IsNamedPipe(pipe));
    BOOST_TEST(!IsNamedPipe("/dev/stdin"));
    BOOST_TEST(!IsNamedPipe(std::filesystem::temp_directory_path()));
}

BOOST_AUTO_TEST_SUITE_END()
