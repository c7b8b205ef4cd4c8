#include "formats/alert.h"

#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bouncelab
{

namespace
{

using Json = nlohmann::ordered_json;

/// Takes exactly count digits off the front.
std::optional<int>
TakeDigits(std::string_view& text, std::size_t count)
{
    if (text.size() < count)
    {
        return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        if (text[i] < '0' || text[i] > '9')
        {
            return std::nullopt;
        }
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool
Take(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c)
    {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

template <class T>
T
Member(const Json& object, const char* name, T fallback)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null())
    {
        return fallback;
    }
    return found->get<T>();
}

std::vector<std::uint64_t>
Numbers(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() ? std::vector<std::uint64_t>{}
                                 : found->get<std::vector<std::uint64_t>>();
}

std::optional<Verdict>
VerdictOf(std::string_view name)
{
    for (const auto& [written, verdict] : EnumNames(Verdict{}))
    {
        if (written == name)
        {
            return verdict;
        }
    }
    return std::nullopt;
}

Place
PlaceFrom(const Json& object)
{
    Place place;
    if (const auto hops = object.find("hops"); hops != object.end())
    {
        place.hops = HopInterval{hops->at("after").get<int>(), hops->at("to").get<int>()};
    }
    place.assuming = Member(object, "assuming", std::vector<std::string>{});
    return place;
}

AlertEvidence
EvidenceFrom(const Json& object)
{
    AlertEvidence evidence;
    evidence.file = Member(object, "file", std::string());
    evidence.frames = Numbers(object, "frames");
    evidence.lines = Numbers(object, "lines");
    evidence.explanation = Member(object, "explanation", std::string());
    if (const auto log = object.find("log"); log != object.end())
    {
        for (const Json& quoted : *log)
        {
            evidence.log.push_back({Member(quoted, "file", std::string()),
                                    Member(quoted, "line", std::uint64_t{0}),
                                    Member(quoted, "text", std::string())});
        }
    }
    return evidence;
}

Json
ToJson(const Place& place)
{
    Json object = Json::object();
    if (place.hops)
    {
        object["hops"] = {{"after", place.hops->after}, {"to", place.hops->to}};
    }
    if (!place.assuming.empty())
    {
        object["assuming"] = place.assuming;
    }
    return object;
}

Json
ToJson(const AlertEvidence& evidence)
{
    Json object = Json::object();
    if (!evidence.file.empty())
    {
        object["file"] = evidence.file;
    }
    object["frames"] = evidence.frames;
    if (!evidence.lines.empty())
    {
        object["lines"] = evidence.lines;
    }
    for (const QuotedLine& quoted : evidence.log)
    {
        Json line = Json::object();
        if (!quoted.file.empty())
        {
            line["file"] = quoted.file;
        }
        line["line"] = quoted.line;
        line["text"] = quoted.text;
        object["log"].push_back(std::move(line));
    }
    object["explanation"] = evidence.explanation;
    return object;
}

Alert
FromJson(const Json& object, std::string& error)
{
    Alert alert;
    const std::string stamp = Member(object, "timestamp", std::string());
    const std::optional<WallTime> time = ParseEveTime(stamp);
    if (!time && !stamp.empty())
    {
        error = fmt::format("timestamp \"{}\": expected the form 2006-09-26T06:44:53.103763+0000",
                            stamp);
        return alert;
    }
    alert.time = time.value_or(WallTime());
    alert.source = Ipv4::Parse(Member(object, "src_ip", std::string())).value_or(Ipv4{});
    alert.sourcePort = Member(object, "src_port", std::uint16_t{0});
    alert.destination = Ipv4::Parse(Member(object, "dest_ip", std::string())).value_or(Ipv4{});
    alert.destinationPort = Member(object, "dest_port", std::uint16_t{0});
    alert.protocol = Member(object, "proto", std::string());
    alert.frame = Member(object, "pcap_cnt", std::uint64_t{0});
    if (const auto rule = object.find("alert"); rule != object.end())
    {
        alert.signatureId = Member(*rule, "signature_id", std::uint32_t{0});
        alert.signature = Member(*rule, "signature", std::string());
        alert.category = Member(*rule, "category", std::string());
        alert.severity = Member(*rule, "severity", 1);
    }
    alert.detector = Member(object, "detector", std::string());
    alert.dottedClass = Member(object, "class", std::string());
    if (!alert.dottedClass.empty() && !IsKnownClass(alert.dottedClass))
    {
        error =
            fmt::format("class \"{}\": the first word is no family of classes", alert.dottedClass);
        return alert;
    }
    alert.score = Member(object, "score", 1.0);
    if (!(alert.score >= 0 && alert.score <= 1))
    {
        error = fmt::format("score {}: expected 0 to 1", alert.score);
        return alert;
    }
    const std::string verdict = Member(object, "verdict", std::string("fault"));
    if (const std::optional<Verdict> known = VerdictOf(verdict))
    {
        alert.verdict = *known;
    }
    else
    {
        error = fmt::format("verdict \"{}\": expected fault, benign or inconclusive", verdict);
        return alert;
    }
    if (const auto where = object.find("where"); where != object.end())
    {
        alert.where = PlaceFrom(*where);
    }
    if (const auto evidence = object.find("evidence"); evidence != object.end())
    {
        alert.evidence = EvidenceFrom(*evidence);
    }
    return alert;
}

} // namespace

Json
ToJson(const Alert& alert)
{
    Json object;
    object["timestamp"] = FormatEveTime(alert.time);
    object["event_type"] = "alert";
    if (alert.frame > 0)
    {
        object["pcap_cnt"] = alert.frame;
    }
    if (alert.source.value != 0 || alert.destination.value != 0)
    {
        object["src_ip"] = alert.source.ToString();
        object["src_port"] = alert.sourcePort;
        object["dest_ip"] = alert.destination.ToString();
        object["dest_port"] = alert.destinationPort;
        object["proto"] = alert.protocol;
    }
    object["alert"] = {{"signature_id", alert.signatureId},
                       {"signature", alert.signature},
                       {"category", alert.category},
                       {"severity", alert.severity}};
    if (!alert.detector.empty())
    {
        object["detector"] = alert.detector;
    }
    if (!alert.dottedClass.empty())
    {
        object["class"] = alert.dottedClass;
    }
    object["score"] = alert.score;
    object["verdict"] = NameOf(alert.verdict);
    if (alert.where.hops || !alert.where.assuming.empty())
    {
        object["where"] = ToJson(alert.where);
    }
    object["evidence"] = ToJson(alert.evidence);
    return object;
}

std::string
ToJsonLine(const Alert& alert)
{
    // Evidence may quote bytes that are no UTF-8: they are replaced, never thrown at the user.
    return ToJson(alert).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Alert>
AlertFromJsonLine(std::string_view line, std::string& error)
{
    error.clear();
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object())
    {
        error = "expected one JSON object";
        return std::nullopt;
    }
    try
    {
        if (Member(object, "event_type", std::string("alert")) != "alert")
        {
            return std::nullopt;
        }
        Alert alert = FromJson(object, error);
        return error.empty() ? std::optional<Alert>(std::move(alert)) : std::nullopt;
    }
    catch (const nlohmann::json::exception& exception)
    {
        error = fmt::format("a member has the wrong type: {}", exception.what());
        return std::nullopt;
    }
}

std::string
FormatEveTime(WallTime time)
{
    const std::int64_t nanoseconds = SecondFraction(time);
    const CivilTime civil = CivilFromSeconds(UnixSeconds(time));
    const std::string fraction = nanoseconds % 1000 == 0 ? fmt::format("{:06}", nanoseconds / 1000)
                                                         : fmt::format("{:09}", nanoseconds);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{}+0000",
                       civil.year,
                       civil.month,
                       civil.day,
                       civil.hour,
                       civil.minute,
                       civil.second,
                       fraction);
}

std::optional<WallTime>
ParseEveTime(std::string_view text)
{
    const auto year = TakeDigits(text, 4);
    const bool dash = Take(text, '-');
    const auto month = TakeDigits(text, 2);
    const bool secondDash = Take(text, '-');
    const auto day = TakeDigits(text, 2);
    const bool mark = Take(text, 'T');
    const auto hour = TakeDigits(text, 2);
    const bool colon = Take(text, ':');
    const auto minute = TakeDigits(text, 2);
    const bool secondColon = Take(text, ':');
    const auto second = TakeDigits(text, 2);
    if (!year || !month || !day || !hour || !minute || !second || !dash || !secondDash || !mark ||
        !colon || !secondColon || *month < 1 || *month > 12 || *day < 1 || *day > 31 ||
        *hour > 23 || *minute > 59 || *second > 60 || *year > 2261 || *year < 1678)
    {
        return std::nullopt;
    }
    std::int64_t nanoseconds = 0;
    if (Take(text, '.'))
    {
        std::int64_t unit = NANOSECONDS_PER_SECOND;
        while (!text.empty() && IsDigit(text.front()) && unit > 1)
        {
            unit /= 10;
            nanoseconds += (text.front() - '0') * unit;
            text.remove_prefix(1);
        }
    }
    std::int64_t offset = 0;
    if (!Take(text, 'Z'))
    {
        const bool plus = Take(text, '+');
        if (!plus && !Take(text, '-'))
        {
            return std::nullopt;
        }
        const auto hours = TakeDigits(text, 2);
        Take(text, ':');
        const auto minutes = TakeDigits(text, 2);
        if (!hours || !minutes)
        {
            return std::nullopt;
        }
        offset = (*hours * 60 + *minutes) * (plus ? 60 : -60);
    }
    if (!text.empty())
    {
        return std::nullopt;
    }
    const std::int64_t seconds = DaysFromCivil(*year, *month, *day) * SECONDS_PER_DAY +
                                 *hour * 3600 + *minute * 60 + *second - offset;
    return WallTime(Nanoseconds(seconds * NANOSECONDS_PER_SECOND + nanoseconds));
}

} // namespace bouncelab
