#include "tests/run/run-fixture.h"
#include "tests/tree.h"

#include <pcap/pcap.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace bouncelab::run
{

namespace fs = std::filesystem;

Runs::Runs()
{
    std::string pattern = (fs::temp_directory_path() / "runs-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(pattern.data()));
    m_root = pattern;
}

Runs::~Runs()
{
    std::error_code ignored;
    fs::remove_all(m_root, ignored);
}

fs::path
Runs::Detector()
{
    return tests::BinaryDir() / "bin" / "bouncelab-detect";
}

RunSpec
Runs::Spec(const std::string& variant, std::vector<std::string> overrides, std::uint64_t seed)
{
    RunSpec spec;
    spec.scenarioFile = (tests::SourceDir() / "scenarios/forged-reply/scenario.yaml").string();
    spec.personas = {tests::SourceDir()};
    spec.variant = variant;
    spec.overrides = std::move(overrides);
    spec.seed = seed;
    spec.out = m_root / std::to_string(m_count++);
    return spec;
}

fs::path
Runs::Run(const std::string& variant,
          std::vector<std::string> overrides,
          std::uint64_t seed,
          bool judged)
{
    RunManyOptions options;
    if (judged)
    {
        options.detector = Detector();
    }
    const auto results = RunMany({Spec(variant, std::move(overrides), seed)}, options);
    BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
    return results[0].spec.out;
}

std::vector<RecordedFrame>
ReadCapture(const fs::path& file)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t* capture =
        pcap_open_offline_with_tstamp_precision(file.c_str(), PCAP_TSTAMP_PRECISION_NANO, error);
    BOOST_REQUIRE_MESSAGE(capture, error);
    std::vector<RecordedFrame> frames;
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    while (pcap_next_ex(capture, &header, &bytes) == 1)
    {
        RecordedFrame frame;
        frame.number = frames.size() + 1;
        frame.ns = header->ts.tv_sec * 1000000000LL + header->ts.tv_usec;
        frame.bytes.assign(bytes, bytes + header->caplen);
        frames.push_back(std::move(frame));
        RecordedFrame& kept = frames.back();
        const auto ethernet = ParseEthernet({kept.bytes.data(), kept.bytes.size()});
        BOOST_REQUIRE(ethernet);
        kept.ip = *ParseIpv4(ethernet->payload);
        if (kept.ip.protocol == protocol::TCP)
        {
            kept.tcp = *ParseTcp(kept.ip.payload);
        }
    }
    pcap_close(capture);
    return frames;
}

std::vector<RecordedFrame>
GatewayCapture(const fs::path& run)
{
    return ReadCapture(run / "evidence/gateway-inside/capture.pcap");
}

std::vector<RecordedFrame>
CaseFrames(const fs::path& run)
{
    auto frames = GatewayCapture(run);
    frames.erase(std::remove_if(frames.begin(),
                                frames.end(),
                                [](const RecordedFrame& f)
                                {
                                    return f.ip.protocol != protocol::TCP ||
                                           (f.tcp.sourcePort != 60661 &&
                                            f.tcp.destinationPort != 60661);
                                }),
                 frames.end());
    return frames;
}

const RecordedFrame&
Find(const std::vector<RecordedFrame>& frames, const std::string& prefix)
{
    const auto found =
        std::find_if(frames.begin(),
                     frames.end(),
                     [&](const RecordedFrame& f) { return f.Text().rfind(prefix, 0) == 0; });
    BOOST_REQUIRE_MESSAGE(found != frames.end(), "no frame begins with " << prefix);
    return *found;
}

std::vector<std::pair<std::string, std::string>>
AllFiles(const fs::path& folder)
{
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
    {
        if (entry.is_regular_file())
        {
            std::ifstream file(entry.path(), std::ios::binary);
            files.emplace_back(entry.path().lexically_relative(folder).generic_string(),
                               std::string((std::istreambuf_iterator<char>(file)), {}));
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string
Param(const Label& label, const std::string& name)
{
    for (const auto& [key, value] : label.params)
    {
        if (key == name)
        {
            return value;
        }
    }
    return {};
}

std::string
Output(const std::string& command)
{
    std::FILE* pipe = popen(command.c_str(), "r");
    BOOST_REQUIRE(pipe);
    std::string text;
    char buffer[4096];
    std::size_t size = 0;
    while ((size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0)
    {
        text.append(buffer, size);
    }
    BOOST_REQUIRE_MESSAGE(pclose(pipe) == 0, command);
    return text;
}

} // namespace bouncelab::run
