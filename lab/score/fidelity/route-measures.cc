#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

constexpr int HOPS = 15; // S003-51 to S003-65

const detectors::Hop&
HopOf(const Subject& subject, int number)
{
    const std::vector<detectors::Hop>& hops = subject.Route().hops;
    const auto found =
        std::find_if(hops.begin(),
                     hops.end(),
                     [&](const detectors::Hop& hop) { return hop.number == number; });
    if (found == hops.end() || !found->address || !found->minimumNs)
    {
        throw NotMeasurable(fmt::format("hop {} of the traceroute did not answer", number));
    }
    return *found;
}

} // namespace

void
AddRouteMeasures(MeasureTable& table)
{
    for (int number = 1; number <= HOPS; ++number)
    {
        table[fmt::format("hop-{}", number)] = {
            fmt::format("Address and least round trip of hop {} in the traceroute.", number),
            {"address", "min"},
            [number](const Subject& subject)
            {
                const detectors::Hop& hop = HopOf(subject, number);
                return Facts{{"address", hop.address->ToString()},
                             Milliseconds("min", *hop.minimumNs)};
            }};
    }
    table["hops-6-to-7"] = {
        "Least round trip of hop 7 less that of hop 6.",
        {"distance"},
        [](const Subject& subject)
        {
            return Facts{Milliseconds("distance",
                                      *HopOf(subject, 7).minimumNs - *HopOf(subject, 6).minimumNs)};
        }};
}

} // namespace bouncelab::score
