#include "lab/score/artifact-probe.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using namespace bouncelab::score;

std::vector<RunFolder>
RunsOf(const fs::path& results, const std::vector<std::string>& variants, int seeds)
{
    std::vector<RunFolder> runs;
    for (const std::string& variant : variants)
    {
        for (int seed = 1; seed <= seeds; ++seed)
        {
            runs.emplace_back(results / "forged-reply" / variant /
                              ("seed-" + std::to_string(seed)));
        }
    }
    return runs;
}

BOOST_AUTO_TEST_SUITE(artifact)

/// No header, length, checksum or padding may tell forged frames apart, except as S003-43
/// documents that forged frames look.
BOOST_AUTO_TEST_CASE(OnlyDocumentedSignalsSeparate)
{
    constexpr int SEEDS = 3;
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(),
                                   {"run",
                                    "forged-reply/error-500",
                                    "forged-reply/forward-551",
                                    "forged-reply/late",
                                    "forged-reply/control",
                                    "forged-reply/retransmission",
                                    "--runs",
                                    std::to_string(SEEDS),
                                    "--quiet",
                                    "--keep-going"});
    BOOST_REQUIRE(end.status <= 1);
    const fs::path results = scratch.Path() / "results";
    const auto faulty = RunsOf(results, {"error-500", "forward-551", "late"}, SEEDS);
    const auto controls = RunsOf(results, {"control", "retransmission"}, SEEDS);
    ArtifactProbe probe;
    for (const RunFolder& run : faulty)
    {
        probe.Add(run);
    }
    for (const RunFolder& run : controls)
    {
        probe.Add(run);
    }
    BOOST_TEST(probe.ForgedFrames() >= faulty.size());
    BOOST_TEST(probe.GenuineFrames() > 1000u);
    std::size_t documented = 0;
    for (const Separator& separator : probe.Separators())
    {
        documented += separator.documented ? 1 : 0;
        BOOST_TEST(separator.documented,
                   separator.feature << " = " << separator.value << " in " << separator.forged
                                     << " forged frames and no genuine one");
    }
    BOOST_TEST(documented > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
