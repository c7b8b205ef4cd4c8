#include "detectors/readers/evidence-folder.h"

#include "detectors/flow/known-flows.h"
#include "detectors/readers/caps.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/evidence-files.h"
#include "detectors/readers/file-kind.h"
#include "detectors/readers/firewall-sniffer-reader.h"
#include "detectors/readers/healing.h"
#include "detectors/readers/network-monitor-reader.h"
#include "detectors/readers/packet-line-reader.h"
#include "detectors/readers/packet-list-reader.h"
#include "detectors/readers/packet-tree-reader.h"
#include "detectors/readers/snort-reader.h"
#include "detectors/readers/text-file.h"
#include "detectors/readers/unpacked-file.h"
#include "formats/evidence-kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace
{

namespace fs = std::filesystem;

/// Programs' ways of printing packets, each of which has a reader.
enum class PrintedForm
{
    Dump,
    Line,
    List,
    Tree,
    Sniffer,
    Monitor,
};

struct File
{
    fs::path path;
    std::string name;
    std::set<PrintedForm> printed; //!< Forms in which it has packets.
    std::set<PrintedForm> inSteps; //!< Of those, whose times are since the packet before.
    FileReading reading;
};

class FolderReading
{
  public:
    FolderReading(EvidenceContext& context, const EvidenceHandler& handler)
        : m_context(context)
        , m_handler(handler)
    {
    }

    std::optional<std::string> Run(const std::vector<fs::path>& paths)
    {
        EvidenceFiles found;
        if (auto problem = FindFiles(paths, found))
        {
            return problem;
        }
        std::error_code error;
        const bool isFile = paths.size() == 1 && !fs::is_directory(paths.front(), error);
        m_single = isFile ? paths.front().string() : "";
        Take(found);
        ReadTexts();
        if (const std::uint64_t dropped = m_context.logs.Finish(); dropped > 0)
        {
            Cut("", kinds::SERVER_LOG, fmt::format("{} log rows", dropped));
        }
        if (const std::uint64_t dropped = m_context.logs.Dropped(); dropped > 0)
        {
            Cut("", "", fmt::format("{} records of logs", dropped));
        }
        if (m_droppedRefusals > 0)
        {
            Cut("", kinds::MAIL_LOG, fmt::format("{} refusals", m_droppedRefusals));
        }
        if (m_droppedRoutes > 0)
        {
            Cut("", kinds::ROUTES, fmt::format("{} traceroutes", m_droppedRoutes));
        }
        ReadCaptures();
        ReadPrintedPackets();
        Report();
        return m_problem;
    }

  private:
    /// Takes over the files, and notes what is left out.
    void Take(const EvidenceFiles& found)
    {
        for (const EvidenceFile& file : found.files)
        {
            m_files.push_back({file.path, file.name, {}, {}, {}});
            m_files.back().reading.name = file.name;
        }
        if (found.leftOut > 0)
        {
            Cut("",
                "",
                fmt::format("{} files behind {} in the order of their names",
                            found.leftOut,
                            found.files.back().name));
        }
        for (const std::string& name : found.noFiles)
        {
            m_context.cuts.push_back({name,
                                      "",
                                      "a link to a folder or to nothing, a pipe, or a device",
                                      "was left out"});
            m_handler.note(m_context.cuts.back().Tell());
        }
        for (const std::string& sentence : found.cutShort)
        {
            m_handler.note(sentence);
        }
    }

    /// Notes evidence that was there and is not judged.
    void Cut(const std::string& file, std::string_view kind, const std::string& what)
    {
        m_context.cuts.push_back({file, kind, what});
        m_handler.note(m_context.cuts.back().Tell());
    }

    /// The same of connections that were handed on before they were over.
    void NoteDisplaced(const std::string& file, const FlowTable& flows)
    {
        if (flows.Displaced() > 0)
        {
            m_context.cuts.push_back(
                {file,
                 kinds::PACKETS,
                 fmt::format("{} connections", flows.Displaced()),
                 "were open beside too many others and judged before they were over"});
            m_handler.note(m_context.cuts.back().Tell());
        }
    }

    /// A file that says nothing at all: a note among others, but the end when it is the only one.
    void Refuse(File& file, const std::string& why)
    {
        file.reading.problem = why;
        if (m_single.empty())
        {
            m_handler.note(fmt::format("{}: {}", file.name, why));
        }
        else
        {
            m_problem = fmt::format("{}: {}", m_single, why);
        }
    }

    /// The same of a file that is sound, and of no kind that is read: inside a folder it is listed
    /// among what was read, and no remark is made about it.
    void PassOver(File& file, const std::string& why)
    {
        if (!m_single.empty())
        {
            Refuse(file, why);
        }
        file.reading.problem = why;
    }

    /// \return null where it cannot be opened, which is said.
    UnpackedFile Open(File& file)
    {
        std::FILE* const stream = std::fopen(file.path.c_str(), "rb");
        if (!stream)
        {
            file.reading.problem = fmt::format("cannot be read: {}", std::strerror(errno));
            m_handler.note(fmt::format("{}: {}", file.name, file.reading.problem));
            return {};
        }
        return OpenUnpacked(stream);
    }

    /// What became of unpacking a file that has been read.
    void NoteUnpacking(File& file, const UnpackedFile& unpacked)
    {
        if (!unpacked.progress)
        {
            return;
        }
        file.reading.undone.emplace(unpacked.packing);
        if (unpacked.progress->cut)
        {
            const std::string what =
                fmt::format("what follows the first {} unpacked octets", unpacked.progress->bytes);
            Cut(file.name, "", what);
            file.reading.leftOut.push_back(what);
        }
        if (unpacked.progress->damaged)
        {
            Refuse(file,
                   fmt::format("is compressed by {}, and damaged behind {} unpacked octets",
                               unpacked.packing,
                               unpacked.progress->bytes));
        }
    }

    void ReadTexts()
    {
        for (File& file : m_files)
        {
            if (IsEmptyText(file.path))
            {
                file.reading.problem = "is empty";
                continue;
            }
            const UnpackedFile unpacked = Open(file);
            if (!unpacked.file)
            {
                continue;
            }
            std::string what;
            switch (Sniff(unpacked.file, what))
            {
            case FileKind::Capture:
                std::fclose(unpacked.file);
                m_captures.push_back(&file);
                break;
            case FileKind::Text:
                ReadBeside(file, unpacked.file);
                NoteUnpacking(file, unpacked);
                break;
            case FileKind::Other:
                std::fclose(unpacked.file);
                if (unpacked.progress && unpacked.progress->damaged)
                {
                    NoteUnpacking(file, unpacked);
                }
                else
                {
                    Refuse(file, what);
                }
                break;
            }
        }
    }

    void ReadBeside(File& file, std::FILE* stream)
    {
        const auto refused = [&](bool isLog)
        {
            return [this, &file, isLog](const LoggedRefusal& refusal)
            {
                if (refusal.time && !m_stampYear)
                {
                    SetStampClock(*refusal.time, refusal.zone.value_or(Nanoseconds(0)));
                }
                if (m_context.refusals.size() < GetCaps().refusals)
                {
                    m_context.refusals.push_back({file.name, isLog, refusal});
                }
                else
                {
                    ++m_droppedRefusals;
                }
            };
        };
        SnortReader packets([&](const Packet&) { file.printed.insert(PrintedForm::Dump); });
        const auto keepDatagram = KeepIn(m_context.logs.datagrams, file.name);
        const auto addDatagram = [&](const SeenDatagram& seen)
        {
            ++file.reading.otherPackets[std::string(NameOf(seen.kind))];
            keepDatagram(seen);
        };
        PacketLineReader lines([&](const Packet&) { file.printed.insert(PrintedForm::Line); },
                               addDatagram);
        PacketListReader lists([&](const Packet&) { file.printed.insert(PrintedForm::List); },
                               addDatagram);
        PacketTreeReader trees([&](const Packet&) { file.printed.insert(PrintedForm::Tree); });
        FirewallSnifferReader sniffer([&](const Packet&)
                                      { file.printed.insert(PrintedForm::Sniffer); });
        NetworkMonitorReader monitor([&](const Packet&)
                                     { file.printed.insert(PrintedForm::Monitor); });
        TracerouteReader routes([&](const TracedRoute& route) { AddRoute(route); });
        MailLogReader log(refused(true));
        BounceReader bounces(refused(false));
        ServerLogReaders serverLogs(m_context.logs, file.name);
        std::vector<TextLineReader*>
            readers{&packets, &sniffer, &monitor, &lists, &lines, &trees, &routes, &log, &bounces};
        serverLogs.Join(readers);
        const std::size_t known = m_context.logs.replies.size();
        const TextReading text = ReadText(stream, readers);
        FileReading& reading = file.reading;
        if (lines.AreSteps())
        {
            file.inSteps.insert(PrintedForm::Line);
        }
        if (lists.AreSteps())
        {
            file.inSteps.insert(PrintedForm::List);
        }
        if (lists.Unplaced() > 0)
        {
            reading.leftOut.push_back(
                fmt::format("{} rows of a list sorted backwards, whose connection is not told",
                            lists.Unplaced()));
        }
        for (const auto& [kind, count] : text.usedBy)
        {
            reading.kinds.push_back(kind);
        }
        reading.version = text.version;
        reading.rows = text.used;
        reading.rowsNotUnderstood = text.notUnderstood;
        reading.strange = text.strange;
        reading.first = text.first;
        reading.last = text.last;
        reading.undone = text.undone;
        for (const TextLineReader* reader : readers)
        {
            if (reader->LeftOut() > 0)
            {
                Cut(file.name,
                    "",
                    fmt::format("{} lines of {}", reader->LeftOut(), reader->Kind()));
            }
            const HealingReport* const healings = reader->Healings();
            for (std::size_t i = 0; healings && i < healings->All().size(); ++i)
            {
                reading.healed.push_back(healings->All()[i].ToString());
            }
        }
        if (text.cutLines > 0)
        {
            reading.leftOut.push_back(
                fmt::format("the ends of {} lines longer than 64 KiB", text.cutLines));
        }
        // Whether a reply that stands alone is one, only the end of a text shows.
        const std::size_t lone = m_context.logs.replies.size() - known;
        if (text.used == 0 && lone > 0)
        {
            reading.kinds.emplace_back("reported replies");
            reading.rows = lone;
            reading.rowsNotUnderstood -= std::min<std::uint64_t>(lone, reading.rowsNotUnderstood);
        }
        else if (text.used == 0)
        {
            PassOver(file, "nothing in it was recognized");
        }
    }

    void AddRoute(const TracedRoute& route)
    {
        for (TracedRoute& known : m_context.routes)
        {
            if (known.destination == route.destination)
            {
                known.Merge(route);
                return;
            }
        }
        if (m_context.routes.size() < GetCaps().routes)
        {
            m_context.routes.push_back(route);
        }
        else
        {
            ++m_droppedRoutes;
        }
    }

    void SetStampClock(WallTime time, Nanoseconds zone)
    {
        std::string stamp = FormatEveTime(time + zone);
        m_stampYear = std::atoi(stamp.substr(0, 4).c_str());
        m_stampZone = zone;
    }

    bool AnyPrintedPackets() const
    {
        return std::any_of(m_files.begin(),
                           m_files.end(),
                           [](const File& file) { return !file.printed.empty(); });
    }

    /// Counts a flow of a file, and hands it on if it is not known yet.
    void HandOn(File& file, Flow& flow, bool isNew)
    {
        file.reading.flows += flow.window.IsFirst() ? 1 : 0;
        const bool isAnswered =
            flow.window.IsFirst() &&
            std::any_of(flow.segments.begin(),
                        flow.segments.end(),
                        [](const Segment& segment)
                        { return segment.side == SERVER && segment.payloadLength > 0; });
        file.reading.sessions += isAnswered && flow.IsSmtp() ? 1 : 0;
        file.reading.packets += static_cast<std::uint64_t>(std::count_if(
            flow.segments.begin(),
            flow.segments.end(),
            [&](const Segment& segment) { return flow.window.Judges(segment.frame); }));
        if (isNew)
        {
            m_handler.flow({flow, m_context});
        }
        else
        {
            m_repeated[&file] += flow.window.IsFirst() ? 1 : 0;
            m_context.reprints.insert(file.name);
        }
    }

    void ReadCaptures()
    {
        const bool remember = AnyPrintedPackets();
        for (File* const file : m_captures)
        {
            const CaptureSource& source = m_sources.emplace_back(CaptureSource{file->name, false});
            const UnpackedFile unpacked = Open(*file);
            if (!unpacked.file)
            {
                continue;
            }
            FlowTable flows(source,
                            [&](Flow& flow)
                            {
                                if (remember)
                                {
                                    m_known.Remember(flow);
                                }
                                HandOn(*file, flow, true);
                            });
            const CaptureSummary summary = ReadCapture(
                unpacked.file,
                [&](const Packet& packet)
                {
                    if (!m_stampYear)
                    {
                        SetStampClock(packet.time, {});
                    }
                    flows.Add(packet);
                },
                KeepIn(m_context.logs.kerberos, file->name),
                KeepIn(m_context.logs.expired, file->name));
            flows.Finish();
            NoteDisplaced(file->name, flows);
            Describe(*file, summary);
            NoteUnpacking(*file, unpacked);
        }
    }

    void Describe(File& file, const CaptureSummary& summary)
    {
        FileReading& reading = file.reading;
        reading.kinds.push_back(summary.format + " capture");
        reading.packets = summary.tcpPackets + summary.datagrams;
        if (summary.interfaces > 1)
        {
            reading.version = fmt::format("of {} interfaces", summary.interfaces);
        }
        if (summary.first && summary.last)
        {
            reading.first = FormatEveTime(*summary.first);
            reading.last = FormatEveTime(*summary.last);
        }
        for (const auto& [reason, count] : summary.leftOut)
        {
            reading.leftOut.push_back(
                fmt::format("{} frame{}: {}", count, count == 1 ? "" : "s", reason));
        }
        if (summary.truncated > 0)
        {
            reading.leftOut.push_back(fmt::format("the ends of {} frames longer than the capture's "
                                                  "snapshot length",
                                                  summary.truncated));
        }
        for (std::size_t kind = 0; kind < summary.stripped.size(); ++kind)
        {
            if (summary.stripped[kind] > 0)
            {
                reading.tunnels.emplace(ENCAPSULATION_NAMES[kind], summary.stripped[kind]);
            }
        }
        if (summary.cutInside > 0)
        {
            reading.leftOut.push_back(
                fmt::format("the ends of {} packets that came shortened out of their tunnels",
                            summary.cutInside));
        }
        NoteDoubtful(file, summary);
        if (summary.isOfOtherProtocols)
        {
            PassOver(file, summary.problem);
        }
        else if (!summary.problem.empty() && reading.packets == 0)
        {
            Refuse(file, summary.problem);
        }
        else if (!summary.problem.empty())
        {
            reading.problem = summary.problem;
            m_handler.note(fmt::format("{}: {}", file.name, summary.problem));
        }
    }

    /// What makes a capture that is read tell less than it seems to.
    void NoteDoubtful(File& file, const CaptureSummary& summary)
    {
        std::uint64_t dropped = 0;
        for (const auto& [who, count] : summary.dropped)
        {
            dropped += count;
        }
        if (dropped > 0)
        {
            file.reading.leftOut.push_back(fmt::format(
                "{} packets that the capture missed by its own count: what is not in it may have "
                "been sent all the same",
                dropped));
        }
        constexpr std::uint64_t SESSION = 3; // packets, at least
        if (summary.tcpPackets >= SESSION && summary.first == summary.last)
        {
            file.reading.leftOut.push_back(
                "all times: the frames' are all the same, and nothing is judged by delays");
        }
    }

    void ReadPrintedPackets()
    {
        for (File& file : m_files)
        {
            const UnpackedFile unpacked = file.printed.empty() ? UnpackedFile() : Open(file);
            if (!unpacked.file)
            {
                continue;
            }
            const CaptureSource& source = m_sources.emplace_back(CaptureSource{file.name, true});
            FlowTable flows(source,
                            [&](Flow& flow) { HandOn(file, flow, !m_known.Contains(flow)); });
            const auto add = [&](Packet packet)
            {
                packet.time -= m_stampZone;
                flows.Add(packet);
            };
            SnortReader packets(add);
            PacketLineReader lines(add);
            PacketListReader lists(add);
            PacketTreeReader trees(add);
            FirewallSnifferReader sniffer(add);
            NetworkMonitorReader monitor(add);
            packets.SetYear(m_stampYear.value_or(1970));
            lines.SetYear(m_stampYear.value_or(1970));
            lists.SetYear(m_stampYear.value_or(1970));
            lines.SetSteps(file.inSteps.count(PrintedForm::Line) > 0);
            lists.SetSteps(file.inSteps.count(PrintedForm::List) > 0);
            std::vector<TextLineReader*> readers;
            for (const auto& [form, reader] :
                 std::map<PrintedForm, TextLineReader*>{{PrintedForm::Dump, &packets},
                                                        {PrintedForm::Line, &lines},
                                                        {PrintedForm::List, &lists},
                                                        {PrintedForm::Tree, &trees},
                                                        {PrintedForm::Sniffer, &sniffer},
                                                        {PrintedForm::Monitor, &monitor}})
            {
                if (file.printed.count(form) > 0)
                {
                    readers.push_back(reader);
                }
            }
            ReadText(unpacked.file, readers);
            flows.Finish();
            NoteDisplaced(file.name, flows);
        }
    }

    void Report()
    {
        const ServerLogs& logs = m_context.logs;
        std::map<std::string_view, std::uint64_t> sessions;
        for (const ProtocolSessions* told : {&logs.protocol, &logs.transactions})
        {
            for (const LogSession& session : told->All())
            {
                ++sessions[told->FileOf(session.rows.front())];
            }
        }
        for (File& file : m_files)
        {
            file.reading.sessions += sessions[file.name];
            if (m_repeated[&file] > 0)
            {
                file.reading.leftOut.push_back(
                    fmt::format("{} flows that a capture shows too", m_repeated[&file]));
            }
            if (m_handler.file)
            {
                m_handler.file(file.reading);
            }
        }
    }

    EvidenceContext& m_context;
    const EvidenceHandler& m_handler;
    std::vector<File> m_files;
    std::string m_single; //!< The path when it is a file and no folder.
    std::optional<std::string> m_problem;
    std::vector<File*> m_captures;
    std::map<const File*, std::uint64_t> m_repeated; //!< Flows; looked up only.
    std::uint64_t m_droppedRefusals = 0;
    std::uint64_t m_droppedRoutes = 0;
    std::list<CaptureSource> m_sources;
    KnownFlows m_known;
    std::optional<int> m_stampYear;
    Nanoseconds m_stampZone{0};
};

} // namespace

std::optional<std::string>
ReadEvidence(const std::vector<fs::path>& paths,
             EvidenceContext& context,
             const EvidenceHandler& handler)
{
    return FolderReading(context, handler).Run(paths);
}

} // namespace bouncelab::detectors
