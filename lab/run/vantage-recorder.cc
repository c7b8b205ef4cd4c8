#include "lab/run/vantage-recorder.h"

#include "models/provenance/origin-tag.h"

namespace bouncelab::run
{

namespace
{

std::optional<evidence::Anonymizer>
AnonymizerOf(const scenario::CaptureFlaws& flaws, DrawKey draws)
{
    if (!flaws.anonymizes && flaws.payloads == PayloadRest::Kept)
    {
        return std::nullopt;
    }
    return evidence::Anonymizer(draws.For("anonymizer"), flaws.anonymizes, flaws.payloads);
}

} // namespace

VantageRecorder::VantageRecorder(const std::string& name,
                                 const scenario::VantageConfig& config,
                                 DrawKey draws,
                                 const HostClock& clock,
                                 const evidence::HomeNet& home,
                                 evidence::VantageFolder& folder,
                                 const std::filesystem::path& annotated,
                                 truth::LabelWriter& labels,
                                 path::Direction receives)
    : m_clock(clock)
    , m_tap(config,
            draws,
            receives,
            [this](const evidence::Frame& frame, ByteView octets, const path::WirePacket& packet)
            { Write(frame, octets, packet); })
    , m_capture(folder.Reserve("capture.pcap"),
                clock,
                config.flaws.snapLength,
                AnonymizerOf(config.flaws, draws))
    , m_truth(labels, name, annotated)
{
    if (config.snort)
    {
        m_snort = std::make_unique<evidence::SnortLog>(folder, clock, home);
    }
}

void
VantageRecorder::Write(const evidence::Frame& frame,
                       ByteView octets,
                       const path::WirePacket& packet)
{
    const std::uint64_t number = m_capture.Write(frame);
    if (m_snort && frame.type == ethertype::IPV4)
    {
        m_snort->Write(frame);
    }
    m_truth.Frame(number,
                  frame.time,
                  m_clock.Read(frame.time),
                  octets.data,
                  octets.size,
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
