#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace capture_scope
{

constexpr AlertRule SIGNATURE{"capture-scope",
                              1100127,
                              "BOUNCELAB a capture that cannot show the fault"};
constexpr std::string_view CLIENT_PORT = "blacklist.client-port";
constexpr std::uint64_t LEAST_PACKETS = 5; //!< Fewer are a quotation, not a capture.
constexpr std::size_t LEAST_SERVICES = 2;  //!< One alone is what somebody asked for.

std::string
SecondsOf(const TrafficPiece& piece)
{
    return fmt::format("{:.1f} s",
                       static_cast<double>((piece.last - piece.first).count()) /
                           static_cast<double>(NANOSECONDS_PER_SECOND));
}

std::string
NameOf(const TrafficPiece& piece)
{
    return piece.isText
               ? fmt::format("the capture in lines {} to {}", piece.firstLine, piece.lastLine)
               : fmt::format("the capture {}", piece.file);
}

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_logs(analysis.GetContext().logs)
        , m_sink(sink)
    {
    }

    void Run()
    {
        TrafficTally traffic = m_analysis.traffic;
        for (const InFile<SeenDatagram>& seen : m_logs.datagrams)
        {
            traffic.Add(seen.file, seen.record);
        }
        if (!traffic.PrintedClientPorts().empty())
        {
            ExplainPorts(traffic);
        }
        const bool isAllThereIs = m_analysis.Sessions(LogDetail::Codes).empty() &&
                                  m_logs.replies.empty() && m_logs.tracked.empty() &&
                                  m_logs.firewall.empty() &&
                                  m_analysis.GetContext().refusals.empty();
        const std::set<std::string>& reprints = m_analysis.GetContext().reprints;
        for (const TrafficPiece& piece : traffic.Pieces())
        {
            if (reprints.count(piece.file) > 0)
            {
                continue; // What mail it shows was read from the capture.
            }
            if (piece.packets >= LEAST_PACKETS && piece.services.size() >= LEAST_SERVICES &&
                piece.mail == 0 && (piece.isText || isAllThereIs))
            {
                AddWrongPlace(piece);
            }
            else if (!piece.isText && piece.mail > 0)
            {
                CheckTime(piece);
            }
        }
    }

  private:
    void AddWrongPlace(const TrafficPiece& piece)
    {
        std::vector<std::string> services;
        for (const auto& [service, count] : piece.services)
        {
            services.push_back(fmt::format("{} of {}", count, service));
        }
        TextFinding finding;
        finding.dottedClass = classes::INSUFFICIENT;
        finding.verdict = Verdict::Inconclusive;
        finding.time = piece.first;
        finding.lines = {{piece.file, piece.firstLine, ""}};
        finding.explanation = fmt::format(
            "{} cannot show a fault of mail: of its {} packets in {} none is to or from port 25, "
            "465 or 587 ({}). Whatever sends mail did not do it here, or not then.",
            NameOf(piece),
            piece.packets,
            SecondsOf(piece),
            Enumerate(services));
        finding.side = "nobody's that it shows";
        finding.next = "a capture of \"tcp port 25\" on the firewall's outside, where all mail "
                       "passes, over the time at which it happens; what a program sends once a "
                       "night, from before midnight until after it, by local time";
        Alert alert = MakeTextAlert(finding, SIGNATURE);
        if (!piece.isText)
        {
            alert.evidence.log.clear();
            alert.evidence.file = piece.file;
        }
        m_sink.Add(std::move(alert));
    }

    /// A list's page tells when it happened.
    void CheckTime(const TrafficPiece& piece)
    {
        constexpr std::chrono::minutes EXACTNESS(30);
        for (const InFile<ListedAddress>& entry : m_logs.listed)
        {
            const auto detected = entry.record.DetectedAt();
            if (!detected ||
                (piece.first <= *detected + EXACTNESS && piece.last >= *detected - EXACTNESS))
            {
                continue;
            }
            TextFinding finding;
            finding.dottedClass = classes::INSUFFICIENT;
            finding.verdict = Verdict::Inconclusive;
            finding.time = piece.first;
            finding.lines = {{entry.file, entry.record.line, entry.record.text}};
            finding.explanation = fmt::format(
                "{} cannot show what got {} listed: {} saw it at {}, and the capture spans {} to "
                "{}.",
                NameOf(piece),
                entry.record.address.ToString(),
                entry.record.list,
                entry.record.detected,
                FormatEveTime(piece.first),
                FormatEveTime(piece.last));
            finding.next = fmt::format("a capture of port 25 at that place that spans {}; if it "
                                       "comes back each night, the next night's",
                                       entry.record.detected);
            m_sink.Add(MakeTextAlert(finding, SIGNATURE));
        }
    }

    void ExplainPorts(const TrafficTally& traffic)
    {
        std::vector<std::string> ports;
        for (const std::uint16_t port : traffic.PrintedClientPorts())
        {
            ports.push_back(std::to_string(port));
        }
        const bool areMany = ports.size() > 4;
        ports.resize(std::min<std::size_t>(ports.size(), 4));
        TextFinding finding;
        finding.dottedClass = CLIENT_PORT;
        finding.verdict = Verdict::Benign;
        finding.lines = {{traffic.PrintedFile(), 0, ""}};
        finding.explanation = fmt::format(
            "Mail goes to port 25, from port{} {}{}: a client takes any free port above 1023 for "
            "its "
            "own end, a new one for each connection, and the answers go back to it. Such ports are "
            "no sign of a fault, and a rule that asks for port 25 at the client's end stops all "
            "mail.",
            ports.size() == 1 ? "" : "s",
            Enumerate(ports),
            areMany ? " and others" : "");
        Alert alert = MakeTextAlert(finding, SIGNATURE);
        alert.evidence.log.clear();
        alert.evidence.file = traffic.PrintedFile();
        m_sink.Add(std::move(alert));
    }

    const Analysis& m_analysis;
    const ServerLogs& m_logs;
    AlertSink& m_sink;
};

void
AddTraffic(const Evidence& evidence, Analysis& analysis, AlertSink& /* sink */)
{
    analysis.AddSession(evidence.flow);
    analysis.traffic.Add(evidence.flow);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace capture_scope

/**
 * What a capture cannot show (S002-49): it holds no mail at all, or was made at another time than
 * the one at which a list says that it happened. An answer of its own: what to capture, where and
 * when. Clients' ports in printed packets are explained (S002-05), which people take for the fault.
 */
extern const Detector CAPTURE_SCOPE{capture_scope::SIGNATURE,
                                    "a capture that cannot show a fault of mail, and what would",
                                    {{kinds::PACKETS}, {}},
                                    capture_scope::AddTraffic,
                                    capture_scope::Conclude};

} // namespace bouncelab::detectors
