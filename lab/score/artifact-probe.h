#ifndef BOUNCELAB_LAB_SCORE_ARTIFACT_PROBE_H
#define BOUNCELAB_LAB_SCORE_ARTIFACT_PROBE_H

#include "lab/score/fidelity/capture.h"
#include "lab/score/run-folder.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/// One header feature of a frame: "ip.ttl" and its value as text.
using Feature = std::pair<std::string, std::string>;

/// A value of one feature that forged frames have and no genuine one.
struct Separator
{
    std::string feature;
    std::string value;
    std::uint64_t forged = 0; //!< Forged frames that have it.
    bool documented = false;  //!< S003-43 names it: it is how forgeries look, not how we make them.
};

/// Everything that headers, lengths, checksums and padding of a TCP frame say, feature by feature.
/// What is unique to each frame by its nature (sequence numbers, ports, checksums) is not in it.
std::vector<Feature> FeaturesOf(const CaptureFrame& frame);

/**
 * Looks for an artifact of the lab: a single feature by which forged frames could be told from all
 * genuine ones although no forgery would have to look like that.
 */
class ArtifactProbe
{
  public:
    /// Adds the captures of a run, with fault or without. Truth says which frames are forged.
    void Add(const RunFolder& run);

    /// Adds one frame.
    void Add(const CaptureFrame& frame, bool forged);

    /// Every value that only forged frames have, in order of features.
    std::vector<Separator> Separators() const;

    std::uint64_t ForgedFrames() const { return m_forged; }

    std::uint64_t GenuineFrames() const { return m_genuine; }

  private:
    struct Counts
    {
        std::uint64_t forged = 0;
        std::uint64_t genuine = 0;
    };

    std::map<Feature, Counts> m_counts;
    std::uint64_t m_forged = 0;
    std::uint64_t m_genuine = 0;
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_ARTIFACT_PROBE_H
