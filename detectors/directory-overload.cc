#include "detectors/directory-overload.h"

#include "detectors/analysis/directory-load.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr Signature SIGNATURE{DirectoryOverload::NAME,
                              1100108,
                              "BOUNCELAB recipient lookups overloaded"};
constexpr std::string_view DIRECTORY = "overload.directory";

TalkFinding
FindingOf(const DirectoryLoad& load)
{
    TalkFinding finding;
    finding.byServer = true;
    finding.spots = load.spots;
    const std::size_t suffered = load.slow + load.failed;
    const std::string figures = fmt::format(
        "Of {} replies to RCPT {} came late, up to {}, and {} failed for now, for {} client{}; "
        "other replies take {} (median)",
        load.asked,
        load.slow,
        Seconds(load.slowestNs),
        load.failed,
        load.clients.size(),
        load.clients.size() == 1 ? "" : "s",
        Milliseconds(load.typicalOtherNs));
    if (load.IsOverload())
    {
        finding.dottedClass = DIRECTORY;
        finding.score = std::min(0.95, 0.6 + 0.01 * static_cast<double>(suffered));
        finding.explanation = fmt::format(
            "{}. When more was asked for, a reply took {} on average (failures as 5 s), else {}: "
            "the lookup of recipients does not keep up; no slow network, and no tarpit.",
            figures,
            Seconds(load.busyNs),
            Seconds(load.calmNs));
        return finding;
    }
    finding.dottedClass = classes::INSUFFICIENT;
    finding.verdict = Verdict::Inconclusive;
    finding.explanation =
        load.rises
            ? figures + ": worse under load, but one client alone is seen; other clients' "
                        "sessions, or the directory's own figures, would decide."
            : figures + ": the lookup of recipients is slow or out of order, and nothing shows "
                        "that load does it; the directory's own figures would decide.";
    return finding;
}

} // namespace

void
DirectoryOverload::JudgeTalks(const std::vector<Talk>& talks, const Surroundings&, AlertSink& sink)
{
    for (const DirectoryLoad& load : FindDirectoryLoads(talks))
    {
        sink.Add(MakeTalkAlert(*load.talk, FindingOf(load), SIGNATURE));
    }
}

} // namespace bouncelab::detectors
