#include "formats/calendar.h"
#include "formats/clock.h"
#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <cstdlib>

namespace bouncelab::score
{

namespace
{

/// "1159253183.972578" as ns.
std::int64_t
EpochNs(const std::string& text)
{
    const std::size_t point = text.find('.');
    std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
    decimals.resize(9, '0');
    return std::strtoll(text.c_str(), nullptr, 10) * NANOSECONDS_PER_SECOND +
           std::strtoll(decimals.c_str(), nullptr, 10);
}

Facts
BounceText(const Subject& subject)
{
    const std::vector<std::string> lines = subject.BounceLines();
    Facts facts{{"recipient", lines.front()}};
    for (std::size_t i = 1; i <= 3; ++i)
    {
        facts.push_back({fmt::format("line {}", i), i < lines.size() ? lines[i] : "none"});
    }
    facts.push_back(Count("lines", static_cast<std::int64_t>(lines.size()) - 1));
    return facts;
}

Facts
DescribeDelivery(const LoggedDelivery& delivery)
{
    return {{"stamp", delivery.stamp},
            {"host", delivery.host},
            {"epoch", delivery.epoch},
            {"delivery", delivery.number},
            {"outcome", delivery.outcome},
            {"text", delivery.text}};
}

/// The syslog stamp and qmail's epoch are one moment, 8 hours apart (S003-05).
Facts
LogStamps(const Subject& subject)
{
    constexpr std::int64_t ZONE_SECONDS = 8 * 3600;
    const LoggedDelivery delivery = subject.Deliveries().front();
    const CivilTime local =
        CivilFromSeconds(EpochNs(delivery.epoch) / NANOSECONDS_PER_SECOND + ZONE_SECONDS);
    const std::string expected = fmt::format("{} {:>2} {:02}:{:02}:{:02}",
                                             MONTH_NAMES[local.month - 1],
                                             local.day,
                                             local.hour,
                                             local.minute,
                                             local.second);
    return {YesNo("agree at UTC+8", expected == delivery.stamp),
            {"weekday", std::string(WEEKDAY_NAMES[local.weekday])},
            {"epoch", delivery.epoch}};
}

Fact
LogLessCapture(const Subject& subject, const LoggedDelivery& delivery)
{
    const std::int64_t distance = EpochNs(delivery.epoch) - subject.Session().Packet(7).timeNs;
    return {"log less capture",
            fmt::format("{}{}.{:06} s",
                        distance < 0 ? "-" : "",
                        std::llabs(distance) / 1000000000,
                        std::llabs(distance) % 1000000000 / 1000)};
}

Facts
Destination(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const std::string_view greeting = s.Packet(4).Payload();
    const std::string_view rest = greeting.size() > 4 ? greeting.substr(4) : std::string_view();
    return {{"address", s.server.ToString()},
            {"name", std::string(rest.substr(0, rest.find_first_of(" \r")))}};
}

} // namespace

void
AddMailMeasures(MeasureTable& table)
{
    const std::vector<std::string> logNames{"stamp",
                                            "host",
                                            "epoch",
                                            "delivery",
                                            "outcome",
                                            "text"};
    table["bounce-text"] = {"What the bounce of the case reports.",
                            {"recipient", "line 1", "line 2", "line 3", "lines"},
                            BounceText};
    table["log-line"] = {"The log's line on the case's delivery.",
                         logNames,
                         [](const Subject& subject)
                         { return DescribeDelivery(subject.Deliveries().front()); }};
    table["log-stamps"] = {"Whether both stamps of that line are one moment.",
                           {"agree at UTC+8", "weekday", "epoch"},
                           LogStamps};
    table["log-less-capture"] = {
        "The log's stamp of the case's delivery less the capture's of the forged reply.",
        {"log less capture"},
        [](const Subject& subject)
        { return Facts{LogLessCapture(subject, subject.Deliveries().front())}; }};
    table["later-log-less-capture"] = {
        "The same with the last delivery to that recipient.",
        {"log less capture"},
        [](const Subject& subject)
        { return Facts{LogLessCapture(subject, subject.Deliveries().back())}; }};
    table["destination"] = {"Address and name of the server.", {"address", "name"}, Destination};
}

} // namespace bouncelab::score
