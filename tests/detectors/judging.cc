#include "judging.h"

#include "detectors/flow/flow-table.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace bouncelab::test
{

namespace
{

using namespace detectors;

class Collector : public AlertSink
{
  public:
    void Add(Alert alert) override { alerts.push_back(std::move(alert)); }

    std::vector<Alert> alerts;
};

std::unique_ptr<Detector>
DetectorOf(const std::string& name)
{
    for (auto& detector : AllDetectors())
    {
        if (detector->Name() == name)
        {
            return std::move(detector);
        }
    }
    BOOST_FAIL("there is no detector " + name);
    return nullptr;
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
    std::vector<std::unique_ptr<Detector>> chosen;
    if (detector.empty())
    {
        chosen = AllDetectors();
    }
    else
    {
        chosen.push_back(DetectorOf(detector));
    }
    Collector collector;
    Surroundings surroundings;
    EvidenceHandler handler;
    handler.flow = [&](const Evidence& evidence)
    {
        for (const auto& one : chosen)
        {
            one->Judge(evidence, collector);
        }
    };
    handler.note = [&](const std::string& note)
    {
        if (notes)
        {
            notes->push_back(note);
        }
    };
    const auto problem = ReadEvidence(path, surroundings, handler);
    BOOST_REQUIRE_MESSAGE(!problem, problem.value_or(""));
    for (const auto& one : chosen)
    {
        one->Conclude(surroundings, collector);
    }
    return collector.alerts;
}

std::vector<Alert>
JudgeCapture(const std::string& bytes, const std::string& name, const Surroundings& surroundings)
{
    const std::unique_ptr<Detector> chosen = DetectorOf(name);
    Collector collector;
    const Source source{"made.pcap", false};
    FlowTable table(source, [&](Flow& flow) { chosen->Judge({flow, surroundings}, collector); });
    ReadCapture(OpenBytes(bytes), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    chosen->Conclude(surroundings, collector);
    return collector.alerts;
}

std::vector<Alert>
Judge(const PacketScript& packets, const std::string& detector)
{
    return JudgeCapture(PcapOf(packets), detector);
}

std::vector<Alert>
JudgeLogs(const std::string& name, const Surroundings& surroundings)
{
    Collector collector;
    DetectorOf(name)->Conclude(surroundings, collector);
    return collector.alerts;
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
