#include "tests/path/naive-line.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bouncelab::path
{

std::vector<NaiveEnd>
RunNaiveLine(const std::vector<LinkModel>& links, const std::vector<NaiveBirth>& births)
{
    // Arrivals come before births of the same nanosecond; otherwise first come, first served.
    using Key = std::tuple<std::int64_t, bool, std::uint64_t>;

    struct Step
    {
        std::size_t packet;
        std::uint32_t position;
    };

    std::map<Key, Step> steps;
    std::uint64_t order = 0;
    for (std::size_t i = 0; i < births.size(); ++i)
    {
        steps.emplace(Key{births[i].timeNs, true, order++}, Step{i, births[i].position});
    }
    std::vector<std::int64_t> free(links.size(), 0);
    std::vector<std::int64_t> last(links.size(), 0);
    std::vector<NaiveEnd> ends(births.size());
    std::size_t ended = 0;
    while (!steps.empty())
    {
        const auto [key, step] = *steps.begin();
        steps.erase(steps.begin());
        const std::int64_t now = std::get<0>(key);
        const std::uint32_t p = step.position;
        const NaiveBirth& birth = births[step.packet];
        if (p == links.size())
        {
            ends[step.packet] = {'A', p, now, ended++};
            continue;
        }
        if (birth.ttlBase - p <= 1)
        {
            ends[step.packet] = {'X', p, now, ended++};
            continue;
        }
        const std::uint64_t serial = LinkModel::MixSerial(birth.serial);
        const std::int64_t start = std::max(now, free[p]);
        free[p] = start + links[p].Transmission(birth.bytes);
        if (links[p].Loses(serial))
        {
            ends[step.packet] = {'L', p, free[p], ended++};
            continue;
        }
        last[p] = std::max({free[p] + links[p].Propagation(serial), start + MinimumHopNs, last[p]});
        steps.emplace(Key{last[p], false, order++}, Step{step.packet, p + 1});
    }
    return ends;
}

} // namespace bouncelab::path
