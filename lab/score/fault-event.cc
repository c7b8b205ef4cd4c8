#include "lab/score/fault-event.h"

#include "formats/vocabulary.h"

#include <algorithm>

namespace bouncelab::score
{

std::vector<FaultEvent>
FaultEventsOf(const std::vector<Label>& labels)
{
    std::vector<FaultEvent> events;
    std::map<std::uint32_t, std::size_t> byCause;
    for (const Label& label : labels)
    {
        if (label.causeId == 0 || label.kind != "event" || !IsKnownClass(label.classLabel) ||
            byCause.count(label.causeId) != 0)
        {
            continue;
        }
        byCause[label.causeId] = events.size();
        FaultEvent event;
        event.cause = label.causeId;
        event.dottedClass = label.classLabel;
        event.actor = label.actor;
        event.hop = label.hop;
        event.timeNs = label.timeNs;
        for (const auto& [key, value] : label.params)
        {
            if (key == "client")
            {
                event.client = value;
            }
            else if (key == "server")
            {
                event.server = value;
            }
        }
        events.push_back(std::move(event));
    }
    for (const Label& label : labels)
    {
        const auto found = byCause.find(label.causeId);
        if (label.kind == "packet" && label.frame != 0 && found != byCause.end())
        {
            FaultEvent& event = events[found->second];
            (label.forged ? event.forged : event.affected)[label.vantage].insert(label.frame);
        }
    }
    std::stable_sort(events.begin(),
                     events.end(),
                     [](const FaultEvent& a, const FaultEvent& b) { return a.timeNs < b.timeNs; });
    return events;
}

} // namespace bouncelab::score
