#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace lost_mail
{

constexpr AlertRule SIGNATURE{"lost-mail", 1100137, "BOUNCELAB mail taken, and gone"};

using Tracked = InFile<TrackedEvent>;
using Start = InFile<DaemonStart>;

/// What one log tells of a message, in order of its lines.
using Course = std::vector<const Tracked*>;
using Courses = std::map<std::string_view, Course>; //!< By queue id.

/// A message that no line tells of any more, and the first of those that came again in its place.
struct MissingMessage
{
    const Course* course;
    const Tracked* last;    //!< Before the start.
    const Tracked* retried; //!< Of another one, which was put off later.
};

bool
IsPending(const TrackedEvent& event)
{
    return event.event == "DEFER" || event.event == "RECEIVE";
}

class Judge
{
  public:
    Judge(const ServerLogs& logs, AlertSink& sink)
        : m_logs(logs)
        , m_sink(sink)
    {
        for (const Tracked& event : logs.tracked)
        {
            if (event.record.internalId.empty())
            {
                continue;
            }
            m_files[event.file][event.record.internalId].push_back(&event);
            const auto begin = m_begins.emplace(event.file, event.record.time).first;
            begin->second = std::min(begin->second, event.record.time);
            if (event.record.event == "RECEIVE")
            {
                m_arrivals[event.record.messageId].insert(event.file);
            }
        }
        for (auto& [file, courses] : m_files)
        {
            for (auto& [id, course] : courses)
            {
                std::stable_sort(course.begin(),
                                 course.end(),
                                 [](const Tracked* a, const Tracked* b)
                                 { return a->record.line < b->record.line; });
            }
        }
    }

    void Run()
    {
        std::map<std::string_view, std::vector<const Start*>> starts;
        for (const Start& start : m_logs.daemonStarts)
        {
            starts[start.file].push_back(&start);
        }
        for (const auto& [file, those] : starts)
        {
            if (const auto told = m_files.find(file); told != m_files.end())
            {
                JudgeLog(those, told->second);
            }
        }
    }

  private:
    /// Another attempt at a message that was put off.
    struct Retry
    {
        const Tracked* putOff;
        const Tracked* again;
    };

    static std::vector<Retry> RetriesOf(const Courses& courses)
    {
        std::vector<Retry> retries;
        for (const auto& [id, course] : courses)
        {
            for (std::size_t i = 1; i < course.size(); ++i)
            {
                if (course[i - 1]->record.event == "DEFER")
                {
                    retries.push_back({course[i - 1], course[i]});
                }
            }
        }
        std::sort(retries.begin(),
                  retries.end(),
                  [](const Retry& a, const Retry& b)
                  { return a.again->record.line > b.again->record.line; });
        return retries;
    }

    /// Messages that came and of which nothing is told behind a start, by the first such start.
    static std::map<std::uint32_t, std::vector<const Course*>> PendingAt(
        const std::vector<const Start*>& starts,
        const Courses& courses)
    {
        std::map<std::uint32_t, std::vector<const Course*>> pending;
        for (const auto& [id, course] : courses)
        {
            const TrackedEvent& last = course.back()->record;
            const auto start =
                std::find_if(starts.begin(),
                             starts.end(),
                             [&](const Start* one) { return one->record.line > last.line; });
            if (start != starts.end() && IsPending(last) &&
                course.front()->record.event == "RECEIVE")
            {
                pending[(*start)->record.line].push_back(&course);
            }
        }
        return pending;
    }

    void JudgeLog(const std::vector<const Start*>& starts, const Courses& courses)
    {
        const auto pending = PendingAt(starts, courses);
        if (pending.empty())
        {
            return;
        }
        WallTime end{};
        for (const auto& [id, course] : courses)
        {
            end = std::max(end, course.back()->record.time);
        }
        const std::set<std::string_view> nextHops = NextHops(courses);
        const std::vector<Retry> retries = RetriesOf(courses);
        auto next = retries.begin();
        // From the last start to the first: by the line of putting off, the first retry behind it.
        std::map<std::uint32_t, const Retry*> first;
        for (auto start = starts.rbegin(); start != starts.rend(); ++start)
        {
            const DaemonStart& began = (*start)->record;
            for (; next != retries.end() && next->again->record.line > began.line; ++next)
            {
                const std::uint32_t line = next->putOff->record.line;
                first.erase(first.begin(), first.upper_bound(line));
                first[line] = &*next;
            }
            std::vector<MissingMessage> missing;
            const auto those = pending.find(began.line);
            for (const Course* course :
                 those == pending.end() ? std::vector<const Course*>() : those->second)
            {
                const auto instead = first.upper_bound(course->back()->record.line);
                if (instead != first.end() && WasDue(*course, began, *instead->second, end) &&
                    !HasArrived(*course, nextHops))
                {
                    missing.push_back({course, course->back(), instead->second->again});
                }
            }
            if (!missing.empty())
            {
                Tell(**start, missing, nextHops);
            }
        }
    }

    /// Whether a message would have been tried again before the log ends: a host waits as long as
    /// it did for another one, or as long as the message has waited already (Postfix).
    static bool WasDue(const Course& course,
                       const DaemonStart& start,
                       const Retry& other,
                       WallTime end)
    {
        const WallTime last = course.back()->record.time;
        const Nanoseconds age = last - course.front()->record.time;
        const Nanoseconds wait = other.again->record.time - other.putOff->record.time;
        return std::max(last, start.time) + std::max(wait, age) <= end;
    }

    /// The logs of hosts that took messages from this one, by the ids that they gave them.
    std::set<std::string_view> NextHops(const Courses& courses) const
    {
        std::map<std::string_view, std::string_view> answers; //!< By Message-ID.
        for (const auto& [id, course] : courses)
        {
            for (const Tracked* event : course)
            {
                if (event->record.event == "SEND" && !event->record.messageId.empty() &&
                    !event->record.statuses.empty())
                {
                    answers[event->record.messageId] = event->record.statuses.front();
                }
            }
        }
        std::set<std::string_view> hops;
        for (const auto& [file, others] : m_files)
        {
            for (const auto& [id, course] : others)
            {
                const auto answer = answers.find(course.front()->record.messageId);
                if (&others != &courses && answer != answers.end() &&
                    answer->second.find(id) != answer->second.npos)
                {
                    hops.insert(file);
                    break;
                }
            }
        }
        return hops;
    }

    bool HasArrived(const Course& course, const std::set<std::string_view>& hops) const
    {
        const auto arrived = m_arrivals.find(course.back()->record.messageId);
        return arrived != m_arrivals.end() &&
               std::any_of(arrived->second.begin(),
                           arrived->second.end(),
                           [&](std::string_view file) { return hops.count(file) > 0; });
    }

    /// Whether one of these logs begins before a message could have come there.
    bool IsCovered(const MissingMessage& message, const std::set<std::string_view>& hops) const
    {
        const WallTime taken = message.course->front()->record.time;
        return !message.last->record.messageId.empty() &&
               std::any_of(hops.begin(),
                           hops.end(),
                           [&](std::string_view hop)
                           { return m_begins.find(hop)->second <= taken; });
    }

    void Tell(const Start& start,
              std::vector<MissingMessage>& missing,
              const std::set<std::string_view>& hops)
    {
        std::sort(missing.begin(),
                  missing.end(),
                  [](const MissingMessage& a, const MissingMessage& b)
                  { return a.last->record.line < b.last->record.line; });
        const bool isSure =
            std::all_of(missing.begin(),
                        missing.end(),
                        [&](const MissingMessage& message) { return IsCovered(message, hops); });
        const MissingMessage& one = missing.front();
        TextFinding finding;
        finding.dottedClass = "lost.power";
        finding.verdict = isSure ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isSure ? 0.8 : 0.4;
        finding.time = start.record.time;
        finding.lines.push_back({start.file, start.record.line, start.record.text});
        for (const MissingMessage& message : missing)
        {
            const TrackedEvent& last = message.last->record;
            finding.lines.push_back({start.file, last.line, last.text});
        }
        finding.explanation = fmt::format(
            "{} message{} that this host had taken and not delivered when it went down without an "
            "orderly end ({}, line {}) {} in no line behind its start (line {}), though others, "
            "put off later, were tried again (line {}){}.",
            missing.size(),
            missing.size() == 1 ? "" : "s",
            one.last->record.internalId,
            one.last->record.line,
            missing.size() == 1 ? "is" : "are",
            start.record.line,
            one.retried->record.line,
            isSure ? "; the next host's log has those, and not these"
                   : ": lost with what was not on the disk yet, taken out of the queue by hand, or "
                     "delivered while the log's own last lines were lost");
        finding.side = isSure ? "the host's that took the mail: its 250 came before it was safe"
                              : "the host's that took the mail, unless somebody took it out";
        const std::string& messageId = one.last->record.messageId;
        finding.next =
            isSure ? "have the senders send again; whether the host writes a message to the disk "
                     "before it answers (SuperSafe, fsync, the disk's write cache)"
                   : fmt::format("the next host's log and the recipient's mailbox{}, and the queue "
                                 "(mailq)",
                                 messageId.empty() ? "" : ", for the Message-ID " + messageId);
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    std::map<std::string_view, Courses> m_files;
    std::map<std::string_view, WallTime> m_begins;                     //!< When each file does.
    std::map<std::string_view, std::set<std::string_view>> m_arrivals; //!< Files, by Message-ID.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis.GetContext().logs, sink).Run();
}

} // namespace lost_mail

/**
 * Mail that a host took, had not delivered when it went down, and knows nothing of since: by its
 * log alone that cannot be told from a queue that somebody cleared, or from a delivery whose line
 * was lost as well; with the next host's log it can (facts F78 to F80).
 */
extern const Detector LOST_MAIL{lost_mail::SIGNATURE,
                                "mail that a host took and that was gone after it had failed",
                                {{kinds::TRACKING_LOG}, {"lost"}},
                                nullptr,
                                lost_mail::Conclude};

} // namespace bouncelab::detectors
