#include "detectors/readers/centrace-reader.h"

#include "detectors/readers/server-logs.h"
#include "formats/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace bouncelab::detectors
{

namespace centrace
{

using Words = dialects::CenTrace;
using Json = nlohmann::json;

constexpr std::size_t MOST_TEXT = 300;
constexpr int MOST_TTL = 255;

/// Everything up to the next bar, which goes with it.
std::optional<std::string_view>
TakeField(std::string_view& text)
{
    const std::size_t bar = text.find('|');
    if (bar == text.npos)
    {
        return std::nullopt;
    }
    const std::string_view field = text.substr(0, bar);
    text.remove_prefix(bar + 1);
    return field;
}

/// A JSON array off the front; strings in it may hold bars and brackets.
std::string_view
TakeArray(std::string_view& text)
{
    int depth = 0;
    bool isQuoted = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const char c = text[i];
        if (isQuoted)
        {
            i += c == '\\' ? 1 : 0;
            isQuoted = c != '"';
            continue;
        }
        isQuoted = c == '"';
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (depth == 0)
        {
            const std::string_view array = text.substr(0, c == ']' ? i + 1 : 0);
            text.remove_prefix(array.size());
            return array;
        }
    }
    return {};
}

/// The payload as CenTrace shows it ends with a semicolon of its own.
std::string
PayloadOf(const Json& shown)
{
    const std::string text = shown.is_string() ? shown.get<std::string>() : std::string();
    return text.substr(0, std::min(MOST_TEXT, text.size() - (EndsWith(text, ";") ? 1 : 0)));
}

/// The first kind that CenTrace itself would go by; nothing where it is none of a reply.
std::optional<ProbeAnswerKind>
KindOf(const Json& kinds)
{
    if (!kinds.is_array())
    {
        return std::nullopt;
    }
    const auto has = [&kinds](std::string_view word)
    { return std::find(kinds.begin(), kinds.end(), Json(std::string(word))) != kinds.end(); };
    return has(Words::TIME_EXCEEDED) ? ProbeAnswerKind::TimeExceeded
           : has(Words::RESET)       ? ProbeAnswerKind::Reset
           : has(Words::FINISH)      ? ProbeAnswerKind::Finish
           : has(Words::ACKNOWLEDGMENT) || has("TLS") || has("HTTP")
               ? std::optional(ProbeAnswerKind::Speech)
               : std::nullopt;
}

/// Adds what one answer says. \return whether it is one
bool
AddAnswer(const Json& shown, TtlProbe& probe)
{
    constexpr std::size_t FIELDS = 5;
    if (!shown.is_array() || shown.size() != FIELDS || !shown[0].is_number_integer())
    {
        return false;
    }
    const std::int64_t ttl = shown[0].get<std::int64_t>();
    if (ttl < 0 || ttl > MOST_TTL)
    {
        return false;
    }
    probe.ttl = static_cast<int>(ttl);
    if (shown[2].is_string())
    {
        probe.isConnected = shown[2] != std::string(Words::NO_CONNECTION);
        return true;
    }
    const auto kind = KindOf(shown[2]);
    const auto from = shown[1].is_string() ? HostAddress::Parse(shown[1].get<std::string>())
                                           : std::optional<HostAddress>();
    if (kind && from)
    {
        probe.answers.push_back({*kind, *from, 0, PayloadOf(shown[4]), 0});
    }
    return true;
}

std::optional<ProbeRun>
RunOf(std::string_view array)
{
    const Json shown = Json::parse(array, nullptr, false);
    if (!shown.is_array())
    {
        return std::nullopt;
    }
    ProbeRun run;
    for (const Json& answers : shown)
    {
        TtlProbe probe;
        if (!answers.is_array() || answers.empty() ||
            !std::all_of(answers.begin(),
                         answers.end(),
                         [&probe](const Json& answer) { return AddAnswer(answer, probe); }))
        {
            return std::nullopt;
        }
        run.push_back(std::move(probe));
    }
    return run;
}

} // namespace centrace

bool
CenTraceReader::Line(std::uint32_t number, std::string_view text)
{
    TracedMeasurement measurement;
    measurement.line = number;
    const auto server = centrace::TakeField(text);
    const auto address = server ? HostAddress::Parse(*server) : std::nullopt;
    const auto keyword = address ? centrace::TakeField(text) : std::nullopt;
    const auto option = keyword ? centrace::TakeField(text) : std::nullopt;
    if (!option || (*option != "True" && *option != "False"))
    {
        return false;
    }
    const auto test = centrace::RunOf(centrace::TakeArray(text));
    const auto bar = test ? centrace::TakeField(text) : std::nullopt;
    const auto control =
        bar && bar->empty() ? centrace::RunOf(centrace::TakeArray(text)) : std::nullopt;
    if (!control)
    {
        return false;
    }
    measurement.server = *address;
    measurement.keyword = *keyword;
    measurement.test = *test;
    measurement.control = *control;
    m_handler(measurement);
    return true;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::CenTrace::Readers(detectors::ServerLogs& logs,
                                       const std::string& file,
                                       ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::CenTraceReader>(detectors::KeepIn(logs.measurements, file)));
}
