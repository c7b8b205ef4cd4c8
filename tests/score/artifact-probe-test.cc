#include "lab/score/artifact-probe.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

constexpr std::size_t P7 = 10;

/// Where the forged frame's bytes lie in the capture that DocumentedRun writes.
void
Patch(const std::filesystem::path& capture, std::size_t offsetInFrame, char value)
{
    std::string bytes = ReadTextFile(capture);
    std::size_t at = 24;
    for (std::uint64_t frame = 1; frame < FrameOf(P7); ++frame)
    {
        at += 16 + static_cast<unsigned char>(bytes[at + 8]) +
              256u * static_cast<unsigned char>(bytes[at + 9]);
    }
    bytes[at + 16 + offsetInFrame] = value;
    WriteTextFile(capture, bytes);
}

std::set<std::string>
Undocumented(const RunFolder& run)
{
    ArtifactProbe probe;
    probe.Add(run);
    BOOST_TEST(probe.ForgedFrames() == 1u);
    std::set<std::string> features;
    for (const Separator& separator : probe.Separators())
    {
        if (!separator.documented)
        {
            features.insert(separator.feature);
        }
    }
    return features;
}

std::set<std::string>
UndocumentedAfter(std::size_t offsetInFrame, char value)
{
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path());
    Patch(folder.Path() / "evidence/gateway-inside/capture.pcap", offsetInFrame, value);
    return Undocumented(RunFolder(folder.Path()));
}

BOOST_AUTO_TEST_SUITE(artifact_probe)

BOOST_AUTO_TEST_CASE(TheDocumentShowsDocumentedSignalsOnly)
{
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path());
    const RunFolder run(folder.Path());
    BOOST_TEST(Undocumented(run).empty());
    ArtifactProbe probe;
    probe.Add(run);
    std::set<std::string> features;
    for (const Separator& separator : probe.Separators())
    {
        features.insert(separator.feature);
    }
    for (const char* expected : {"ip.ttl", "ip.id", "ip.df", "tcp.window", "text.start"})
    {
        BOOST_TEST(features.count(expected) == 1, expected);
    }
}

BOOST_AUTO_TEST_CASE(ArtifactsAreFound)
{
    using Features = std::set<std::string>;
    BOOST_TEST((UndocumentedAfter(0, 0x55) == Features{"eth.destination"}));
    BOOST_TEST((UndocumentedAfter(6, 0x55) == Features{"eth.source"}));
    BOOST_TEST((UndocumentedAfter(14 + 1, 0x10) == Features{"ip.checksum", "ip.tos"}));
    BOOST_TEST((UndocumentedAfter(14 + 20 + 17, 0x10) == Features{"tcp.checksum"}));
    BOOST_TEST((UndocumentedAfter(14 + 20 + 19, 0x10) == Features{"tcp.checksum", "tcp.urgent"}));
    BOOST_TEST((UndocumentedAfter(14 + 40 + 9, ' ') == Features{"tcp.checksum", "text.line-end"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
