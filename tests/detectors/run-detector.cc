#include "run-detector.h"

#include "detectors/flow/flow-table.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace bouncelab::test
{

namespace
{

using namespace detectors;

const Detector&
DetectorOf(const std::string& name)
{
    const auto& all = AllDetectors();
    const auto found = std::find_if(all.begin(),
                                    all.end(),
                                    [&](const Detector* one) { return one->Name() == name; });
    BOOST_REQUIRE_MESSAGE(found != all.end(), name);
    return **found;
}

} // namespace

EvidenceScratch::EvidenceScratch()
{
    std::string path = (std::filesystem::temp_directory_path() / "bouncelab-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(path.data()));
    m_path = path;
}

EvidenceScratch::~EvidenceScratch()
{
    std::filesystem::remove_all(m_path);
}

void
EvidenceScratch::Write(const std::string& name, const std::string& bytes) const
{
    std::filesystem::create_directories((m_path / name).parent_path());
    std::ofstream(m_path / name, std::ios::binary) << bytes;
}

std::vector<Alert>
JudgePath(const std::filesystem::path& path,
          const std::string& detector,
          std::vector<std::string>* notes)
{
    const std::vector<const Detector*> chosen =
        detector.empty() ? AllDetectors() : std::vector<const Detector*>{&DetectorOf(detector)};
    EvidenceContext context;
    Detection detection(chosen, context);
    EvidenceHandler handler;
    handler.flow = [&](const Evidence& evidence) { detection.Judge(evidence); };
    handler.note = [&](const std::string& note)
    {
        if (notes)
        {
            notes->push_back(note);
        }
    };
    const auto problem = ReadEvidence(path, context, handler);
    BOOST_REQUIRE_MESSAGE(!problem, problem.value_or(""));
    detection.Conclude();
    for (const CutEvidence& cut : detection.LaterCuts())
    {
        handler.note(cut.Tell());
    }
    return detection.AllAlerts();
}

std::vector<Alert>
JudgeCapture(const std::string& bytes, const std::string& name, const EvidenceContext& context)
{
    Detection detection({&DetectorOf(name)}, context);
    const CaptureSource source{"made.pcap", false};
    FlowTable table(source, [&](Flow& flow) { detection.Judge({flow, context}); });
    ReadCapture(OpenBytes(bytes), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    detection.Conclude();
    return detection.AllAlerts();
}

std::vector<Alert>
Judge(const PacketScript& packets, const std::string& detector)
{
    return JudgeCapture(PcapOf(packets), detector);
}

std::vector<Alert>
JudgeLogs(const std::string& name, const EvidenceContext& context)
{
    Detection detection({&DetectorOf(name)}, context);
    detection.Conclude();
    return detection.AllAlerts();
}

std::size_t
CountFaults(const std::vector<Alert>& alerts)
{
    return static_cast<std::size_t>(std::count_if(alerts.begin(),
                                                  alerts.end(),
                                                  [](const Alert& alert)
                                                  { return alert.verdict == Verdict::Fault; }));
}

} // namespace bouncelab::test
