#include "detectors/accusations.h"

#include <algorithm>

namespace bouncelab::detectors
{

std::vector<Finding>
FindAccusations(const Evidence& evidence)
{
    std::vector<Finding> all;
    for (auto* const find : {overlap_conflict::Find, header_outlier::Find, early_reply::Find})
    {
        for (const Finding& finding : evidence.Once(find))
        {
            const bool known =
                std::any_of(all.begin(),
                            all.end(),
                            [&](const Finding& other) { return other.accused == finding.accused; });
            if (finding.verdict == Verdict::Fault && !known)
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
