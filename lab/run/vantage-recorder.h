#ifndef BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
#define BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H

#include "formats/clock.h"
#include "lab/evidence/capture-writer.h"
#include "lab/evidence/snort-log.h"
#include "lab/evidence/tcpdump-text.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/evidence/wire-serializer.h"
#include "lab/scenario/capture-filter.h"
#include "lab/scenario/scenario.h"
#include "lab/truth/vantage-truth.h"
#include "models/path/ethernet-frame.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// Records the packets that pass one place: the evidence, and apart from it the truth about each.
class VantageRecorder
{
  public:
    /**
     * \param name of the vantage; \param config of the scenario
     * \param clock of the capturing machine
     * \param home the network that snort calls its home
     * \param folder where evidence goes; \param annotated the file of the annotated capture
     * \param receives the direction of the frames that the capturing machine takes off its wire:
     *        short ones show Ethernet's padding
     * \param names what reverse DNS calls addresses, for printed packets
     */
    VantageRecorder(const std::string& name,
                    const scenario::VantageConfig& config,
                    const HostClock& clock,
                    const evidence::HomeNet& home,
                    evidence::VantageFolder& folder,
                    const std::filesystem::path& annotated,
                    truth::LabelWriter& labels,
                    path::Direction receives,
                    evidence::TcpdumpText::ReverseName names = {});

    /// At a line.
    void Pass(path::Direction direction, const path::WirePacket& packet);

    /// On an Ethernet segment. \param received it comes off the wire
    void Pass(const path::EthernetFrame& frame, bool received);

    void Close();

  private:
    void Write(evidence::Frame& frame, const path::WirePacket& packet);

    HostClock m_clock;
    evidence::LinkHeader m_outbound;
    evidence::LinkHeader m_inbound;
    scenario::CaptureFilter m_filter;
    SimTime m_from;
    SimTime m_until;
    evidence::WireSerializer m_serializer;
    evidence::CaptureWriter m_capture;
    std::unique_ptr<evidence::SnortLog> m_snort;
    evidence::TcpdumpText m_printer;
    evidence::OutputFile* m_printed = nullptr; //!< The folder's.
    truth::VantageTruth m_truth;
    std::vector<std::uint8_t> m_frame;
    std::string m_line;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
