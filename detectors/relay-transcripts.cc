#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace relay_transcripts
{

constexpr AlertRule SIGNATURE{"relay-transcripts",
                              1100126,
                              "BOUNCELAB a relay test that sent nothing"};

using Trial = InFile<RelayTrial>;

/// An address whose domain is gone once the server has qualified it: a quoted local part, or one
/// with nothing behind its last "@".
bool
IsLocalByForm(const std::string& recipient)
{
    const std::size_t at = recipient.rfind('@');
    return at == recipient.npos || at + 1 == recipient.size();
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    std::vector<const Trial*> accepted;
    for (const Trial& trial : analysis.GetContext().logs.trials)
    {
        // Those that name their server are judged by what leaves it.
        if (trial.record.code / 100 == 2 && trial.record.server.empty())
        {
            accepted.push_back(&trial);
        }
    }
    if (accepted.empty())
    {
        return;
    }
    const bool local =
        std::all_of(accepted.begin(),
                    accepted.end(),
                    [](const Trial* trial) { return IsLocalByForm(trial->record.recipient); });
    std::vector<std::string> names;
    TextFinding finding;
    for (const Trial* trial : accepted)
    {
        finding.lines.push_back({trial->file, trial->record.line, trial->record.text});
        names.push_back("<" + trial->record.recipient + ">");
    }
    names.resize(std::min<std::size_t>(names.size(), 4));
    finding.dottedClass = "relay.reply";
    finding.verdict = Verdict::Inconclusive;
    finding.explanation = fmt::format("A tester had {} recipient{} accepted ({}; line {}) and "
                                      "stopped there: it sent no message, so "
                                      "no relaying is shown{}.",
                                      accepted.size(),
                                      accepted.size() == 1 ? "" : "s",
                                      Enumerate(names),
                                      accepted.front()->record.line,
                                      local ? "; none of these addresses has a domain of its own, "
                                              "so that the server takes them for "
                                              "local names"
                                            : "; accepting a recipient is not passing mail on");
    finding.side = "the server's, if at all";
    finding.next =
        "finish one test with DATA and look for what leaves: the server's log, a capture of "
        "port 25 outwards, or the report on it";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

} // namespace relay_transcripts

/// What a relay tester's transcript is worth where nobody saw what left the server: inconclusive.
extern const Detector RELAY_TRANSCRIPTS{relay_transcripts::SIGNATURE,
                                        "relay tests that stop at RCPT, and why they show nothing",
                                        {{kinds::SERVER_LOG}, {"relay"}},
                                        nullptr,
                                        relay_transcripts::Conclude};

} // namespace bouncelab::detectors
