#include "formats/alert.h"

#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <set>
#include <stdexcept>

namespace bouncelab
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr int FIRST_YEAR = 1678; //!< The first and last whole year of 64 bits of nanoseconds.
constexpr int LAST_YEAR = 2261;

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

/// What is wrong with a line.
class AlertError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

std::string
Quoted(const Json& found)
{
    constexpr std::size_t LONGEST_QUOTE = 60;
    const std::string text = found.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() > LONGEST_QUOTE ? text.substr(0, LONGEST_QUOTE) + "..." : text;
}

[[noreturn]] void
Refuse(const char* name, const Json& found, std::string_view expected)
{
    throw AlertError(fmt::format("{} {}: expected {}", name, Quoted(found), expected));
}

/// The member, or nothing where there is none or it is null.
const Json*
Find(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::uint64_t
NumberFrom(const char* name, const Json& value, std::uint64_t least, std::uint64_t most)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least ||
        value.get<std::uint64_t>() > most)
    {
        Refuse(name, value, fmt::format("a whole number from {} to {}", least, most));
    }
    return value.get<std::uint64_t>();
}

template <class T>
T
Number(const Json& object,
       const char* name,
       std::uint64_t least = 0,
       std::uint64_t most = std::numeric_limits<T>::max())
{
    const Json* value = Find(object, name);
    return value ? static_cast<T>(NumberFrom(name, *value, least, most)) : T{};
}

std::string
TextFrom(const char* name, const Json& value)
{
    if (!value.is_string())
    {
        Refuse(name, value, "a string");
    }
    return value.get<std::string>();
}

std::string
Text(const Json& object, const char* name, std::string_view fallback = "")
{
    const Json* value = Find(object, name);
    return value ? TextFrom(name, *value) : std::string(fallback);
}

const Json*
FindObject(const Json& object, const char* name)
{
    const Json* value = Find(object, name);
    if (value && !value->is_object())
    {
        Refuse(name, *value, "an object");
    }
    return value;
}

/// The items of a list, each read by a function of (name, item).
template <class Read>
auto
List(const Json& object, const char* name, Read read)
{
    std::vector<decltype(read(name, object))> items;
    if (const Json* value = Find(object, name))
    {
        if (!value->is_array())
        {
            Refuse(name, *value, "a list");
        }
        for (const Json& item : *value)
        {
            items.push_back(read(name, item));
        }
    }
    return items;
}

std::vector<std::uint64_t>
Numbers(const Json& object, const char* name)
{
    return List(object,
                name,
                [](const char* of, const Json& item)
                { return NumberFrom(of, item, 1, std::numeric_limits<std::uint64_t>::max()); });
}

HostAddress
Address(const Json& object, const char* name)
{
    const std::string text = Text(object, name);
    const std::optional<HostAddress> address = HostAddress::Parse(text);
    if (!address && !text.empty())
    {
        Refuse(name, object.at(name), "an IPv4 or IPv6 address");
    }
    return address.value_or(HostAddress());
}

WallTime
TimeOf(const Json& object, const char* name)
{
    const std::string stamp = Text(object, name);
    const std::optional<WallTime> time = ParseEveTime(stamp);
    if (!time && !stamp.empty())
    {
        Refuse(name, stamp, "the form 2006-09-26T06:44:53.103763+0000");
    }
    return time.value_or(WallTime());
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
    constexpr std::uint64_t MOST_HOPS = 255;
    Place place;
    if (const Json* hops = FindObject(object, "hops"))
    {
        if (!Find(*hops, "after") || !Find(*hops, "to"))
        {
            Refuse("hops", *hops, "the members after and to");
        }
        place.hops = HopInterval{Number<int>(*hops, "after", 0, MOST_HOPS),
                                 Number<int>(*hops, "to", 0, MOST_HOPS)};
        if (place.hops->after > place.hops->to)
        {
            Refuse("hops", *hops, "after no greater than to");
        }
    }
    place.assuming = List(object, "assuming", TextFrom);
    place.by = Text(object, "by");
    place.side = Text(object, "side");
    return place;
}

