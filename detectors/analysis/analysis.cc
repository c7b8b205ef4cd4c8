#include "detectors/analysis/analysis.h"

#include "detectors/analysis/control-comparison.h"
#include "detectors/readers/caps.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace bouncelab::detectors
{

namespace
{

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

Analysis::Analysis(const EvidenceContext& context)
    : m_context(context)
{
}

void
Analysis::AddControl(const Flow& flow)
{
    auto opening = IsControlPort(flow.port[SERVER]) ? OpeningOf(flow) : std::nullopt;
    if (opening && m_controls.size() >= GetCaps().controls)
    {
        ++m_controlsLeftOut;
    }
    else if (opening)
    {
        m_controls.push_back(std::move(*opening));
    }
}

std::vector<CutEvidence>
Analysis::Cuts() const
{
    std::vector<CutEvidence> cuts;
    const auto add = [&](std::uint64_t count, std::string_view what)
    {
        if (count > 0)
        {
            cuts.push_back({"", kinds::PACKETS, std::to_string(count) + " " + std::string(what)});
        }
    };
    add(m_table.Dropped(), "captured sessions");
    add(m_controlsLeftOut, "connections by which others are compared");
    add(resets.ResetsLeftOut(), "resets");
    add(resets.HostsLeftOut(), "connections by which resets are compared");
    add(sightings.leftOut, "accused packets and probes by which a place is told");
    add(probes.LeftOut(), "probes of a path");
    add(traffic.LeftOut(), "lines of printed packets");
    return cuts;
}

const SessionList&
Analysis::Sessions(LogDetail least) const
{
    return Once(At(m_sessions, least),
                [&]
                {
                    const std::vector<SmtpSession>& all = m_table.Complete(m_context);
                    SessionList sessions;
                    std::copy_if(all.begin(),
                                 all.end(),
                                 std::back_inserter(sessions),
                                 [least](const SmtpSession& session)
                                 { return session.Detail() >= least; });
                    return sessions;
                });
}

const SessionList&
Analysis::Judged(LogDetail least) const
{
    return Once(At(m_judged, least),
                [&]
                {
                    const PairedSessions& sides = Sides(least);
                    std::set<const SmtpSession*> elsewhere; // looked up only
                    for (const SessionPair& pair : sides.Pairs())
                    {
                        if (pair.server->atServer &&
                            sides.CalleeOf(pair) != PairedSessions::Callee::Another)
                        {
                            elsewhere.insert(pair.client);
                        }
                    }
                    for (const SessionPair& legs : Legs())
                    {
                        elsewhere.insert(legs.client);
                    }
                    SessionList judged;
                    const SessionList& sessions = Sessions(least);
                    std::copy_if(sessions.begin(),
                                 sessions.end(),
                                 std::back_inserter(judged),
                                 [&](const SmtpSession& session)
                                 { return elsewhere.count(&session) == 0; });
                    return judged;
                });
}

const PairedSessions&
Analysis::Sides(LogDetail least) const
{
    return Once(At(m_sides, least), [&] { return PairedSessions(m_table, Sessions(least)); });
}

const std::vector<SessionPair>&
Analysis::Legs() const
{
    return Once(m_legs,
                [&]
                {
                    std::vector<const SmtpSession*> captured;
                    for (const SmtpSession& session : Sessions(LogDetail::Dialog))
                    {
                        if (!session.log)
                        {
                            captured.push_back(&session);
                        }
                    }
                    return FindLegs(captured);
                });
}

const std::vector<MailTransaction>&
Analysis::Transactions() const
{
    return Once(m_transactions, [&] { return TransactionsOf(Sessions(LogDetail::Transactions)); });
}

const std::vector<SlowDirectory>&
Analysis::SlowDirectories() const
{
    return Once(m_loads, [&] { return FindSlowDirectories(Judged(LogDetail::Codes)); });
}

const EvidenceClocks&
Analysis::Clocks() const
{
    return Once(m_clocks,
                [&]
                {
                    return EvidenceClocks(m_table,
                                          m_context,
                                          authTraffic.Exchanges(m_context.logs.kerberos),
                                          authTraffic.Sealed());
                });
}

} // namespace bouncelab::detectors
