#include "detectors/readers/evidence-folder.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/readers/snort-reader.h"
#include "detectors/readers/text-file.h"
#include "formats/sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

namespace fs = std::filesystem;

constexpr std::size_t MOST_FILES = 10000;
constexpr std::size_t MOST_REFUSALS = 100000;
constexpr std::size_t MOST_ROUTES = 1000;

enum class FileKind
{
    Capture,
    Text,
    Other,
};

struct File
{
    fs::path path;
    std::string name;
    bool printedPackets = false;
};

/// A text without a line is one that had nothing to tell, as where a mail program showed no error;
/// an empty file of any other name may be what is left of a capture.
bool
IsEmptyText(const fs::path& path)
{
    std::error_code error;
    const std::string extension = path.extension().string();
    return (extension == ".txt" || extension == ".log") && fs::file_size(path, error) == 0 &&
           !error;
}

FileKind
Sniff(std::FILE* file, std::string& what)
{
    unsigned char head[4096];
    const std::size_t size = std::fread(head, 1, sizeof(head), file);
    std::rewind(file);
    if (size == 0)
    {
        what = "is empty";
        return FileKind::Other;
    }
    if (LooksLikeCapture(head, size))
    {
        return FileKind::Capture;
    }
    what = NameOfContent(head, size);
    const bool packed = what.find("unpack") != std::string::npos;
    // Texts of any encoding have hardly any control characters, noise has one in ten.
    const auto control =
        std::count_if(head,
                      head + size,
                      [](unsigned char c) { return (c < 0x20 && !std::isspace(c)) || c == 0x7F; });
    const bool noise = static_cast<std::size_t>(control) * 50 > size;
    return packed || noise || std::memchr(head, 0, size) ? FileKind::Other : FileKind::Text;
}

/// Flows that captures hold, to know them again in print.
class KnownFlows
{
  public:
    void Remember(const Flow& flow)
    {
        m_flows[KeyOf(flow)].push_back(
            {flow.stream[CLIENT].initialSequence, flow.stream[SERVER].initialSequence});
    }

    bool Contains(const Flow& flow) const
    {
        const auto found = m_flows.find(KeyOf(flow));
        return found != m_flows.end() &&
               std::any_of(found->second.begin(),
                           found->second.end(),
                           [&](const Start& start)
                           {
                               return Near(start.client, flow.stream[CLIENT].initialSequence) ||
                                      Near(start.server, flow.stream[SERVER].initialSequence);
                           });
    }

  private:
    using Key = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>;

    struct Start
    {
        std::uint32_t client;
        std::uint32_t server;
    };

    static Key KeyOf(const Flow& flow)
    {
        return {flow.address[CLIENT].value,
                flow.port[CLIENT],
                flow.address[SERVER].value,
                flow.port[SERVER]};
    }

    static bool Near(std::uint32_t a, std::uint32_t b)
    {
        constexpr std::int64_t LONGEST_FLOW = 1 << 24;
        return std::llabs(SequenceDistance(a, b)) < LONGEST_FLOW;
    }

    std::map<Key, std::vector<Start>> m_flows;
};

class FolderReading
{
  public:
    FolderReading(EvidenceContext& context, const EvidenceHandler& handler)
        : m_context(context)
        , m_handler(handler)
    {
    }

    std::optional<std::string> Run(const fs::path& path)
    {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (fs::is_directory(status))
        {
            if (auto problem = List(path))
            {
                return problem;
            }
        }
        else if (!IsEmptyText(path))
        {
            std::FILE* file = std::fopen(path.c_str(), "rb");
            if (!file || std::fgetc(file) == EOF)
            {
                const bool empty = file && std::feof(file);
                const int reason = errno;
                if (file)
                {
                    std::fclose(file);
                }
                if (!empty)
                {
                    return fmt::format("{}: cannot be read: {}",
                                       path.string(),
                                       std::strerror(reason));
                }
                return fmt::format("{}: is empty", path.string());
            }
            std::fclose(file);
            m_files.push_back({path, path.filename().string(), false});
            m_single = path.string();
        }
        ReadTexts();
        if (const std::uint64_t dropped = m_context.logs.Finish(); dropped > 0)
        {
            m_handler.note(fmt::format("{}: {} log rows were too many and left out",
                                       path.filename().string(),
                                       dropped));
        }
        ReadCaptures();
        ReadPrintedPackets();
        return m_problem;
    }

  private:
    /// A file that says nothing at all: a note among others, but the end when it is the only one.
    void Refuse(const File& file, const std::string& why)
    {
        if (m_single.empty())
        {
            m_handler.note(fmt::format("{}: {}", file.name, why));
        }
        else
        {
            m_problem = fmt::format("{}: {}", m_single, why);
        }
    }

