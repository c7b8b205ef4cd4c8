#ifndef BOUNCELAB_LAB_TRUTH_LABEL_WRITER_H
#define BOUNCELAB_LAB_TRUTH_LABEL_WRITER_H

#include "formats/label.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bouncelab::truth
{

/// What is true of one captured packet: its origin, and the cause that it belongs to.
struct PacketTruth
{
    provenance::CauseId cause = 0; //!< 0 = none.
    std::string_view classLabel;   //!< "ordinary" without a cause.
    std::string_view actor;        //!< Who did what the class names.
    std::string_view trueOrigin;   //!< Who made the packet.
    std::optional<std::uint32_t> hop;
    bool forged = false;
    bool affected = false; //!< Genuine, but made or discarded because of the cause.
};

/**
 * Writes truth/labels.jsonl as the run goes: a line for each action that the ledger passes on, and
 * one for each captured frame. Errors throw std::runtime_error with the file's name.
 *
 * A capture sees a packet before the host behind it takes or discards it. So lines wait for HOLD
 * of simulated time, in the order in which they came, until what became of the packet is known.
 */
class LabelWriter : public provenance::ActionSink
{
  public:
    /// Longer than any packet is on its way from a capture to its host.
    static constexpr Nanoseconds HOLD = std::chrono::seconds(2);

    LabelWriter(std::filesystem::path path, std::string_view runId);
    ~LabelWriter() override;
    LabelWriter(const LabelWriter&) = delete;
    LabelWriter& operator=(const LabelWriter&) = delete;

    /// Names of actors are looked up here. Needed before the first record.
    void SetLedger(const provenance::Ledger* ledger) { m_ledger = ledger; }

    /**
     * A param "hop" that is a number becomes the label's hop. The first action with a cause says
     * what the packets of that cause are labelled with.
     */
    void Record(const provenance::Action& action) override;

    /// What is known now: all there is HOLD after the packet passed, and until 2 HOLD after.
    /// The views live until the next call.
    PacketTruth Explain(const provenance::Origin& origin);

    /// Calls back with what each frame of this vantage turned out to be, in their order, as its
    /// line is written: what is told elsewhere cannot differ from the line.
    void OnFrame(std::string_view vantage, std::function<void(const PacketTruth&)> callback);

    /// A captured frame: where, its number there from 1, when it passed, and whose it is.
    void Packet(std::string_view vantage,
                std::uint64_t frame,
                SimTime time,
                const provenance::Origin& origin);

    void Close(); //!< Flushes and closes; throws when any byte may not have reached the file.

  private:
    /// What the first action of a cause said; few bytes, since there are as many as sessions.
    struct CauseRecord
    {
        std::uint16_t classIndex = 0; //!< 0 = not recorded.
        provenance::ActorId actor = 0;
        std::uint16_t hop = NO_HOP;
    };

    /// A line that waits.
    struct PendingLine
    {
        SimTime time{};
        std::string line; //!< Of an action; empty for a frame.
        provenance::Origin origin;
        std::uint64_t frame = 0;
        std::uint16_t vantage = 0;
    };

    static constexpr std::uint16_t NO_HOP = 0xFFFF;

    static std::uint16_t IndexOf(std::vector<std::string>& names, std::string_view name);
    void Release(SimTime now);
    void PutPacket(const PendingLine& pending);
    void Put();
    void Check(bool good) const;

    std::filesystem::path m_path;
    std::FILE* m_file = nullptr;
    const provenance::Ledger* m_ledger = nullptr;
    std::vector<std::string> m_classes{"ordinary"};
    std::vector<std::string> m_vantages;
    std::vector<std::function<void(const PacketTruth&)>> m_onFrame; //!< By vantage.
    std::vector<CauseRecord> m_causes{CauseRecord{}};
    std::deque<PendingLine> m_pending;
    std::unordered_map<std::uint64_t, provenance::CauseId>
        m_displaced; //!< Looked up, never walked.
    std::deque<std::pair<SimTime, std::uint64_t>> m_displacedOrder;
    Label m_action;
    Label m_packet;
    std::string m_line;
};

/// Reads a file of labels. Throws std::runtime_error "FILE:LINE: ..." on the first bad line.
std::vector<Label> ReadLabels(const std::filesystem::path& path);

} // namespace bouncelab::truth

#endif // BOUNCELAB_LAB_TRUTH_LABEL_WRITER_H
