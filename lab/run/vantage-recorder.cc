#include "lab/run/vantage-recorder.h"

#include "lab/truth/packet-comment.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <limits>
#include <utility>

namespace bouncelab::run
{

VantageRecorder::VantageRecorder(const std::string& name,
                                 const spec::VantageConfig& config,
                                 const HostClock& clock,
                                 const evidence::HomeNet& home,
                                 evidence::VantageFolder& folder,
                                 const std::filesystem::path& annotated,
                                 truth::LabelWriter& labels,
                                 const DisplacedPackets& displaced)
    : m_name(name),
      m_clock(clock),
      m_outward{config.outwardSource, config.outwardDestination, false},
      m_inward{config.inwardSource, config.inwardDestination, false},
      m_capture(folder.Reserve("capture.pcap"), clock),
      m_annotated(annotated),
      m_labels(labels),
      m_displaced(displaced)
{
    if (config.snort)
    {
        m_snort = std::make_unique<evidence::SnortLog>(folder, clock, home);
    }
}

void
VantageRecorder::Pass(path::Heading heading, const path::WirePacket& packet)
{
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    Settle(now - LAG_NS);
    evidence::Frame frame;
    frame.timeNs = now;
    frame.link = heading == path::Heading::Outward ? m_outward : m_inward;
    frame.ipSize = m_serializer.Serialize(packet);
    frame.ip = m_serializer.Data();
    Pending pending;
    pending.frame = m_capture.Write(frame);
    if (m_snort)
    {
        m_snort->Write(frame);
    }
    pending.timeNs = now;
    pending.origin = provenance::OriginOf(packet.payload);
    if (!m_spare.empty())
    {
        pending.bytes = std::move(m_spare.back());
        m_spare.pop_back();
    }
    pending.bytes.resize(evidence::SerializeFrame(frame, pending.bytes));
    m_pending.push_back(std::move(pending));
}

void
VantageRecorder::Settle(std::int64_t beforeNs)
{
    while (!m_pending.empty() && m_pending.front().timeNs < beforeNs)
    {
        Pending& pending = m_pending.front();
        const auto displaced = m_displaced.find(pending.origin.serial);
        if (displaced != m_displaced.end() && pending.origin.cause == 0)
        {
            pending.origin.cause = displaced->second;
        }
        m_labels.Packet(m_name, pending.frame, pending.timeNs, pending.origin);
        m_comment.clear();
        if (pending.origin.cause != 0)
        {
            truth::AppendPacketComment(m_comment, m_labels.Explain(pending.origin));
        }
        m_annotated.Write(m_clock.Read(pending.timeNs),
                          pending.bytes.data(),
                          pending.bytes.size(),
                          m_comment);
        m_spare.push_back(std::move(pending.bytes));
        m_pending.pop_front();
    }
}

void
VantageRecorder::Close()
{
    Settle(std::numeric_limits<std::int64_t>::max());
    m_capture.Close();
    if (m_snort)
    {
        m_snort->Close();
    }
    m_annotated.Close();
}

} // namespace bouncelab::run
