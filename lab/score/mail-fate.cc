#include "lab/score/mail-fate.h"

#include "lab/score/label-param.h"

#include <fmt/format.h>

#include <cstdlib>

namespace bouncelab::score
{

std::string
MailFate::Phrase() const
{
    const std::string there = sender == "failed"      ? "bounced"
                              : sender == "delivered" ? "sent"
                              : sender.empty()        ? "not sent"
                                                      : "still in the queue";
    const std::string here = copies == 0   ? "never arrived"
                             : copies == 1 ? "arrived"
                                           : fmt::format("arrived {} times", copies);
    return there + " / " + here;
}

MailFate
ViewsOf(const Label& label)
{
    MailFate fate;
    fate.sender = ParamOf(label, "sender_view");
    fate.copies = std::strtoull(ParamOf(label, "copies").c_str(), nullptr, 10);
    return fate;
}

MailFate
FateOf(const RunFolder& run)
{
    MailFate fate;
    const auto theCase = run.Case();
    for (const Label& label : run.Labels())
    {
        if (label.kind != "message")
        {
            continue;
        }
        if (fate.sender.empty() && theCase && ParamOf(label, "recipient") == theCase->to &&
            ParamOf(label, "sender") == theCase->from)
        {
            const MailFate views = ViewsOf(label);
            fate.sender = views.sender;
            fate.copies = views.copies;
            continue;
        }
        ++fate.others;
        fate.othersAmiss += ParamOf(label, "agree") == "false" ? 1 : 0;
    }
    return fate;
}

} // namespace bouncelab::score
