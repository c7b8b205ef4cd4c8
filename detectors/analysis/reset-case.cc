#include "detectors/analysis/reset-case.h"

#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/reset-history.h"
#include "detectors/detector.h"
#include "formats/initial-ttl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace bouncelab::detectors
{

namespace
{

constexpr std::chrono::seconds BACK_TO_BACK(2);
/// Behind so long a silence it is a timer that resets, of the host or of what stands before it.
constexpr std::chrono::seconds ANSWERED(3);
/// How far above the next position known injectors aim their second reset.
constexpr std::array<std::int64_t, 4> KNOWN_OFFSETS{1460, 2920, 4380, 12503};
/// So many IP IDs show a habit; two may follow one another by chance.
constexpr std::size_t HABIT = 3;

class ResetEvaluation
{
  public:
    ResetEvaluation(const Evidence& evidence, std::uint32_t index)
        : m_flow(evidence.flow)
        , m_reset(evidence.flow.At(index))
        , m_timing(evidence.flow, m_reset.side, evidence.RouteNs(m_reset.side))
        , m_profile(evidence.flow, m_reset.side)
        , m_header(DeviationOf(m_flow, m_profile, index))
        , m_history(evidence.flow, index)
    {
        m_case.index = index;
    }

    std::optional<ResetCase> Run()
    {
        if (m_history.IsOrdinary())
        {
            return std::nullopt;
        }
        FindUsualTtl();
        CompareIpId();
        CompareMarks();
        CompareWindow();
        m_isMarked = m_case.isForeign;
        CheckContinuation();
        CheckSequence();
        CheckPlace();
        m_case.isBlind = m_history.CutsOffBlindly();
        CheckTime();
        const bool isOwn = LooksOwn() && m_header.ids >= HABIT;
        if (isOwn && !m_case.isImpossible && !m_case.isTooEarly)
        {
            return std::nullopt;
        }
        // From next to the capture it is one's own firewall or NAT, which is told as such.
        if (const auto idle = m_history.SilenceBefore();
            idle && !m_isMarked && HopsPassed(m_reset.ttl) > 1)
        {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*idle).count();
            Doubt(fmt::format("nothing was said for {} before: a firewall, NAT or balancer of "
                              "either side forgets a session that is idle for so long, and resets "
                              "what comes of it later",
                              seconds < 240 ? fmt::format("{} s", seconds)
                                            : fmt::format("{} min", seconds / 60)));
        }
        AddDoubtsOfOwn(isOwn);
        m_case.goesOn = m_case.goesOn && !m_case.isForeign;
        if (m_case.goesOn)
        {
            Doubt("a packet filter on that host, or another host behind its address, resets so, "
                  "and the program, which learns nothing of it, goes on");
        }
        if (!m_isMarked && MayBeAnotherNode())
        {
            Doubt("another node of a server at several places, to which the route has moved, knows "
                  "nothing of the connection and resets so");
        }
        if (m_history.IsHalfOpen())
        {
            Doubt("a host whose kernel knows nothing of a program's own connection resets so");
        }
        if (!m_case.isImpossible && !m_history.AnswersWithin(ANSWERED))
        {
            Doubt("it answers nothing, and timers of front ends reset so");
        }
        if (const auto refusal = m_history.RefusalOfFin())
        {
            m_case.others.push_back(*refusal);
            Doubt(fmt::format("its sender answers a FIN with {} too, as firewalls do",
                              NameOfFrame(m_flow, *refusal)));
        }
        return std::move(m_case);
    }

  private:
    void Add(double weight, std::string reason)
    {
        m_case.sum += weight;
        m_case.reasons.push_back(std::move(reason));
    }

    void Doubt(std::string doubt)
    {
        if (m_case.doubt.empty())
        {
            m_case.doubt = std::move(doubt);
        }
    }

    void AddDoubtsOfOwn(bool isOwn)
    {
        constexpr std::string_view SHORTER = "a way that has just become shorter looks the same";
        // No second stack of a host knows what has not reached it.
        if (isOwn && !m_isAhead)
        {
            Doubt(std::string(
                m_case.isTooEarly ? SHORTER
                : m_flow.address[CLIENT].IsIpv6()
                    ? "hop limit and flow label are that host's own, which may run two stacks"
                    : "TTL and IP ID are that host's own, which may run two stacks"));
        }
        if (!m_case.isImpossible && (CameWithOthers() || m_isNewWay))
        {
            Doubt(std::string(SHORTER));
        }
    }

    /// Whether the side's stream of IP IDs or its label is in others that came as early from as
    /// far.
    bool CameWithOthers() const
    {
        const auto came = [&](const Segment& earlier)
        {
            return m_history.IsOwn(earlier) && !earlier.Has(tcp::SYN) &&
                   earlier.ttl == m_reset.ttl && !m_profile.IsForeign(earlier);
        };
        return m_header.idFits && m_header.ids >= HABIT &&
               std::any_of(m_flow.segments.begin(), m_flow.segments.begin() + m_case.index, came);
    }

    /// Whether all stamps are one: then the order of the frames is all there is.
    bool HasNoTimes() const { return m_flow.segments.front().time == m_flow.segments.back().time; }

    /// By its TTL and its IP ID or flow label.
    bool LooksOwn() const
    {
        return m_case.usualTtl && std::abs(*m_case.usualTtl - m_reset.ttl) <= 1 && m_header.idFits;
    }

    /// Whether it has the form in which a kernel answers a packet that it does not want (RFC 9293,
    /// section 3.10.7.1), as packet filters of hosts do, and comes from as far away as its host.
    bool IsKernelAnswer() const
    {
        return !m_isMarked && !m_reset.Has(tcp::ACK) && m_reset.window == 0 &&
               m_reset.payloadLength == 0 && m_case.usualTtl &&
               HopsApart(*m_case.usualTtl, m_reset.ttl) <= 1 &&
               (m_reset.ipId == 0 || !m_header.idIsOutside) &&
               m_history.HasNumberOfPeer(m_reset, 0, m_case.index);
    }

    /// Whether the way may have become another, and shorter, since its side last spoke: one cause
    /// of another TTL and of less time.
    bool MayHaveNewWay() const
    {
        constexpr std::chrono::seconds PAUSE(5);
        const auto& last = m_history.Own().last;
        if (!last || m_reset.time - m_flow.At(*last).time < PAUSE)
        {
            return false;
        }
        const bool isOwnId = m_header.idFits && m_header.ids >= HABIT &&
                             (m_reset.ipId != 0 || m_reset.flowLabel != 0);
        return isOwnId || ((m_reset.ipId == 0 || !m_header.idIsOutside) &&
                           HopsApart(*m_case.usualTtl, m_reset.ttl) < FAR_APART);
    }

    /// Whether a server's address is at several places, and the route has moved to another of them:
    /// its kernel resets, and the first one sends again, and no more, what it had sent before.
    bool MayBeAnotherNode() const
    {
        const bool isKernels = !m_reset.Has(tcp::ACK) && m_reset.window == 0 &&
                               (m_reset.ipId == 0 || m_header.idFits) &&
                               m_history.HasNumberOfPeer(m_reset, 0, m_case.index);
        const bool isNear = m_case.usualTtl && std::abs(*m_case.usualTtl - m_reset.ttl) < FAR_APART;
        if (m_reset.side != SERVER || m_case.isImpossible || !isKernels || !isNear)
        {
            return false;
        }
        bool repeats = false;
        for (std::uint32_t i = m_case.index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            if (m_history.IsOwn(later) && (later.End() > m_history.Own().highest ||
                                           later.acknowledged > m_history.Own().acknowledged ||
                                           later.dontFragment != m_reset.dontFragment))
            {
                return false;
            }
            repeats = repeats || (m_history.IsOwn(later) && later.Span() > 0);
        }
        return repeats;
    }

    /// The first of the peer's that the side has not spoken after.
    std::optional<std::uint32_t> FirstUnanswered() const
    {
        std::optional<std::uint32_t> first;
        for (std::uint32_t i = m_case.index; i-- > 0;)
        {
            if (m_flow.At(i).side != m_reset.side)
            {
                first = i;
            }
            else if (Vouches(m_flow.At(i)))
            {
                break;
            }
        }
        return first;
    }

    /// What another stack sent, or came before the host can have answered, is as much in question.
    bool Vouches(const Segment& other) const
    {
        const bool isEarly =
            m_timing.IsEarly(other) &&
            !m_timing.IsQuickElsewhere(other, m_timing.TriggerOf(other)->elapsedNs);
        return m_history.IsOwn(other) && (other.Has(tcp::SYN) || !isEarly) &&
               !m_profile.IsForeign(other);
    }

    void FindUsualTtl()
    {
        int nearest = 256;
        for (const Segment& other : m_flow.segments)
        {
            const int apart = HopsApart(other.ttl, m_reset.ttl);
            if (apart < nearest && Vouches(other))
            {
                nearest = apart;
                m_case.usualTtl = other.ttl;
            }
        }
    }

    void CompareIpId()
    {
        if (m_flow.address[CLIENT].IsIpv6())
        {
            CompareFlowLabel();
            return;
        }
        if (m_reset.ipId == 0 || m_header.idFits)
        {
            return;
        }
        if (m_header.idIsOutside && m_header.ids >= HABIT)
        {
            Add(1.0, fmt::format("IP ID {} outside the sender's stream", m_reset.ipId));
        }
        if (m_history.Peer().last && m_flow.At(*m_history.Peer().last).ipId == m_reset.ipId)
        {
            Add(1.0,
                fmt::format("IP ID copied from {}", NameOfFrame(m_flow, *m_history.Peer().last)));
            m_case.isForeign = true;
        }
    }

    /// A kernel that knows nothing of a connection resets without its label.
    void CompareFlowLabel()
    {
        if (m_reset.Has(tcp::ACK) && m_header.idIsOutside && m_header.ids >= HABIT)
        {
            Add(m_reset.flowLabel == 0 ? 0.5 : 1.0,
                m_reset.flowLabel == 0 ? "no flow label" : "a flow label of its own");
        }
    }

    /// Whether the capture holds everything several times, as of a mirrored port.
    bool CaptureRepeats() const
    {
        const auto repeated =
            std::count_if(m_flow.segments.begin(),
                          m_flow.segments.end(),
                          [](const Segment& segment) { return segment.copies > 0; });
        return 2 * static_cast<std::size_t>(repeated) > m_flow.segments.size();
    }

    void CompareMarks()
    {
        bool isUsual = false;
        bool isOnlyUsual = true;
        bool stamps = true;
        int others = 0;
        for (const Segment& other : m_flow.segments)
        {
            if (m_history.IsOwn(other))
            {
                ++others;
                isUsual = other.dontFragment;
                isOnlyUsual = isOnlyUsual && other.dontFragment != m_reset.dontFragment;
                stamps = stamps && other.timestamp;
            }
        }
        if (others > 0 && isOnlyUsual)
        {
            Add(0.5, isUsual ? "DF cleared" : "DF set");
        }
        // No kernel puts one into its answer to a packet that it does not want.
        if (others >= 3 && stamps && !m_reset.timestamp && m_reset.Has(tcp::ACK))
        {
            Add(0.25, "no timestamp");
        }
        if (m_reset.payloadLength > 0)
        {
            Add(0.5, fmt::format("{} bytes of data in a reset", m_reset.payloadLength));
        }
        if (m_reset.copies >= 2 && !CaptureRepeats())
        {
            Add(1.0, fmt::format("sent {} times at once", m_reset.copies + 1));
            m_case.isForeign = true;
        }
        if (m_reset.reserved != 0)
        {
            Add(1.0, "reserved bits set");
            m_case.isForeign = true;
        }
        constexpr int UNSCALED = 8192;
        if (m_reset.ipId == 1 && !m_header.idFits && !m_reset.dontFragment && isOnlyUsual &&
            (m_reset.payloadLength > 0 || m_reset.window == UNSCALED))
        {
            Add(2.0, "IP ID 1 without DF, as packet libraries make it");
            m_case.isForeign = true;
        }
    }

    /// A kernel's own abort bears the connection's window; one that knows no connection bears none.
    void CompareWindow()
    {
        if (m_reset.window == 0)
        {
            return;
        }
        const auto isAlike = [&](const Segment& other)
        {
            return m_history.IsOwn(other) && !other.Has(tcp::SYN) &&
                   other.window <= 2 * m_reset.window && m_reset.window <= 2 * other.window;
        };
        const bool isOwn = m_reset.Has(tcp::ACK) &&
                           std::any_of(m_flow.segments.begin(), m_flow.segments.end(), isAlike);
        if (isOwn)
        {
            return;
        }
        Add(0.5, fmt::format("window {} in a reset", m_reset.window));
        if (m_history.Peer().last && m_flow.At(*m_history.Peer().last).window == m_reset.window)
        {
            Add(0.5,
                fmt::format("which is that of {}", NameOfFrame(m_flow, *m_history.Peer().last)));
            m_case.isForeign = true;
        }
    }

    /// RST_SEQ_DATA and its kin: a side that has reset goes on.
    void CheckContinuation()
    {
        bool answered = std::any_of(m_flow.segments.begin(),
                                    m_flow.segments.begin() + m_case.index,
                                    [&](const Segment& earlier)
                                    { return m_history.IsOwn(earlier) && earlier.Has(tcp::SYN); });
        for (std::uint32_t i = m_case.index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            if (later.Has(tcp::SYN) && !later.Has(tcp::ACK))
            {
                return;
            }
            // A capture that swaps packets shows behind it what was sent before.
            const bool isSwapped =
                !HasNoTimes() && (later.time <= m_reset.time ||
                                  (m_header.idFits && later.time - m_reset.time <= SWAPPED));
            if (!m_history.IsOwn(later) || isSwapped)
            {
                continue;
            }
            const bool isNews =
                later.Has(tcp::SYN)
                    ? !answered
                    : (later.start >= m_reset.start && later.Span() > 0) ||
                          (later.Has(tcp::ACK) && later.acknowledged > m_history.Peer().highest);
            m_case.others.push_back(i);
            Add(1.5,
                fmt::format("its side goes on in {} {} later{}",
                            NameOfFrame(m_flow, i),
                            Milliseconds((later.time - m_reset.time).count()),
                            m_history.HasDataBehind() ? " [RST_SEQ_DATA]" : ""));
            m_case.goesOn = isNews && IsKernelAnswer();
            const bool isNewsOfOne = isNews && !m_case.goesOn && !m_history.IsFrontEndOf(later);
            m_case.isForeign = m_case.isForeign || isNewsOfOne;
            m_case.isImpossible =
                m_case.isImpossible || (isNewsOfOne && !later.Has(tcp::SYN) &&
                                        (HasNoTimes() || later.time - m_reset.time > SWAPPED));
            return;
        }
    }

    /// RST_SEQ_CHANGE and RST_ACK_CHANGE, in either order.
    void CheckSequence()
    {
        std::int64_t highest = std::max(m_history.Own().highest, m_history.Peer().acknowledged + 2);
        for (std::uint32_t i = m_case.index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            highest = m_history.IsOwn(later) && later.time - m_reset.time <= SWAPPED
                          ? std::max(highest, later.End())
                          : highest;
        }
        for (std::uint32_t i = m_case.index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& second = m_flow.At(i);
            if (second.side != m_reset.side || !second.Has(tcp::RST) ||
                second.time - m_reset.time >= BACK_TO_BACK ||
                (!second.Has(tcp::ACK) && m_history.HasNumberOfPeer(second, m_case.index + 1, i)))
            {
                continue;
            }
            const std::int64_t apart = std::abs(second.start - m_reset.start);
            if (apart > 2 && std::max(second.start, m_reset.start) > highest)
            {
                m_case.others.push_back(i);
                Add(2.0,
                    fmt::format(
                        "a second reset, {}, stands {} {} it, beyond all data [RST_SEQ_CHANGE]",
                        NameOfFrame(m_flow, i),
                        apart,
                        second.start > m_reset.start ? "above" : "below"));
                m_case.isForeign = true;
                m_case.isAimed = std::find(KNOWN_OFFSETS.begin(), KNOWN_OFFSETS.end(), apart) !=
                                 KNOWN_OFFSETS.end();
                m_case.isImpossible = m_case.isImpossible || m_case.isAimed;
                return;
            }
            if (second.Has(tcp::ACK) && m_reset.Has(tcp::ACK) && second.ack != m_reset.ack)
            {
                m_case.others.push_back(i);
                Add(1.0,
                    fmt::format("a second reset, {}, acknowledges other data [RST_ACK_CHANGE]",
                                NameOfFrame(m_flow, i)));
                return;
            }
        }
    }

    /// DATA_SEQ_RST and SYN_RST: what a host's own abort bears is the number that is next to be
    /// sent, and it comes of a program, which has to be told of the connection first.
    void CheckPlace()
    {
        if (m_reset.Has(tcp::ACK) && m_reset.start < m_history.Own().highest &&
            m_history.Own().spoke && !m_history.HasNumberOfPeer(m_reset, 0, m_case.index))
        {
            m_case.others.push_back(m_history.Own().highestIn);
            Add(1.5,
                fmt::format("its number is {} below the end of {}, which its side had sent before "
                            "[DATA_SEQ_RST]",
                            m_history.Own().highest - m_reset.start,
                            NameOfFrame(m_flow, m_history.Own().highestIn)));
        }
        if (m_reset.side == CLIENT && m_history.Own().opened && !m_history.Own().spoke)
        {
            Add(0.5, "it stands right behind its side's SYN [SYN_RST]");
        }
    }

    /// A reset that acknowledges data has seen them; a bare one answers what came last, as a rule.
    void CheckTime()
    {
        const int usual = m_case.usualTtl.value_or(0);
        const bool isBesideTap = !m_case.isBlind && HopsPassed(usual) == 0;
        const bool mayBeOwn = !m_case.isBlind && LooksOwn();
        if (!m_case.usualTtl || isBesideTap)
        {
            return;
        }
        if (mayBeOwn)
        {
            CheckTimeOfOwn();
            return;
        }
        const auto bound = m_timing.BoundWithout(m_reset);
        m_case.hasHandshake = bound.has_value();
        std::optional<Trigger> trigger = m_timing.TriggerOf(m_reset);
        const bool hasSeenIt = trigger && trigger->reliable;
        const auto unanswered = FirstUnanswered();
        if (!m_reset.Has(tcp::ACK) && !trigger && unanswered)
        {
            trigger = Trigger{*unanswered,
                              (m_reset.time - m_flow.At(*unanswered).time).count(),
                              false,
                              true};
        }
        // What a kernel sends that knows nothing of the connection tells no more than its TTL.
        const bool looksLikeKernel = !m_case.isBlind && !m_reset.Has(tcp::ACK) &&
                                     m_reset.ipId == 0 && std::abs(usual - m_reset.ttl) <= 1;
        if (trigger && bound && bound->Excludes(trigger->elapsedNs) &&
            (!looksLikeKernel || trigger->elapsedNs < bound->minimumNs / 10 * 8) &&
            !m_timing.IsQuickElsewhere(m_reset, trigger->elapsedNs))
        {
            m_case.others.push_back(trigger->segment);
            Add(hasSeenIt ? 2.0 : 1.5,
                fmt::format("{} after {}, path RTT at least {}",
                            Milliseconds(trigger->elapsedNs),
                            NameOfFrame(m_flow, trigger->segment),
                            Milliseconds(bound->minimumNs)));
            m_case.isForeign = true;
            m_isNewWay = !m_isMarked && MayHaveNewWay();
        }
    }

    /// With the side's own headers, one may have come by chance just then, unless it acknowledges
    /// what was said; and the way may be another since, unless its side's later answer shows it is
    /// not.
    void CheckTimeOfOwn()
    {
        const auto bound = m_timing.BoundWithout(m_reset);
        const auto trigger = m_timing.TriggerOf(m_reset);
        if (!bound || !bound->handshakeNs || !trigger || !trigger->reliable)
        {
            return;
        }
        const std::int64_t elapsed = SinceNs(*trigger, m_reset);
        if (!bound->Excludes(elapsed) || m_timing.IsQuickElsewhere(m_reset, elapsed))
        {
            return;
        }
        const auto answer = AnswerBehind(*trigger, *bound);
        m_case.isTooEarly = answer || trigger->elapsedNs < bound->minimumNs / 2;
        if (!m_case.isTooEarly)
        {
            return;
        }
        m_case.others.push_back(trigger->segment);
        Add(2.0,
            fmt::format("{} after {}, which it acknowledges, path RTT at least {}",
                        Milliseconds(elapsed),
                        NameOfFrame(m_flow, trigger->segment),
                        Milliseconds(bound->minimumNs)));
        if (answer)
        {
            m_case.others.push_back(*answer);
            Add(1.5,
                fmt::format("its side acknowledges that in {}, {} after it, and goes on",
                            NameOfFrame(m_flow, *answer),
                            Milliseconds(SinceNs(*trigger, m_flow.At(*answer)))));
            m_isAhead = true;
            m_case.isForeign = true;
            m_case.isImpossible = true;
        }
    }

    std::int64_t SinceNs(const Trigger& trigger, const Segment& later) const
    {
        return (later.time - m_flow.At(trigger.segment).time).count();
    }

    /// The side's own first acknowledgment of the same behind the reset, where it takes as long as
    /// others and news of the side's follow. An old echo, which leaves room for a copy that the
    /// capture has missed, does not where this answers the copy that is here.
    std::optional<std::uint32_t> AnswerBehind(const Trigger& trigger,
                                              const RoundTripBound& bound) const
    {
        std::optional<std::uint32_t> answer;
        for (std::uint32_t i = m_case.index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            if (!m_history.IsOwn(later) || later.Has(tcp::SYN) ||
                later.time - m_reset.time <= SWAPPED || later.acknowledged < m_reset.acknowledged)
            {
                continue;
            }
            answer = answer ? answer : i;
            if ((later.start >= m_reset.start && later.Span() > 0) ||
                later.acknowledged > m_history.Peer().highest)
            {
                const Segment& first = m_flow.At(*answer);
                const auto answered = m_timing.TriggerOf(first);
                const bool isOfThisCopy = answered && answered->reliable &&
                                          answered->segment == trigger.segment &&
                                          answered->elapsedNs == SinceNs(trigger, first);
                return !bound.Excludes(SinceNs(trigger, first)) &&
                               (isOfThisCopy || bound.Excludes(trigger.elapsedNs))
                           ? answer
                           : std::nullopt;
            }
        }
        return std::nullopt;
    }

    const Flow& m_flow;
    const Segment& m_reset;
    PathTiming m_timing;
    SenderProfile m_profile;
    HeaderDeviation m_header;
    ResetHistory m_history;
    ResetCase m_case;
    bool m_isMarked = false; //!< As devices are that are made to reset.
    bool m_isNewWay = false; //!< It is too early, which a new way explains as well.
    bool m_isAhead = false;  //!< Its side answers later what it has acknowledged already.
};

} // namespace

std::optional<ResetCase>
WeighReset(const Evidence& evidence, std::uint32_t index)
{
    return ResetEvaluation(evidence, index).Run();
}

} // namespace bouncelab::detectors
