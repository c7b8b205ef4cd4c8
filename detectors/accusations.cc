#include "detectors/accusations.h"

#include <algorithm>
#include <cstdint>
#include <set>

namespace bouncelab::detectors
{

std::vector<Finding>
FindAccusations(const Evidence& evidence)
{
    std::vector<Finding> all;
    std::set<std::uint32_t> accused;
    for (auto* const find : {overlap_conflict::Find, header_outlier::Find, early_reply::Find})
    {
        for (const Finding& finding : evidence.Once(find))
        {
            if (finding.verdict == Verdict::Fault && accused.insert(finding.accused).second)
            {
                all.push_back(finding);
            }
        }
    }
    std::sort(all.begin(),
              all.end(),
              [](const Finding& a, const Finding& b) { return a.accused < b.accused; });
    return all;
}

} // namespace bouncelab::detectors
