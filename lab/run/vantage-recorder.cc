#include "lab/run/vantage-recorder.h"

#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

namespace bouncelab::run
{

VantageRecorder::VantageRecorder(const std::string& name,
                                 const spec::VantageConfig& config,
                                 const HostClock& clock,
                                 const evidence::HomeNet& home,
                                 evidence::VantageFolder& folder,
                                 const std::filesystem::path& annotated,
                                 truth::LabelWriter& labels,
                                 path::Heading receives)
    : m_clock(clock)
    , m_outward{config.outwardSource, config.outwardDestination, receives == path::Heading::Outward}
    , m_inward{config.inwardSource, config.inwardDestination, receives == path::Heading::Inward}
    , m_capture(folder.Reserve("capture.pcap"), clock)
    , m_truth(labels, name, annotated)
{
    if (config.snort)
    {
        m_snort = std::make_unique<evidence::SnortLog>(folder, clock, home);
    }
}

void
VantageRecorder::Pass(path::Heading heading, const path::WirePacket& packet)
{
    evidence::Frame frame;
    frame.time = SimNow();
    frame.link = heading == path::Heading::Outward ? m_outward : m_inward;
    frame.ipSize = m_serializer.Serialize(packet);
    frame.ip = m_serializer.Data();
    const std::uint64_t number = m_capture.Write(frame);
    if (m_snort)
    {
        m_snort->Write(frame);
    }
    const std::size_t size = evidence::SerializeFrame(frame, m_frame);
    m_truth.Frame(number,
                  frame.time,
                  m_clock.Read(frame.time),
                  m_frame.data(),
                  size,
                  provenance::OriginOf(packet.payload));
}

void
VantageRecorder::Close()
{
    m_truth.Close();
    m_capture.Close();
    if (m_snort)
    {
        m_snort->Close();
    }
}

} // namespace bouncelab::run
