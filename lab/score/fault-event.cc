#include "lab/score/fault-event.h"

#include "formats/vocabulary.h"

#include <algorithm>

namespace bouncelab::score
{

namespace
{

/// The first value of a parameter; nothing if it has none.
const std::string*
Param(const Label& label, std::string_view name)
{
    const auto found = std::find_if(label.params.begin(),
                                    label.params.end(),
                                    [&](const auto& param) { return param.first == name; });
    return found == label.params.end() ? nullptr : &found->second;
}

std::optional<FlowEnds>
FlowOf(const Label& label)
{
    const std::string* client = Param(label, "client");
    const std::string* server = Param(label, "server");
    return client && server ? std::optional(FlowEnds(*client, *server)) : std::nullopt;
}

bool
TellsOfActions(const Label& label)
{
    return label.kind == "event" || label.kind == "flow";
}

FaultEvent
Begin(const Label& label)
{
    FaultEvent event;
    event.cause = label.causeId;
    event.dottedClass = label.classLabel;
    event.actor = label.actor;
    event.hop = label.hop;
    event.time = label.time;
    const std::string* client = Param(label, "client");
    const std::string* server = Param(label, "server");
    event.client = client ? *client : std::string();
    event.server = server ? *server : std::string();
    return event;
}

/**
 * The other names and legs of connections: across address translations, and across a proxy that
 * relays command by command, so that what happens on one leg is felt on the other.
 */
class OtherLegs
{
  public:
    explicit OtherLegs(const std::vector<Label>& labels)
    {
        std::map<std::uint32_t, FlowEnds> taken;
        for (const Label& label : labels)
        {
            const auto flow = FlowOf(label);
            if (flow && label.did == TruthEvent::Taken && Relays(label))
            {
                taken[label.causeId] = *flow;
            }
            const auto leg = taken.find(label.causeId);
            if (flow && label.did == TruthEvent::Reached && leg != taken.end())
            {
                Join(leg->second, *flow);
            }
            const std::string* peer = Param(label, "peer");
            const std::string* outside = Param(label, "outside");
            const std::string* inside = Param(label, "inside");
            if (TellsOfActions(label) && label.did == TruthEvent::Translated && peer && outside &&
                inside)
            {
                Join({*peer, *outside}, {*peer, *inside});
                Join({*outside, *peer}, {*inside, *peer}); // It began inside.
            }
        }
    }

    void AddTo(std::set<FlowEnds>& flows) const
    {
        std::vector<FlowEnds> fresh(flows.begin(), flows.end());
        while (!m_others.empty() && !fresh.empty())
        {
            const auto found = m_others.find(fresh.back());
            fresh.pop_back();
            if (found == m_others.end())
            {
                continue;
            }
            for (const FlowEnds& other : found->second)
            {
                if (flows.insert(other).second)
                {
                    fresh.push_back(other);
                }
            }
        }
    }

  private:
    void Join(const FlowEnds& one, const FlowEnds& other)
    {
        m_others[one].insert(other);
        m_others[other].insert(one);
    }

    static bool Relays(const Label& label)
    {
        const std::string* mode = Param(label, "mode");
        return mode && *mode != "store-and-forward";
    }

    std::map<FlowEnds, std::set<FlowEnds>> m_others;
};

} // namespace

bool
FaultEvent::IsForgery() const
{
    return FamilyOf(dottedClass) == FamilyOf(classes::FORGED_REPLY);
}

std::vector<FaultEvent>
FaultEventsOf(const std::vector<Label>& labels)
{
    std::vector<FaultEvent> events;
    std::map<std::uint32_t, std::size_t> byCause;
    for (const Label& label : labels)
    {
        if (label.causeId != 0 && TellsOfActions(label) && IsKnownClass(label.classLabel) &&
            byCause.emplace(label.causeId, events.size()).second)
        {
            events.push_back(Begin(label));
        }
    }
    for (const Label& label : labels)
    {
        const auto found = byCause.find(label.causeId);
        if (found == byCause.end())
        {
            continue;
        }
        FaultEvent& event = events[found->second];
        if (label.kind == "packet" && label.frame != 0)
        {
            (label.forged ? event.forged : event.affected)[label.vantage].insert(label.frame);
        }
        else if (TellsOfActions(label))
        {
            if (auto flow = FlowOf(label))
            {
                event.flows.insert(std::move(*flow));
            }
        }
    }
    const OtherLegs legs(labels);
    for (FaultEvent& event : events)
    {
        legs.AddTo(event.flows);
    }
    std::stable_sort(events.begin(),
                     events.end(),
                     [](const FaultEvent& a, const FaultEvent& b) { return a.time < b.time; });
    return events;
}

std::map<std::string, std::set<FlowEnds>>
LoggedFlowsOf(const std::vector<Label>& labels)
{
    std::map<std::string, std::set<FlowEnds>> logged;
    for (const Label& label : labels)
    {
        const std::string* vantage = Param(label, "vantage");
        if (TellsOfActions(label) && vantage && label.did == TruthEvent::Logged)
        {
            if (auto flow = FlowOf(label))
            {
                logged[*vantage].insert(std::move(*flow));
            }
        }
    }
    return logged;
}

} // namespace bouncelab::score
