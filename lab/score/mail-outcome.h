#ifndef BOUNCELAB_LAB_SCORE_MAIL_OUTCOME_H
#define BOUNCELAB_LAB_SCORE_MAIL_OUTCOME_H

#include "lab/score/run-folder.h"

#include <cstdint>
#include <string>

namespace bouncelab::score
{

/// What became of the mail, by the truth.
struct TrueOutcome
{
    std::string sender; //!< View of the case's sender: delivered, failed, lost, pending; or empty.
    std::uint64_t copies = 0;      //!< View of its recipient.
    bool changed = false;          //!< A copy has another body than was sent.
    std::uint64_t others = 0;      //!< Further messages and recipients.
    std::uint64_t othersAmiss = 0; //!< Of these, those on which the two sides do not agree.

    /// "bounced / never arrived"; "sent / arrived, changed".
    std::string Phrase() const;
};

/// What both sides of one message believe, by its label.
TrueOutcome ViewsOf(const Label& label);

TrueOutcome OutcomeOf(const RunFolder& run);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_MAIL_OUTCOME_H
