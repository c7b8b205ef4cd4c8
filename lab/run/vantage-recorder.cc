#include "lab/run/vantage-recorder.h"

#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::run
{

VantageRecorder::VantageRecorder(const std::string& name,
                                 const scenario::VantageConfig& config,
                                 const HostClock& clock,
                                 const evidence::HomeNet& home,
                                 evidence::VantageFolder& folder,
                                 const std::filesystem::path& annotated,
                                 truth::LabelWriter& labels,
                                 path::Direction receives,
                                 evidence::TcpdumpText::ReverseName names)
    : m_clock(clock)
    , m_outbound{config.outwardSource,
                 config.outwardDestination,
                 receives == path::Direction::Outbound}
    , m_inbound{config.inwardSource, config.inwardDestination, receives == path::Direction::Inbound}
    , m_filter(config.filter)
    , m_from(config.from)
    , m_until(config.until.count() > 0 ? SimTime(config.until) : SimTime::max())
    , m_capture(folder.Reserve("capture.pcap"), clock)
    , m_printer(std::move(names))
    , m_truth(labels, name, annotated)
{
    if (config.snort)
    {
        m_snort = std::make_unique<evidence::SnortLog>(folder, clock, home);
    }
    if (config.tcpdumpText)
    {
        m_printed = &folder.Open("tcpdump.txt");
    }
}

void
VantageRecorder::Pass(path::Direction direction, const path::WirePacket& packet)
{
    evidence::Frame frame;
    frame.link = direction == path::Direction::Outbound ? m_outbound : m_inbound;
    Write(frame, packet);
}

void
VantageRecorder::Pass(const path::EthernetFrame& passing, bool received)
{
    evidence::Frame frame;
    frame.link = {passing.source, passing.destination, received};
    frame.type = passing.type;
    Write(frame, passing.packet);
}

void
VantageRecorder::Write(evidence::Frame& frame, const path::WirePacket& packet)
{
    frame.time = SimNow();
    if (frame.time < m_from || frame.time >= m_until)
    {
        return;
    }
    const bool isIp = frame.type == ethertype::IPV4;
    frame.ipSize = isIp ? m_serializer.Serialize(packet) : m_serializer.SerializePayload(packet);
    frame.ip = m_serializer.Data();
    const std::size_t size = evidence::SerializeFrame(frame, m_frame);
    if (!m_filter.Takes(m_frame.data(), size))
    {
        return;
    }
    const std::uint64_t number = m_capture.Write(frame);
    if (m_snort && isIp)
    {
        m_snort->Write(frame);
    }
    if (m_printed)
    {
        m_line.clear();
        m_printer.Append(m_line,
                         {m_frame.data(), size},
                         m_clock.Read(frame.time),
                         m_clock.zoneSeconds);
        m_printed->Write(m_line);
    }
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
