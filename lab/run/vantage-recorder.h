#ifndef BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
#define BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H

#include "formats/clock.h"
#include "lab/evidence/capture-writer.h"
#include "lab/evidence/snort-log.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/run/frame-tap.h"
#include "lab/scenario/scenario.h"
#include "lab/truth/vantage-truth.h"

#include <filesystem>
#include <memory>
#include <string>

namespace bouncelab::run
{

/// Records the packets that pass one place: the evidence, and apart from it the truth about each.
class VantageRecorder
{
  public:
    /**
     * \param name of the vantage; \param config of the scenario
     * \param draws see FrameTap
     * \param clock of the capturing machine
     * \param home the network that snort calls its home
     * \param folder where evidence goes; \param annotated the file of the annotated capture
     * \param receives see FrameTap
     */
    VantageRecorder(const std::string& name,
                    const scenario::VantageConfig& config,
                    DrawKey draws,
                    const HostClock& clock,
                    const evidence::HomeNet& home,
                    evidence::VantageFolder& folder,
                    const std::filesystem::path& annotated,
                    truth::LabelWriter& labels,
                    path::Direction receives);

    FrameTap& Tap() { return m_tap; } //!< To be shown what passes.

    void Close();

  private:
    void Write(const evidence::Frame& frame, ByteView octets, const path::WirePacket& packet);

    HostClock m_clock;
    FrameTap m_tap;
    evidence::CaptureWriter m_capture;
    std::unique_ptr<evidence::SnortLog> m_snort;
    truth::VantageTruth m_truth;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
