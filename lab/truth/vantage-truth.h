#ifndef BOUNCELAB_LAB_TRUTH_VANTAGE_TRUTH_H
#define BOUNCELAB_LAB_TRUTH_VANTAGE_TRUTH_H

#include "formats/clock.h"
#include "lab/truth/annotated-capture.h"
#include "lab/truth/label-writer.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::truth
{

/**
 * The truth about one vantage's capture: a label for every frame, and a copy of the capture with a
 * comment on each forged and each affected frame. The copy is written as the labels are.
 */
class VantageTruth
{
  public:
    /// \param labels has to outlive this. \param annotated where the copy goes (pcapng).
    VantageTruth(LabelWriter& labels, std::string vantage, std::filesystem::path annotated);

    /**
     * A frame was captured.
     * \param number its number in the capture, from 1.
     * \param reading the stamp that the capture gave it.
     * \param bytes the Ethernet frame.
     */
    void Frame(std::uint64_t number,
               SimTime time,
               WallTime reading,
               const std::uint8_t* bytes,
               std::size_t size,
               const provenance::Origin& origin);

    /// Closes the copy. After the LabelWriter was closed, since that tells of the last frames.
    void Close();

  private:
    struct HeldFrame
    {
        WallTime reading{};
        std::vector<std::uint8_t> bytes;
    };

    void Write(const PacketTruth& truth);

    LabelWriter& m_labels;
    std::string m_vantage;
    AnnotatedCapture m_capture;
    std::deque<HeldFrame> m_held;
    std::vector<std::vector<std::uint8_t>> m_spare; //!< Buffers to be used again.
    std::string m_comment;
};

} // namespace bouncelab::truth

#endif // BOUNCELAB_LAB_TRUTH_VANTAGE_TRUTH_H