AlertEvidence
EvidenceFrom(const Json& object)
{
    AlertEvidence evidence;
    evidence.file = Text(object, "file");
    evidence.frames = Numbers(object, "frames");
    evidence.lines = Numbers(object, "lines");
    evidence.explanation = Text(object, "explanation");
    if (const Json* count = Find(object, "count"))
    {
        constexpr std::uint64_t MOST = std::numeric_limits<std::uint64_t>::max();
        evidence.count = NumberFrom("count", *count, 1, MOST);
    }
    evidence.last = TimeOf(object, "last");
    evidence.next = Text(object, "next");
    evidence.log = List(object,
                        "log",
                        [](const char* name, const Json& item)
                        {
                            if (!item.is_object())
                            {
                                Refuse(name, item, "an object");
                            }
                            return QuotedLine{Text(item, "file"),
                                              Number<std::uint64_t>(item, "line"),
                                              Text(item, "text")};
                        });
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
    if (!place.by.empty())
    {
        object["by"] = place.by;
    }
    if (!place.side.empty())
    {
        object["side"] = place.side;
    }
    return object;
}

/// "src_ip" and "src_port"; "src_host" where all that is known is a name.
void
AddEnd(Json& object, const std::string& which, const HostAddress& address, std::uint16_t port)
{
    const bool named = address.IsKnown() && !address.IsNumeric();
    object[which + (named ? "_host" : "_ip")] =
        address.IsKnown() ? address.ToString() : Ipv4{}.ToString();
    object[which + "_port"] = port;
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
    if (evidence.count > 1)
    {
        object["count"] = evidence.count;
        object["last"] = FormatEveTime(evidence.last);
    }
    if (!evidence.next.empty())
    {
        object["next"] = evidence.next;
    }
    return object;
}

void
ReadFlow(const Json& object, Alert& alert)
{
    alert.source = Address(object, "src_ip");
    alert.sourcePort = Number<std::uint16_t>(object, "src_port");
    alert.destination = Address(object, "dest_ip");
    alert.destinationPort = Number<std::uint16_t>(object, "dest_port");
    alert.protocol = Text(object, "proto");
    alert.frame = Number<std::uint64_t>(object, "pcap_cnt");
}

void
ReadVerdict(const Json& object, Alert& alert)
{
    alert.dottedClass = Text(object, "class");
    if (!alert.dottedClass.empty() && !IsKnownClass(alert.dottedClass))
    {
        Refuse("class", alert.dottedClass, "a class whose first word is a family of classes");
    }
    if (const Json* score = Find(object, "score"))
    {
        if (!score->is_number() || !(score->get<double>() >= 0 && score->get<double>() <= 1))
        {
            Refuse("score", *score, "a number from 0 to 1");
        }
        alert.score = score->get<double>();
    }
    if (!alert.dottedClass.empty() && !Find(object, "verdict"))
    {
        throw AlertError("an alert without verdict: expected fault, benign or inconclusive");
    }
    const std::string verdict = Text(object, "verdict", "fault");
    const std::optional<Verdict> known = VerdictOf(verdict);
    if (!known)
    {
        Refuse("verdict", verdict, "fault, benign or inconclusive");
    }
    alert.verdict = *known;
}

/// Who reads an alert has to learn what was seen, and where to look.
void
CheckThatItSays(const Alert& alert)
{
    if (alert.dottedClass.empty() && alert.signature.empty() && alert.signatureId == 0)
    {
        throw AlertError("an alert without class: expected one such as forged.reply; only lines "
                         "of Suricata's, which name a signature, go without");
    }
    if (!HasPlace(alert))
    {
        throw AlertError("an alert without a place: expected src_ip and dest_ip, pcap_cnt, or "
                         "evidence with frames, lines or log");
    }
}

