#include "lab/evidence/log-writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::evidence::centrace
{

using Words = dialects::CenTrace;

/// As Python's json.dumps writes it. Octets that are no ASCII are none of a payload that CenTrace
/// shows.
std::string
Quoted(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text)
    {
        const char* const escapes = "\b\t\n\f\r";
        const char* const letters = "btnfr";
        const std::size_t at = std::string_view(escapes).find(c);
        if (c == '"' || c == '\\')
        {
            quoted += {'\\', c};
        }
        else if (at != std::string_view::npos)
        {
            quoted += {'\\', letters[at]};
        }
        else if (static_cast<unsigned char>(c) < 0x20)
        {
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        }
        else
        {
            quoted += c;
        }
    }
    return quoted + "\"";
}

std::string
PayloadOf(const std::string& payload)
{
    const bool isAscii =
        std::none_of(payload.begin(), payload.end(), [](char c) { return (c & 0x80) != 0; });
    return Quoted(isAscii && !payload.empty() ? payload + ";" : "");
}

std::string_view
NameOf(probe::PathReplyKind kind)
{
    switch (kind)
    {
    case probe::PathReplyKind::TimeExceeded:
        return Words::TIME_EXCEEDED;
    case probe::PathReplyKind::Reset:
        return Words::RESET;
    case probe::PathReplyKind::Finish:
        return Words::FINISH;
    case probe::PathReplyKind::Acknowledgment:
        break;
    }
    return Words::ACKNOWLEDGMENT;
}

std::string
AnswersOf(const probe::PathProbeResult& probe)
{
    if (!probe.isConnected || probe.replies.empty())
    {
        return fmt::format("[[{}, null, \"{}\", null, \"\"]]",
                           probe.ttl,
                           probe.isConnected ? Words::NOTHING : Words::NO_CONNECTION);
    }
    std::string answers;
    for (const probe::PathReply& reply : probe.replies)
    {
        answers += fmt::format("{}[{}, \"{}\", [\"{}\"], [], {}]",
                               answers.empty() ? "" : ", ",
                               probe.ttl,
                               reply.from.ToString(),
                               NameOf(reply.kind),
                               PayloadOf(reply.payload));
    }
    return "[" + answers + "]";
}

std::string
TraceOf(const probe::PathTrace& trace)
{
    std::string text;
    for (const probe::PathProbeResult& probe : trace)
    {
        text += (text.empty() ? "" : ", ") + AnswersOf(probe);
    }
    return "[" + text + "]";
}

/// What the path probers of a host write, a file for each.
class ProbeLog : public LogWriter
{
  public:
    explicit ProbeLog(const LogPlace& place)
        : m_folder(place.folder)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* measured = event.As<host::PathMeasuredEvent>())
        {
            const probe::PathMeasurement& measurement = measured->measurement;
            m_folder.Open(fmt::format("centrace-{}.csv", measured->prober))
                .Write(fmt::format("{}|{}|False|{}|{}\n",
                                   measurement.server.ToString(),
                                   measurement.keyword,
                                   TraceOf(measurement.test),
                                   TraceOf(measurement.control)));
        }
    }

  private:
    VantageFolder& m_folder;
};

} // namespace bouncelab::evidence::centrace

bouncelab::dialects::WriterPtr
bouncelab::dialects::CenTrace::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::centrace::ProbeLog>(place);
}
