#include "detectors/analysis/analysis.h"

#include "detectors/analysis/control-comparison.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_CONTROLS = 200000;

/// The kept value, derived if it is asked for the first time.
template <class T, class Derive>
const T&
Once(std::optional<T>& kept, Derive derive)
{
    if (!kept)
    {
        kept.emplace(derive());
    }
    return *kept;
}

template <class T>
std::optional<T>&
At(std::array<std::optional<T>, 3>& byDetail, LogDetail detail)
{
    return byDetail[static_cast<std::size_t>(detail)];
}

} // namespace

Analysis::Analysis(const Surroundings& surroundings)
    : m_surroundings(surroundings)
{
}

void
Analysis::AddControl(const Flow& flow)
{
    if (m_controls.size() >= MOST_CONTROLS || !IsControlPort(flow.port[SERVER]))
    {
        return;
    }
    if (auto opening = OpeningOf(flow))
    {
        m_controls.push_back(std::move(*opening));
    }
}

const TalkList&
Analysis::Talks(LogDetail least) const
{
    return Once(At(m_talks, least),
                [&]
                {
                    const std::vector<Talk>& all = m_table.Complete(m_surroundings);
                    TalkList talks;
                    std::copy_if(all.begin(),
                                 all.end(),
                                 std::back_inserter(talks),
                                 [least](const Talk& talk) { return talk.Detail() >= least; });
                    return talks;
                });
}

const TalkList&
Analysis::Judged(LogDetail least) const
{
    return Once(At(m_judged, least),
                [&]
                {
                    const TwoSides& sides = Sides(least);
                    std::set<const Talk*> elsewhere; // looked up only
                    for (const SessionPair& pair : sides.Pairs())
                    {
                        if (pair.server->atServer &&
                            sides.CalleeOf(pair) != TwoSides::Callee::Another)
                        {
                            elsewhere.insert(pair.client);
                        }
                    }
                    for (const SessionPair& legs : Legs())
                    {
                        elsewhere.insert(legs.client);
                    }
                    TalkList judged;
                    const TalkList& talks = Talks(least);
                    std::copy_if(talks.begin(),
                                 talks.end(),
                                 std::back_inserter(judged),
                                 [&](const Talk& talk) { return elsewhere.count(&talk) == 0; });
                    return judged;
                });
}

const TwoSides&
Analysis::Sides(LogDetail least) const
{
    return Once(At(m_sides, least), [&] { return TwoSides(m_table, Talks(least)); });
}

const std::vector<SessionPair>&
Analysis::Legs() const
{
    return Once(m_legs,
                [&]
                {
                    std::vector<const Talk*> captured;
                    for (const Talk& talk : Talks(LogDetail::Dialogue))
                    {
                        if (!talk.log)
                        {
                            captured.push_back(&talk);
                        }
                    }
                    return FindLegs(captured);
                });
}

const std::vector<Passage>&
Analysis::Passages() const
{
    return Once(m_passages, [&] { return PassagesOf(Talks(LogDetail::Transactions)); });
}

const std::vector<DirectoryLoad>&
Analysis::DirectoryLoads() const
{
    return Once(m_loads, [&] { return FindDirectoryLoads(Judged(LogDetail::Codes)); });
}

} // namespace bouncelab::detectors
