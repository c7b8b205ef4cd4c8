#include "detectors/auth-cause.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/windows-stamp.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::detectors::auth_cause
{

std::string
Seconds(Nanoseconds time)
{
    return fmt::format("{:.3f} s", static_cast<double>(time.count()) / NANOSECONDS_PER_SECOND);
}

std::string
Difference(const ClockInterval& ahead)
{
    constexpr Nanoseconds NONE(0);
    if (ahead.least < NONE && ahead.most > NONE)
    {
        return fmt::format("between {} behind and {} ahead of",
                           Seconds(-ahead.least),
                           Seconds(ahead.most));
    }
    const bool isBehind = ahead.most <= NONE && ahead.least < NONE;
    const ClockInterval shown = isBehind ? -ahead : ahead;
    const std::string least = Seconds(shown.least);
    const std::string most = Seconds(shown.most);
    return fmt::format("{} {}",
                       least == most ? least : least + " to " + most,
                       isBehind ? "behind" : "ahead of");
}

namespace
{

constexpr std::uint32_t SKEW = 37;

/// "599.940 s ahead of"
std::string
DifferenceOf(Nanoseconds ahead)
{
    return Difference(ClockInterval{ahead, ahead});
}

bool
IsSkewed(Nanoseconds ahead)
{
    return ahead > MOST_SKEW || ahead < -MOST_SKEW;
}

} // namespace

namespace
{

/// The folder of a host's evidence, in which logs of events and outputs of tools have their own.
std::string
HostFolder(std::string_view file)
{
    for (int i = 0; i < 2; ++i)
    {
        const std::size_t slash = file.rfind('/');
        file = file.substr(0, slash == file.npos ? 0 : slash);
    }
    return std::string(file);
}

/// The host that the evidence beside a file is of; empty where that is not told.
std::string
HostOf(const ServerLogs& logs, const std::string& file)
{
    std::set<std::string> names;
    for (const auto& [other, event] : logs.events)
    {
        if (HostFolder(other) == HostFolder(file) && !event.computer.empty())
        {
            names.insert(InLowerCase(event.computer));
        }
    }
    return names.size() == 1 ? *names.begin() : "";
}

void
JudgeReading(const Case& here, const InFile<ClockReading>& entry, std::vector<Clue>& clues)
{
    const ClockReading& reading = entry.record;
    const bool isOwn = reading.reference.empty();
    const std::string owner = isOwn ? HostOf(here.logs, entry.file) : reading.host;
    const std::string other = isOwn ? reading.host : reading.reference;
    const Nanoseconds ahead = isOwn ? -reading.ahead : reading.ahead;
    const bool isReceiver = !owner.empty() && here.IsReceiver(owner);
    const std::string words = fmt::format("the clock of {} is {} {}'s ({})",
                                          owner.empty() ? "the host that was asked" : owner,
                                          DifferenceOf(ahead),
                                          other,
                                          PlaceOf(LineOf(entry)));
    if (IsSkewed(ahead))
    {
        const bool isOthers = !owner.empty() && !isReceiver && isOwn && here.incident &&
                              !here.incident->receiverName.empty();
        if (!isOthers)
        {
            clues.push_back(
                {Cause::Clock, isReceiver ? Weight::Shows : Weight::Hints, words, {LineOf(entry)}});
        }
    }
    else if (isReceiver)
    {
        clues.push_back({Cause::Clock, Weight::Excludes, words, {}});
    }
}

/// The stamp behind either label; zero where there is none.
WallTime
StampBehind(std::string_view text, std::string_view label, std::string_view otherwise)
{
    auto found = scan::After(text, label);
    found = found ? found : scan::After(text, otherwise);
    return found ? ParseWindowsStamp(*found).value_or(WallTime()) : WallTime();
}

/// "The system time has changed to 2010-01-04T10:00:00.006Z from 2010-01-04T10:09:59.935Z."
void
JudgeCorrection(const Case& here, const InFile<WindowsEvent>& entry, std::vector<Clue>& clues)
{
    const WindowsEvent& event = entry.record;
    if (event.id != 1 || event.source.find("Kernel-General") == std::string::npos)
    {
        return;
    }
    const WallTime now = StampBehind(event.description, "changed to ", "NewTime: ");
    const WallTime before = StampBehind(event.description, " from ", "OldTime: ");
    const bool isTold = now != WallTime() && before != WallTime();
    const std::string host =
        event.computer.empty() ? HostOf(here.logs, entry.file) : event.computer;
    if (isTold && IsSkewed(before - now) && here.IsReceiver(host))
    {
        clues.push_back({Cause::Clock,
                         Weight::Shows,
                         fmt::format("the clock of {} was {} what it was set to at {} ({})",
                                     host,
                                     DifferenceOf(before - now),
                                     UtcStamp(now),
                                     PlaceOf(LineOf(entry))),
                         {LineOf(entry)}});
    }
}

/// What a host's Kerberos reports of another's refusal (events 3 and 4). A clock that differs is
/// none where nothing fails: senders heal it by themselves.
void
JudgeReport(const Case& here, const InFile<WindowsEvent>& entry, std::vector<Clue>& clues)
{
    const WindowsEvent& event = entry.record;
    if (event.source.find("Kerberos") == std::string::npos || (event.id != 3 && event.id != 4))
    {
        return;
    }
    const bool isSkew = event.description.find("KRB_AP_ERR_SKEW") != std::string::npos;
    const bool isModified = event.description.find("KRB_AP_ERR_MODIFIED") != std::string::npos;
    const std::string words = fmt::format("a host hears {} ({})",
                                          isSkew ? "KRB_AP_ERR_SKEW" : "KRB_AP_ERR_MODIFIED",
                                          PlaceOf(LineOf(entry)));
    if (isSkew && here.incident)
    {
        clues.push_back({Cause::Clock, Weight::Hints, words, {LineOf(entry)}});
    }
    if (isModified)
    {
        clues.push_back({Cause::NameMisplaced, Weight::Hints, words, {LineOf(entry)}});
        clues.push_back({Cause::Replication, Weight::Hints, words, {LineOf(entry)}});
    }
}

/// The controller's clock that was seen next to a moment in the same capture.
const ClockSight*
ControllerNear(const std::vector<ClockSight>& sights, const ClockSight& greeting)
{
    const ClockSight* nearest = nullptr;
    const auto distance = [&](const ClockSight& sight)
    { return std::max(sight.time - greeting.time, greeting.time - sight.time); };
    for (const ClockSight& sight : sights)
    {
        if (sight.name.empty() && sight.file == greeting.file &&
            (!nearest || distance(sight) < distance(*nearest)))
        {
            nearest = &sight;
        }
    }
    return nearest;
}

/// The receiver's greetings against the controllers' clocks, as captures have both.
void
JudgeGreetings(const Case& here, std::vector<Clue>& clues)
{
    const ClockSight* first = nullptr;
    const ClockSight* reference = nullptr;
    ClockInterval all;
    std::size_t skewed = 0;
    std::size_t right = 0;
    for (const ClockSight& sight : here.traffic.Clocks())
    {
        const ClockSight* const controller = ControllerNear(here.traffic.Clocks(), sight);
        if (sight.name.empty() || !here.incident || sight.host != here.incident->receiver ||
            !here.MayBeWithin({sight.file, sight.time}) || !controller)
        {
            continue;
        }
        const ClockInterval ahead = sight.ahead + -controller->ahead;
        const bool isSkewed = ahead.IsBeyond(MOST_SKEW);
        right += ahead.IsWithin(MOST_SKEW) ? 1 : 0;
        if (isSkewed || skewed == 0)
        {
            const bool begins = !first || (isSkewed && skewed == 0);
            first = begins ? &sight : first;
            reference = begins ? controller : reference;
            all = begins ? ahead : Common(all, ahead);
        }
        skewed += isSkewed ? 1 : 0;
    }
    if (!first || (skewed == 0 && right == 0))
    {
        return;
    }
    // They have nothing in common where the clock runs, or was set meanwhile.
    const ClockInterval shown = all.IsPossible() ? all : ClockInterval{all.most, all.least};
    const std::string words = fmt::format(
        "the clock of {} is {} that of {}, by {} greeting{} and an answer of port 88 ({}, {})",
        first->name,
        Difference(shown),
        reference->host.ToString(),
        skewed > 0 ? skewed : right,
        (skewed > 0 ? skewed : right) == 1 ? "" : "s",
        PlaceOf(first->file, first->frame),
        PlaceOf(reference->file, reference->frame));
    clues.push_back({Cause::Clock,
                     skewed > 0 ? Weight::Shows : Weight::Excludes,
                     words,
                     {},
                     {first->file, first->time}});
}

/// How far a log's clock is ahead of a controller's, by what a capture shows of this one.
struct AgainstController
{
    ClockInterval ahead;
    const ClockSight* sight;
    ClockEstimate estimate; //!< Of the log's clock against the capture's.
};

/// By answers of controllers while mail fails, the one that tells it best.
std::optional<AgainstController>
CompareWithController(const Case& here, const std::string& log)
{
    std::optional<AgainstController> best;
    for (const ClockSight& sight : here.traffic.Clocks())
    {
        const FileTime at{sight.file, sight.time};
        const auto estimate = sight.name.empty() && here.MayBeWithin(at)
                                  ? here.analysis.Clocks().Ahead(log, sight.file, sight.time)
                                  : std::nullopt;
        if (!estimate)
        {
            continue;
        }
        const ClockInterval ahead = estimate->ahead + -sight.ahead;
        if (!best || ahead.Width() < best->ahead.Width())
        {
            best = {ahead, &sight, *estimate};
        }
    }
    return best;
}

/// The receiver's log against the controllers' clocks, else against the sender's log. It is a sign
/// at most: a log's stamps may have been changed since, and what else tells of its host's clock is
/// worth more.
void
JudgeLogs(const Case& here, std::vector<Clue>& clues)
{
    const TimeSpan* const taken = here.incident->SeenBy(Keeper::Receiver);
    const bool isKnown =
        std::any_of(clues.begin(),
                    clues.end(),
                    [](const Clue& clue)
                    { return clue.cause == Cause::Clock && clue.weight == Weight::Excludes; });
    if (!taken || isKnown)
    {
        return;
    }
    const auto controller = CompareWithController(here, taken->file);
    const auto sender = here.CompareSides();
    std::string words;
    if (controller && controller->ahead.IsBeyond(MOST_SKEW))
    {
        words = fmt::format("{} that of {} by {} and an answer of port 88 ({})",
                            Difference(controller->ahead),
                            controller->sight->host.ToString(),
                            controller->estimate.Basis(),
                            PlaceOf(controller->sight->file, controller->sight->frame));
    }
    else if (!controller && sender && sender->estimate.ahead.IsBeyond(MOST_SKEW))
    {
        words = fmt::format("{} that of {}, and one of them is wrong",
                            Difference(sender->estimate.ahead),
                            sender->seen->file);
    }
    if (!words.empty())
    {
        clues.push_back({Cause::Clock,
                         Weight::Hints,
                         fmt::format("the clock of {} is {}", taken->file, words),
                         {}});
    }
}

} // namespace

void
FindClockClues(const Case& here, std::vector<Clue>& clues)
{
    for (const auto& reading : here.logs.clocks)
    {
        JudgeReading(here, reading, clues);
    }
    for (const auto& event : here.logs.events)
    {
        JudgeCorrection(here, event, clues);
        JudgeReport(here, event, clues);
    }
    JudgeGreetings(here, clues);
    const auto skewed = std::find_if(here.exchanges.begin(),
                                     here.exchanges.end(),
                                     [&](const KerberosExchange& exchange)
                                     {
                                         return exchange.IsError(SKEW) && here.incident &&
                                                exchange.client == here.incident->receiver &&
                                                here.MayBeWithin({exchange.file, exchange.time});
                                     });
    if (skewed != here.exchanges.end())
    {
        clues.push_back({Cause::Clock,
                         Weight::Shows,
                         fmt::format("{} tells {} that its clock is too far off ({} in {})",
                                     skewed->server.ToString(),
                                     skewed->client.ToString(),
                                     NameOfKerberosError(SKEW),
                                     FrameOf(*skewed)),
                         {},
                         {skewed->file, skewed->time}});
    }
    if (here.incident)
    {
        JudgeLogs(here, clues);
    }
}

namespace
{

/// The tickets of one service that a capture shows.
struct Tickets
{
    const KerberosExchange* newest = nullptr; //!< The first one by the newest key.
    const KerberosExchange* older = nullptr;  //!< Another controller's, behind it.
    const KerberosExchange* same = nullptr;   //!< Another controller's by the same key.

    void Take(const KerberosExchange& exchange)
    {
        const std::uint32_t version = *exchange.answer->keyVersion;
        if (!newest || version > *newest->answer->keyVersion)
        {
            newest = &exchange;
            same = nullptr;
        }
        else if (exchange.server != newest->server)
        {
            const bool isSame = version == *newest->answer->keyVersion;
            const KerberosExchange*& kept = isSame ? same : older;
            kept = kept ? kept : &exchange;
        }
    }
};

void
JudgeKeyVersions(const Case& here, std::vector<Clue>& clues)
{
    std::map<std::string, Tickets> byService;
    for (const KerberosExchange& exchange : here.exchanges)
    {
        if (exchange.HasTicket() && exchange.answer->keyVersion &&
            IsOfMail(exchange.answer->service) && here.IsOfSender(exchange))
        {
            // Each capture has a clock, and an order, of its own.
            byService[exchange.file + " " + InLowerCase(exchange.answer->service)].Take(exchange);
        }
    }
    for (const auto& [key, tickets] : byService)
    {
        const KerberosExchange* const other = tickets.older ? tickets.older : tickets.same;
        if (!other || (!tickets.older && !here.incident))
        {
            continue;
        }
        const std::uint32_t newest = *tickets.newest->answer->keyVersion;
        const std::uint32_t version = *other->answer->keyVersion;
        // A host opens tickets by its last password but one, too.
        const bool isStale = newest - version > 1 && here.incident;
        clues.push_back({Cause::Replication,
                         isStale         ? Weight::Shows
                         : tickets.older ? Weight::Hints
                                         : Weight::Excludes,
                         fmt::format("{} gives a ticket for {} by key version {} ({}) after {} "
                                     "has given one by version {} ({})",
                                     other->server.ToString(),
                                     other->answer->service,
                                     version,
                                     FrameOf(*other),
                                     tickets.newest->server.ToString(),
                                     newest,
                                     FrameOf(*tickets.newest)),
                         {},
                         {other->file, other->time}});
    }
}

} // namespace

void
FindReplicationClues(const Case& here, std::vector<Clue>& clues)
{
    std::set<std::string> sound;
    const InFile<ReplicaLink>* last = nullptr;
    bool fails = false;
    for (const auto& link : here.logs.replicas)
    {
        const ReplicaLink& record = link.record;
        if (!record.hasFailed)
        {
            sound.insert(record.controller);
            last = &link;
            continue;
        }
        fails = true;
        clues.push_back(
            {Cause::Replication,
             Weight::Hints,
             fmt::format("{} hears nothing of {}: {}{} ({})",
                         record.controller,
                         record.source,
                         record.failures > 0
                             ? fmt::format("{} attempts in a row have failed", record.failures)
                             : std::string("the last attempt has failed"),
                         record.lastSuccess.empty() ? std::string()
                                                    : ", the last success " + record.lastSuccess,
                         PlaceOf(LineOf(link))),
             {LineOf(link)}});
    }
    JudgeKeyVersions(here, clues);
    if (here.incident && !fails && sound.size() > 1)
    {
        clues.push_back({Cause::Replication,
                         Weight::Excludes,
                         fmt::format("{} controllers hear of each other ({})",
                                     sound.size(),
                                     PlaceOf(LineOf(*last))),
                         {}});
    }
}

} // namespace bouncelab::detectors::auth_cause
