#include "detectors/analysis/path-probes.h"

#include "detectors/analysis/sighted-packet.h"
#include "detectors/readers/caps.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace bouncelab::detectors
{

namespace path_probes
{

constexpr std::size_t MOST_TEXT = 300;
constexpr Nanoseconds LATE = std::chrono::seconds(10); //!< No answer of a router takes as long.
constexpr Nanoseconds PAUSE = std::chrono::minutes(1); //!< Longer than any between probes of a run.

std::optional<std::uint32_t>
FirstSaid(const Flow& flow)
{
    for (std::uint32_t i = 0; i < flow.segments.size(); ++i)
    {
        if (flow.At(i).side == CLIENT && flow.At(i).payloadLength > 0)
        {
            return i;
        }
    }
    return std::nullopt;
}

/// What came in the server's name until the client closed.
std::vector<ProbeAnswer>
AnswersOf(const Flow& flow, std::uint32_t asked)
{
    std::vector<ProbeAnswer> answers;
    for (std::uint32_t i = asked + 1; i < flow.segments.size(); ++i)
    {
        const Segment& segment = flow.At(i);
        const bool closes = segment.Has(tcp::RST) || segment.Has(tcp::FIN);
        if (segment.side == CLIENT && closes)
        {
            break;
        }
        const bool isReply = segment.Has(tcp::ACK) && !segment.Has(tcp::SYN) &&
                             segment.acknowledged >= flow.At(asked).End();
        if (segment.side == SERVER && (segment.Has(tcp::RST) || isReply))
        {
            answers.push_back({segment.Has(tcp::RST)   ? ProbeAnswerKind::Reset
                               : segment.Has(tcp::FIN) ? ProbeAnswerKind::Finish
                                                       : ProbeAnswerKind::Speech,
                               flow.address[SERVER],
                               segment.ttl,
                               std::string(flow.Text(segment).substr(0, MOST_TEXT)),
                               segment.frame});
        }
    }
    return answers;
}

/// Whether two files have one and the same probe, of which one file may end before its answers.
bool
IsSeenTwice(const TtlProbe& a, const TtlProbe& b)
{
    return a.file != b.file && a.port == b.port && a.ttl == b.ttl && a.time == b.time;
}

/// The runs of a series: from one TTL to a higher one, where a new file may go on with a run.
std::vector<ProbeRun>
RunsOf(ProbeRun probes)
{
    std::stable_sort(probes.begin(),
                     probes.end(),
                     [](const TtlProbe& a, const TtlProbe& b)
                     { return std::tie(a.time, a.file) < std::tie(b.time, b.file); });
    std::vector<ProbeRun> runs;
    for (TtlProbe& probe : probes)
    {
        if (!runs.empty() && IsSeenTwice(runs.back().back(), probe))
        {
            TtlProbe& known = runs.back().back();
            known = known.answers.size() < probe.answers.size() ? std::move(probe) : known;
            continue;
        }
        if (runs.empty() || runs.back().back().ttl >= probe.ttl ||
            (runs.back().back().file != probe.file && probe.time - runs.back().back().time > PAUSE))
        {
            runs.emplace_back();
        }
        runs.back().push_back(std::move(probe));
    }
    return runs;
}

using ByPort = std::multimap<std::uint16_t, const InFile<TimeExceeded>*>;

ByPort
ExpiredByPort(const EvidenceContext& context)
{
    ByPort expired;
    for (const InFile<TimeExceeded>& filed : context.logs.expired)
    {
        if (!filed.record.isUnreachable)
        {
            expired.emplace(filed.record.sourcePort, &filed);
        }
    }
    return expired;
}

/// Adds what a router said of the probe.
void
AddRouter(TtlProbe& probe, const PathMeasurement& ends, const ByPort& expired)
{
    const auto [begin, end] = expired.equal_range(probe.port);
    const auto found = std::find_if(
        begin,
        end,
        [&](const auto& entry)
        {
            const TimeExceeded& message = entry.second->record;
            return message.destinationPort == ends.port && message.source == ends.client &&
                   message.destination == ends.server && entry.second->file == probe.file &&
                   message.time >= probe.time && message.time <= probe.time + LATE;
        });
    if (found != end)
    {
        const TimeExceeded& message = found->second->record;
        probe.answers.push_back(
            {ProbeAnswerKind::TimeExceeded, message.router, 0, {}, message.frame});
    }
}

/// How much of a series is no orderly end: connections that are reset, then probes that draw
/// nothing.
std::pair<std::size_t, std::size_t>
Oddity(const ProbeSeries& series)
{
    std::pair<std::size_t, std::size_t> odd;
    for (const ProbeRun& run : series.runs)
    {
        for (const TtlProbe& probe : run)
        {
            odd.first += std::any_of(probe.answers.begin(),
                                     probe.answers.end(),
                                     [](const ProbeAnswer& answer) {
                                         return answer.kind == ProbeAnswerKind::Reset ||
                                                answer.kind == ProbeAnswerKind::Finish;
                                     });
            odd.second += probe.answers.empty();
        }
    }
    return odd;
}

/// Says which of two series is the test. \param first of which the first probe was sent earlier
PathMeasurement
Compared(PathMeasurement ends, ProbeSeries first, ProbeSeries second)
{
    const bool isFirstWorse = Oddity(second) < Oddity(first);
    ends.test = std::move(isFirstWorse ? first : second);
    ends.control = std::move(isFirstWorse ? second : first);
    return ends;
}

/// Measurements, and which of them a file's line is about.
class Collection
{
  public:
    explicit Collection(std::vector<PathMeasurement>& all)
        : m_all(all)
    {
        for (std::size_t i = 0; i < all.size(); ++i)
        {
            m_captured.emplace(all[i].server, i);
        }
    }

    /// Adds what a file tells of a measurement: its line alone if it is captured.
    void Add(const InFile<TracedMeasurement>& filed)
    {
        const TracedMeasurement& reported = filed.record;
        const auto captured = m_captured.find(reported.server);
        std::size_t at = captured == m_captured.end() ? m_all.size() : captured->second;
        if (captured == m_captured.end())
        {
            const auto [known, isNew] =
                m_reported.emplace(std::pair(reported.server, reported.keyword), at);
            at = known->second;
            if (isNew)
            {
                m_all.emplace_back();
            }
            m_all[at].server = reported.server;
            m_all[at].test.payload = reported.keyword;
            m_all[at].test.runs.push_back(reported.test);
            m_all[at].control.runs.push_back(reported.control);
        }
        m_all[at].lines.push_back(
            {filed.file,
             reported.line,
             fmt::format("{}|{}|", reported.server.ToString(), reported.keyword)});
    }

  private:
    std::vector<PathMeasurement>& m_all;
    std::map<HostAddress, std::size_t> m_captured;
    std::map<std::pair<HostAddress, std::string>, std::size_t> m_reported;
};

} // namespace path_probes

void
PathProbes::Add(const Flow& flow)
{
    const auto ttl = flow.window.IsFirst() ? ProbeTtl(flow) : std::nullopt;
    const auto asked = ttl ? path_probes::FirstSaid(flow) : std::nullopt;
    if (!asked)
    {
        return;
    }
    const Segment& segment = flow.At(*asked);
    std::pair<std::string, std::uint32_t> place{flow.source->name, segment.frame};
    if (place == m_last)
    {
        return;
    }
    m_last = std::move(place);
    if (++m_count > GetCaps().probes)
    {
        return;
    }
    m_captured[{flow.address[CLIENT], flow.address[SERVER], flow.port[SERVER]}]
              [std::string(flow.Text(segment))]
                  .push_back({*ttl,
                              true,
                              path_probes::AnswersOf(flow, *asked),
                              flow.source->name,
                              segment.frame,
                              flow.port[CLIENT],
                              segment.time});
}

std::map<int, HostAddress>
PathProbes::Routers(const Ends& ends, const EvidenceContext& context) const
{
    std::map<int, HostAddress> routers;
    const auto captured = m_captured.find(ends);
    if (captured == m_captured.end())
    {
        return routers;
    }
    const path_probes::ByPort expired = path_probes::ExpiredByPort(context);
    PathMeasurement between;
    std::tie(between.client, between.server, between.port) = ends;
    for (const auto& [payload, probes] : captured->second)
    {
        for (TtlProbe probe : probes)
        {
            probe.answers.clear();
            path_probes::AddRouter(probe, between, expired);
            if (!probe.answers.empty())
            {
                routers.emplace(probe.ttl, probe.answers.front().from);
            }
        }
    }
    return routers;
}

std::vector<PathMeasurement>
PathProbes::Measurements(const EvidenceContext& context) const
{
    const path_probes::ByPort expired = path_probes::ExpiredByPort(context);
    std::vector<PathMeasurement> all;
    for (const auto& [ends, payloads] : m_captured)
    {
        PathMeasurement measurement;
        std::tie(measurement.client, measurement.server, measurement.port) = ends;
        std::vector<ProbeSeries> series;
        for (const auto& [payload, probes] : payloads)
        {
            ProbeRun complete = probes;
            for (TtlProbe& probe : complete)
            {
                path_probes::AddRouter(probe, measurement, expired);
            }
            series.push_back({payload, path_probes::RunsOf(std::move(complete))});
        }
        std::sort(series.begin(),
                  series.end(),
                  [](const ProbeSeries& a, const ProbeSeries& b)
                  { return a.runs.front().front().time < b.runs.front().front().time; });
        for (std::size_t i = 1; i < series.size(); ++i)
        {
            all.push_back(path_probes::Compared(measurement, series[0], series[i]));
        }
    }
    path_probes::Collection collection(all);
    for (const InFile<TracedMeasurement>& filed : context.logs.measurements)
    {
        collection.Add(filed);
    }
    return all;
}

} // namespace bouncelab::detectors
