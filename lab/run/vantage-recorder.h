#ifndef BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
#define BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H

#include "formats/clock.h"
#include "lab/evidence/capture-writer.h"
#include "lab/evidence/snort-log.h"
#include "lab/evidence/vantage-folder.h"
#include "lab/evidence/wire-serializer.h"
#include "lab/spec/scenario.h"
#include "lab/truth/annotated-capture.h"
#include "lab/truth/label-writer.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::run
{

/// The genuine packets that were not used because of a forgery, by their serial. They are few.
using DisplacedPackets = std::unordered_map<std::uint64_t, provenance::CauseId>;

/**
 * Records the packets that pass one place: the evidence as they pass, the truth about them a little
 * later, when it is known what became of each (LAG_NS). Memory holds the packets of that time only.
 */
class VantageRecorder
{
  public:
    static constexpr std::int64_t LAG_NS = 2000000000;

    /**
     * \param name of the vantage; \param config of the scenario
     * \param clock of the capturing machine
     * \param home the network that snort calls its home
     * \param folder where evidence goes; \param annotated the file of the annotated capture
     * \param displaced grows during the run; not owned
     */
    VantageRecorder(const std::string& name,
                    const spec::VantageConfig& config,
                    const HostClock& clock,
                    const evidence::HomeNet& home,
                    evidence::VantageFolder& folder,
                    const std::filesystem::path& annotated,
                    truth::LabelWriter& labels,
                    const DisplacedPackets& displaced);

    void Pass(path::Heading heading, const path::WirePacket& packet);
    void Close();

  private:
    struct Pending
    {
        std::uint64_t frame = 0;
        std::int64_t timeNs = 0;
        provenance::Origin origin;
        std::vector<std::uint8_t> bytes;
    };

    void Settle(std::int64_t beforeNs);

    std::string m_name;
    HostClock m_clock;
    evidence::LinkHeader m_outward;
    evidence::LinkHeader m_inward;
    evidence::WireSerializer m_serializer;
    evidence::CaptureWriter m_capture;
    std::unique_ptr<evidence::SnortLog> m_snort;
    truth::AnnotatedCapture m_annotated;
    truth::LabelWriter& m_labels;
    const DisplacedPackets& m_displaced;
    std::deque<Pending> m_pending;
    std::vector<std::vector<std::uint8_t>> m_spare;
    std::string m_comment;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_VANTAGE_RECORDER_H
