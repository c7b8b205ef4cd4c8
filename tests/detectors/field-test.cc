#include "packet-script.h"
#include "run-detector.h"
#include "tests/cases/case-file.h"
#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>

using namespace bouncelab;
using namespace bouncelab::test;
namespace fs = std::filesystem;

namespace
{

struct Printed
{
    int status = 0;
    std::string text;

    bool Has(const std::string& line) const { return text.find(line) != std::string::npos; }
};

Printed
Field(const fs::path& folder, const fs::path& truth, const EvidenceScratch& scratch)
{
    const fs::path output = scratch.Path() / "printed";
    const std::string command =
        (tests::SourceDir() / "tests" / "field" / "field").string() + " --detect " +
        (tests::BinaryDir() / "bin" / "bouncelab-detect").string() + " " + folder.string() + " " +
        truth.string() + " >" + output.string() + " 2>&1";
    Printed printed;
    printed.status = WEXITSTATUS(std::system(command.c_str()));
    std::ifstream file(output, std::ios::binary);
    printed.text.assign(std::istreambuf_iterator<char>(file), {});
    return printed;
}

std::string
CaptureOf(const std::string& name)
{
    const auto cases = ReadCasesIn(tests::SourceDir() / "tests" / "detectors" / "cases");
    const auto found = std::find_if(
        cases.begin(),
        cases.end(),
        [&](const Case& one) { return one.name == name && one.at.rfind("world.txt", 0) == 0; });
    BOOST_REQUIRE_MESSAGE(found != cases.end(), name);
    return PcapOf(ReadPacketScript(found->lines));
}

} // namespace

/// tests/field/field, which counts what is found in captures of others.
BOOST_AUTO_TEST_SUITE(field)

BOOST_AUTO_TEST_CASE(CountsWhatIsFoundMissedAccusedAndUnread)
{
    const EvidenceScratch scratch;
    scratch.Write("captures/forged/one.pcap", CaptureOf("another-stack-goes-on-after-its-reset"));
    scratch.Write("captures/two.pcap", CaptureOf("a-pair-in-order-with-the-hosts-ttl"));
    scratch.Write("captures/quiet.pcap", CaptureOf("silent-on-a-pair-one-apart"));
    scratch.Write("captures/doubt.pcap", CaptureOf("only-a-doubt-where-time-shows-nothing"));
    scratch.Write("captures/cut.pcap", std::string("\xD4\xC3\xB2\xA1", 4));
    scratch.Write("captures/unlisted.pcap", CaptureOf("silent-on-a-pair-one-apart"));
    scratch.Write("truth.tsv",
                  "# a list\n"
                  "forged/*.pcap\tforged.reset@6\n"
                  "two.pcap\tnone\n"
                  "quiet.pcap\tforged.reset@5|6\n"
                  "doubt.pcap\tforged.reset@5\n"
                  "cut.pcap\tnone\n"
                  "absent.pcap\tnone\n");
    const Printed printed =
        Field(scratch.Path() / "captures", scratch.Path() / "truth.tsv", scratch);
    BOOST_TEST_CONTEXT(printed.text)
    {
        BOOST_TEST(printed.status == 1);
        BOOST_TEST(printed.Has("files                        5, 1 unread\n"));
        BOOST_TEST(printed.Has("flows                        4, 4 both ways\n"));
        BOOST_TEST(printed.Has("forged packets found         1 of 3 (0.8 to 90.6 %)\n"));
        BOOST_TEST(printed.Has("missed                       2, 1 of them inconclusive\n"));
        BOOST_TEST(printed.Has("falsely accused flows        1\n"));
        BOOST_TEST(printed.Has("per 100,000 flows both ways  25000 (631 to 80588)\n"));
        BOOST_TEST(printed.Has("falsely accused: two.pcap frame 5 by forged-reset"));
        BOOST_TEST(printed.Has("missed: quiet.pcap"));
        BOOST_TEST(printed.Has("names absent.pcap"));
        BOOST_TEST(printed.Has("1 files that the list does not name"));
    }
}

BOOST_AUTO_TEST_CASE(ADamagedListIsRefusedWithItsLine)
{
    const EvidenceScratch scratch;
    scratch.Write("captures/one.pcap", CaptureOf("silent-on-a-pair-one-apart"));
    scratch.Write("truth.tsv", "one.pcap\tforged.reset@five\n");
    const Printed printed =
        Field(scratch.Path() / "captures", scratch.Path() / "truth.tsv", scratch);
    BOOST_TEST(printed.status == 1);
    BOOST_TEST(printed.Has("truth.tsv:1:10: found 'forged.reset@five', expected none or"),
               printed.text);
}

BOOST_AUTO_TEST_CASE(NobodyIsFalselyAccusedInTheCases,
                     *boost::unit_test::precondition(tests::IfShared{"cases/captures/README.md"}))
{
    const EvidenceScratch scratch;
    const Printed printed = Field(tests::SharedPath("cases/captures"),
                                  tests::SourceDir() / "tests" / "field" / "cases.tsv",
                                  scratch);
    BOOST_TEST(printed.Has("falsely accused flows        0\n"), printed.text);
    for (const char* capture : {"01", "02", "03", "04", "05", "12", "15-same"})
    {
        BOOST_TEST(!printed.Has(std::string("missed: ") + capture), printed.text);
        BOOST_TEST(!printed.Has(std::string("missed (inconclusive): ") + capture), printed.text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
