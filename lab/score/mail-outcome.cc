#include "lab/score/mail-outcome.h"

#include "lab/score/label-param.h"

#include <fmt/format.h>

#include <cstdlib>

namespace bouncelab::score
{

std::string
TrueOutcome::Phrase() const
{
    const std::string there = sender == "failed"      ? "bounced"
                              : sender == "delivered" ? "sent"
                              : sender == "lost"      ? "lost"
                              : sender.empty()        ? "not sent"
                                                      : "still in the queue";
    const std::string here = copies == 0   ? "never arrived"
                             : copies == 1 ? "arrived"
                                           : fmt::format("arrived {} times", copies);
    return there + " / " + here + (changed ? ", changed" : "");
}

TrueOutcome
ViewsOf(const Label& label)
{
    TrueOutcome outcome;
    outcome.sender = ParamOf(label, "sender_view");
    outcome.copies = std::strtoull(ParamOf(label, "copies").c_str(), nullptr, 10);
    outcome.changed = !ParamOf(label, "changed").empty();
    return outcome;
}

TrueOutcome
OutcomeOf(const RunFolder& run)
{
    TrueOutcome outcome;
    const auto theCase = run.Case();
    for (const Label& label : run.Labels())
    {
        if (label.kind != "message")
        {
            continue;
        }
        if (outcome.sender.empty() && theCase && ParamOf(label, "recipient") == theCase->to &&
            ParamOf(label, "sender") == theCase->from)
        {
            const TrueOutcome views = ViewsOf(label);
            outcome.sender = views.sender;
            outcome.copies = views.copies;
            outcome.changed = views.changed;
            continue;
        }
        ++outcome.others;
        outcome.othersAmiss += ParamOf(label, "agree") == "false" ? 1 : 0;
    }
    return outcome;
}

} // namespace bouncelab::score
