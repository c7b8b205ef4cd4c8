#include "detectors/accusations.h"

#include "detectors/early-reply.h"
#include "detectors/forged-reset.h"
#include "detectors/header-outlier.h"
#include "detectors/overlap-conflict.h"

#include <algorithm>

namespace bouncelab::detectors
{

std::vector<Finding>
FindAccusations(const Evidence& evidence)
{
    std::vector<Finding> all;
    for (auto* const find : {FindConflicts, FindHeaderOutliers, FindEarlyReplies, FindForgedResets})
    {
        for (Finding& finding : find(evidence))
        {
            const bool known =
                std::any_of(all.begin(),
                            all.end(),
                            [&](const Finding& other) { return other.accused == finding.accused; });
            if (finding.verdict == Verdict::Fault && !known)
            {
                all.push_back(std::move(finding));
            }
        }
    }
    std::sort(all.begin(),
              all.end(),
              [](const Finding& a, const Finding& b) { return a.accused < b.accused; });
    return all;
}

} // namespace bouncelab::detectors
