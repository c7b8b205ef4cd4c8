#ifndef BOUNCELAB_DETECTORS_ANALYSIS_FLOW_DIALOG_H
#define BOUNCELAB_DETECTORS_ANALYSIS_FLOW_DIALOG_H

#include "detectors/analysis/mail-content.h"
#include "detectors/flow/flow.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

constexpr std::size_t MOST_PENDING = 256; //!< Commands that wait for their replies.

/// A command and its reply, as far as both are known.
struct FlowTurn
{
    std::string command; //!< "RCPT TO", "HELO", "." after the content; empty = none known.
    std::optional<std::uint32_t> commandSegment; //!< Index of the segment that completed it.
    std::string line;                            //!< The command as it was sent.
    std::uint32_t code = 0;                      //!< 0 = no reply seen.
    std::string reply;                           //!< All lines with their codes, joined by LF.
    std::optional<std::uint32_t> replySegment;   //!< Index of the segment that completed it.
    std::shared_ptr<const MailContent> content;  //!< Of ".": what it ends; null = not seen whole.
};

/**
 * Follows an SMTP dialogue from outside. Where bytes are missing it guesses the state instead of
 * giving up: behind a gap a reply answers the last command before it.
 */
class FlowDialog
{
  public:
    explicit FlowDialog(const Flow& flow);

    const std::vector<FlowTurn>& Turns() const { return m_turns; }

    /// The last command that the segment completed; empty if none.
    std::string CommandIn(std::uint32_t segment) const;

  private:
    std::vector<FlowTurn> m_turns;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_FLOW_DIALOG_H