/// \param repeated a name that one object has twice, as JSON
Json
ParseOnce(std::string_view line, std::string& repeated)
{
    std::vector<std::set<std::string>> names;
    const auto note = [&](int /* depth */, Json::parse_event_t event, Json& parsed)
    {
        if (event == Json::parse_event_t::object_start)
        {
            names.emplace_back();
        }
        else if (event == Json::parse_event_t::object_end)
        {
            names.pop_back();
        }
        else if (event == Json::parse_event_t::key &&
                 !names.back().insert(parsed.get<std::string>()).second && repeated.empty())
        {
            repeated = Quoted(parsed);
        }
        return true;
    };
    return Json::parse(line, note, false);
}

Alert
FromJson(const Json& object)
{
    Alert alert;
    alert.time = TimeOf(object, "timestamp");
    ReadFlow(object, alert);
    if (const Json* rule = FindObject(object, "alert"))
    {
        alert.signatureId = Number<std::uint32_t>(*rule, "signature_id");
        alert.signature = Text(*rule, "signature");
        alert.category = Text(*rule, "category");
        alert.severity = Find(*rule, "severity") ? Number<int>(*rule, "severity", 0, 255) : 1;
    }
    alert.detector = Text(object, "detector");
    ReadVerdict(object, alert);
    if (const Json* where = FindObject(object, "where"))
    {
        alert.where = PlaceFrom(*where);
    }
    if (const Json* evidence = FindObject(object, "evidence"))
    {
        alert.evidence = EvidenceFrom(*evidence);
    }
    CheckThatItSays(alert);
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
    if (alert.source.IsKnown() || alert.destination.IsKnown())
    {
        AddEnd(object, "src", alert.source, alert.sourcePort);
        AddEnd(object, "dest", alert.destination, alert.destinationPort);
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
    const Place& place = alert.where;
    if (place.hops || !place.assuming.empty() || !place.by.empty() || !place.side.empty())
    {
        object["where"] = ToJson(alert.where);
    }
    object["evidence"] = ToJson(alert.evidence);
    return object;
}

bool
HasPlace(const Alert& alert)
{
    const AlertEvidence& evidence = alert.evidence;
    return (alert.source.IsKnown() && alert.destination.IsKnown()) || alert.frame != 0 ||
           !evidence.frames.empty() || !evidence.lines.empty() || !evidence.log.empty();
}

std::string
ToJsonLine(const Alert& alert)
{
    // Evidence may quote bytes that are no UTF-8: they are replaced, never thrown at the user.
    return JsonForTerminal(ToJson(alert).dump(-1, ' ', false, Json::error_handler_t::replace)) +
           "\n";
}

std::optional<Alert>
AlertFromJsonLine(std::string_view line, std::string& error)
{
    error.clear();
    std::string repeated;
    const Json object = ParseOnce(line, repeated);
    if (!object.is_object())
    {
        error = "expected one JSON object";
        return std::nullopt;
    }
    if (!repeated.empty())
    {
        error = fmt::format("the member {} stands there twice: expected one", repeated);
        return std::nullopt;
    }
    try
    {
        if (Text(object, "event_type", "alert") != "alert")
        {
            return std::nullopt;
        }
        return FromJson(object);
    }
    catch (const AlertError& exception)
    {
        error = exception.what();
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
        *hour > 23 || *minute > 59 || *second > 60 || *year > LAST_YEAR || *year < FIRST_YEAR)
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
    // The offset may lead out of the years whose nanoseconds 64 bits hold.
    const std::int64_t utcYear = CivilFromSeconds(seconds).year;
    if (utcYear < FIRST_YEAR || utcYear > LAST_YEAR)
    {
        return std::nullopt;
    }
    return WallTime(Nanoseconds(seconds * NANOSECONDS_PER_SECOND + nanoseconds));
}

} // namespace bouncelab
