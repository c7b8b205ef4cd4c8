#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/slow-directory.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace directory_overload
{

constexpr AlertRule SIGNATURE{"directory-overload",
                              1100108,
                              "BOUNCELAB recipient lookups overloaded"};
constexpr std::string_view DIRECTORY = "overload.directory";

SessionFinding
FindingOf(const SlowDirectory& load)
{
    SessionFinding finding;
    finding.byServer = true;
    finding.refs = load.refs;
    const std::size_t suffered = load.slow + load.failed;
    const std::string figures =
        fmt::format("Of {} replies to RCPT {} came late, up to {}, and {} failed temporarily, for "
                    "{} client{}; other replies take {} (median)",
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
        finding.explanation =
            fmt::format("{}. Under load a reply took {} on average (a failure counts as 5 s), "
                        "otherwise {}: the lookup of recipients does not keep up; this is neither "
                        "a slow network nor a tarpit.",
                        figures,
                        Seconds(load.busyNs),
                        Seconds(load.calmNs));
        return finding;
    }
    finding.dottedClass = DIRECTORY;
    finding.verdict = Verdict::Inconclusive;
    finding.explanation =
        load.rises ? figures + ": worse under load, but only one client is seen; other clients' "
                               "sessions, or the directory's own figures, would decide."
                   : figures + ": the lookup of recipients is slow or broken, and nothing shows "
                               "that load is the cause; the directory's own figures would decide.";
    return finding;
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    for (const SlowDirectory& load : analysis.SlowDirectories())
    {
        sink.Add(MakeSessionAlert(*load.session, FindingOf(load), SIGNATURE));
    }
}

} // namespace directory_overload

/**
 * A directory that cannot keep up with the lookups of recipients (S004-19, third reason):
 * replies to RCPT are late or fail for now (451 4.3.0), for several clients, whether they accept or
 * refuse, and the more so the more is asked, while the server's other replies and its TCP stay
 * quick. Where nothing shows that load makes it worse, or one client alone is seen, that is
 * inconclusive. Slowness of everything and tarpits are other detectors'.
 */
extern const Detector DIRECTORY_OVERLOAD{
    directory_overload::SIGNATURE,
    "replies to RCPT that are late or fail under load while all others are quick",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {"overload.directory"}},
    AddSession,
    directory_overload::Conclude};

} // namespace bouncelab::detectors
