#ifndef BOUNCELAB_MODELS_SERVICE_DIRECTORY_H
#define BOUNCELAB_MODELS_SERVICE_DIRECTORY_H

#include "models/service/directory-client.h"
#include "models/service/directory-config.h"

#include "formats/random.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace bouncelab::service
{

struct LookupAnswer
{
    LookupTicket ticket = 0;
    LookupStatus status = LookupStatus::Answered;
    Nanoseconds asked{0};
    Nanoseconds time{0}; //!< When the client has it.
};

/// The load of an interval, as a performance log has it.
struct LoadSample
{
    Nanoseconds start{0};
    Nanoseconds length{0};
    std::uint64_t asked = 0;       //!< Lookups that came in.
    std::uint64_t answered = 0;    //!< Answers that reached their client in time.
    std::uint64_t busy = 0;        //!< Refused for load.
    std::uint64_t unavailable = 0; //!< Failed for want of a replica.
    std::uint64_t timedOut = 0;
    std::uint64_t worked = 0;       //!< Lookups done, including those whose caller has given up.
    Nanoseconds workedFor{0};       //!< Time of all replicas that these took.
    Nanoseconds waited{0};          //!< Of the answered ones, from question to answer, in sum.
    std::uint64_t longestQueue = 0; //!< At any one replica.
    std::uint32_t replicasUp = 0;   //!< At its end.
};

/**
 * A directory without sockets and clocks: questions and the time go in; answers, timers and load
 * samples come out. What is asked is the caller's matter; this decides when an answer is there, and
 * whether.
 *
 * A question goes to the replica with the shortest queue, the first among equals, and is worked off
 * in turn, each in the same time (M/D/1 where questions come at random). A client that waits no
 * longer does not spare the replica its work.
 *
 * The caller, after every call that takes the time, takes the answers and samples, and calls
 * Advance() at NextTimer(). Times are those since any fixed start, and never run backwards.
 */
class Directory
{
  public:
    /// \pre the config is without fault (CheckDirectory).
    Directory(const DirectoryConfig& config, DrawKey draws);

    LookupTicket Ask(Nanoseconds now); //!< Tickets count from 1.
    void Advance(Nanoseconds now);
    std::optional<Nanoseconds> NextTimer() const; //!< Nothing if time alone changes nothing.
    std::optional<LookupAnswer> TakeAnswer();     //!< In the order of their times.

    bool HasAnswer() const { return !m_answers.empty(); }

    /// Samples of intervals that are over; told when anything happens after their end.
    std::optional<LoadSample> TakeSample();
    void Finish(Nanoseconds now); //!< Ends the last interval, too, with its true length.

    std::size_t OpenLookups() const { return m_open.size(); }

    std::uint32_t ReplicasUp() const;

    std::size_t QueueLength(std::size_t replica) const { return m_replicas[replica].queue.size(); }

    /// Lookups that wait at all replicas, including those whose callers have given up.
    std::size_t Backlog() const;

  private:
    enum class EventKind
    {
        Worked,
        Failed,
        Repaired,
        Delivered,
        TimedOut,
    };

    /// When, and in which order among those of the same time.
    using Key = std::pair<Nanoseconds, std::uint64_t>;

    struct ScheduledEvent
    {
        EventKind kind;
        std::size_t replica = 0;
        LookupTicket ticket = 0;
        LookupStatus status = LookupStatus::Answered;
    };

    struct Replica
    {
        bool up = true;
        std::deque<LookupTicket> queue;      //!< The first one is being worked on.
        std::optional<Key> work;             //!< Its end.
        std::optional<Key> failure;          //!< The next one that nothing causes.
        std::optional<Nanoseconds> overload; //!< Since when.
    };

    struct PendingLookup
    {
        Nanoseconds asked{0};
        Key timeout;
    };

    Key Schedule(Nanoseconds time, const ScheduledEvent& event);
    void Handle(const ScheduledEvent& event);
    void Begin(std::size_t index);
    void OnWorked(std::size_t index);
    void TakeDown(std::size_t index);
    void BringUp(std::size_t index);
    void Deliver(LookupTicket ticket, LookupStatus status);
    void Answer(LookupTicket ticket, LookupStatus status);
    std::optional<std::size_t> Choose() const;
    bool IsFull(Replica& replica);
    Nanoseconds LatencyOf(LookupTicket ticket) const;
    Nanoseconds DrawAround(Nanoseconds mean);
    void CloseIntervals(Nanoseconds until);

    DirectoryConfig m_config;
    DrawKey m_draws;
    std::uint64_t m_changes = 0; //!< Times to a failure or a repair that were drawn.
    Nanoseconds m_work;          //!< Time of one lookup at a replica.
    std::vector<Replica> m_replicas;
    std::map<LookupTicket, PendingLookup> m_open;
    std::map<Key, ScheduledEvent> m_events;
    std::queue<LookupAnswer> m_answers;
    std::queue<LoadSample> m_samples;
    LoadSample m_sample;
    Nanoseconds m_now{0};
    std::uint64_t m_serial = 0;
    LookupTicket m_lastTicket = 0;
};

} // namespace bouncelab::service

#endif // BOUNCELAB_MODELS_SERVICE_DIRECTORY_H
