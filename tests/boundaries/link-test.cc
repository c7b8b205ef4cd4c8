#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab::cli;

const std::string PROGRAMS = tests::BinaryDir().string() + "/bin/";

/// How many lines a shell command prints.
int
LinesOf(const std::string& command)
{
    const ChildEnd end = RunChild({"sh", "-c", command + " | wc -l"}, std::chrono::minutes(1));
    BOOST_REQUIRE(end.status == 0);
    return std::stoi(end.output);
}

/// Symbols of a namespace of ours that a program holds.
int
Symbols(const std::string& program, const std::string& space)
{
    return LinesOf("nm -C " + PROGRAMS + program + " | grep 'bouncelab::" + space + "::'");
}

BOOST_AUTO_TEST_SUITE(link)

BOOST_AUTO_TEST_CASE(TheDetectorsLinkNoSimulator)
{
    BOOST_TEST(LinesOf("ldd " + PROGRAMS + "bouncelab | grep libns3") > 0);
    BOOST_TEST(LinesOf("ldd " + PROGRAMS + "bouncelab-detect | grep -e libpcap") > 0);
    BOOST_TEST(LinesOf("ldd " + PROGRAMS + "bouncelab-detect | grep libns3") == 0);
    BOOST_TEST(LinesOf("nm -C " + PROGRAMS + "bouncelab-detect | grep 'ns3::'") == 0);
}

BOOST_AUTO_TEST_CASE(TheDetectorsHoldNothingOfTheLab)
{
    for (const char* space : {"spec",
                              "world",
                              "evidence",
                              "truth",
                              "run",
                              "score",
                              "cli",
                              "host",
                              "path",
                              "middlebox",
                              "provenance",
                              "mail",
                              "probe",
                              "service",
                              "dns",
                              "kerberos"})
    {
        BOOST_TEST(Symbols("bouncelab-detect", space) == 0, space);
    }
    BOOST_TEST(Symbols("bouncelab-detect", "detectors") > 0);
    // That the question finds something where there is something.
    BOOST_TEST(Symbols("bouncelab", "truth") > 0);
    BOOST_TEST(Symbols("bouncelab", "world") > 0);
}

BOOST_AUTO_TEST_CASE(NoProgramKnowsWhereItWasBuiltFromButForItsData)
{
    const std::string source = tests::SourceDir();
    BOOST_TEST(
        LinesOf("strings -n 4 " + PROGRAMS + "bouncelab-detect | grep -F '" + source + "/'") == 0);
    BOOST_TEST(LinesOf("strings -n 4 " + PROGRAMS + "bouncelab | grep -F '" + source + "/'") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