    std::optional<std::string> List(const fs::path& folder)
    {
        std::error_code error;
        fs::recursive_directory_iterator entry(folder, error);
        if (error)
        {
            return fmt::format("{}: cannot be read: {}", folder.string(), error.message());
        }
        for (; entry != fs::recursive_directory_iterator() && m_files.size() < MOST_FILES;
             entry.increment(error))
        {
            if (error)
            {
                m_handler.note(
                    fmt::format("{}: not read further: {}", folder.string(), error.message()));
                break;
            }
            if (entry->is_regular_file(error) && !IsEmptyText(entry->path()))
            {
                m_files.push_back(
                    {entry->path(), entry->path().lexically_relative(folder).string(), false});
            }
        }
        std::sort(m_files.begin(),
                  m_files.end(),
                  [](const File& a, const File& b) { return a.name < b.name; });
        return std::nullopt;
    }

    void ReadTexts()
    {
        for (File& file : m_files)
        {
            std::FILE* stream = std::fopen(file.path.c_str(), "rb");
            if (!stream)
            {
                m_handler.note(
                    fmt::format("{}: cannot be read: {}", file.name, std::strerror(errno)));
                continue;
            }
            std::string what;
            switch (Sniff(stream, what))
            {
            case FileKind::Capture:
                std::fclose(stream);
                m_captures.push_back(&file);
                break;
            case FileKind::Text:
                ReadBeside(file, stream);
                break;
            case FileKind::Other:
                std::fclose(stream);
                Refuse(file, what);
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
                if (m_context.refusals.size() < MOST_REFUSALS)
                {
                    m_context.refusals.push_back({file.name, isLog, refusal});
                }
            };
        };
        SnortReader packets([&](const Packet&) { file.printedPackets = true; });
        TracerouteReader routes([&](const TracedRoute& route) { AddRoute(route); });
        MailLogReader log(refused(true));
        BounceReader bounces(refused(false));
        ServerLogReaders serverLogs(m_context.logs, file.name);
        std::vector<TextLineReader*> readers{&packets, &routes, &log, &bounces};
        serverLogs.Join(readers);
        ReadText(stream, readers);
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
        if (m_context.routes.size() < MOST_ROUTES)
        {
            m_context.routes.push_back(route);
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
                           [](const File& file) { return file.printedPackets; });
    }

    void ReadCaptures()
    {
        const bool remember = AnyPrintedPackets();
        for (const File* file : m_captures)
        {
            const CaptureSource& source = m_sources.emplace_back(CaptureSource{file->name, false});
            std::FILE* stream = std::fopen(file->path.c_str(), "rb");
            if (!stream)
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
                                m_handler.flow({flow, m_context});
                            });
            const CaptureSummary summary = ReadCapture(stream,
                                                       [&](const Packet& packet)
                                                       {
                                                           if (!m_stampYear)
                                                           {
                                                               SetStampClock(packet.time, {});
                                                           }
                                                           flows.Add(packet);
                                                       });
            flows.Finish();
            if (!summary.problem.empty() && summary.tcpPackets == 0)
            {
                Refuse(*file, summary.problem);
            }
            else if (!summary.problem.empty())
            {
                m_handler.note(fmt::format("{}: {}", file->name, summary.problem));
            }
        }
    }

    void ReadPrintedPackets()
    {
        for (const File& file : m_files)
        {
            std::FILE* stream = file.printedPackets ? std::fopen(file.path.c_str(), "rb") : nullptr;
            if (!stream)
            {
                continue;
            }
            const CaptureSource& source = m_sources.emplace_back(CaptureSource{file.name, true});
            FlowTable flows(source,
                            [&](Flow& flow)
                            {
                                if (!m_known.Contains(flow))
                                {
                                    m_handler.flow({flow, m_context});
                                }
                            });
            SnortReader packets(
                [&](Packet packet)
                {
                    packet.time -= m_stampZone;
                    flows.Add(packet);
                });
            packets.SetYear(m_stampYear.value_or(1970));
            ReadText(stream, {&packets});
            flows.Finish();
        }
    }

    EvidenceContext& m_context;
    const EvidenceHandler& m_handler;
    std::vector<File> m_files;
    std::string m_single; //!< The path when it is a file and no folder.
    std::optional<std::string> m_problem;
    std::vector<const File*> m_captures;
    std::list<CaptureSource> m_sources;
    KnownFlows m_known;
    std::optional<int> m_stampYear;
    Nanoseconds m_stampZone{0};
};

} // namespace

std::optional<std::string>
ReadEvidence(const fs::path& path, EvidenceContext& context, const EvidenceHandler& handler)
{
    return FolderReading(context, handler).Run(path);
}

} // namespace bouncelab::detectors
