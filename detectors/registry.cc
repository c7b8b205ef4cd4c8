#include "detectors/registry.h"

#include "detectors/early-reply.h"
#include "detectors/forged-reset.h"
#include "detectors/header-outlier.h"
#include "detectors/hop-locator.h"
#include "detectors/overlap-conflict.h"
#include "detectors/phantom-ack.h"

namespace bouncelab::detectors
{

std::vector<std::unique_ptr<Detector>>
AllDetectors()
{
    std::vector<std::unique_ptr<Detector>> all;
    all.push_back(std::make_unique<EarlyReply>());
    all.push_back(std::make_unique<OverlapConflict>());
    all.push_back(std::make_unique<HeaderOutlier>());
    all.push_back(std::make_unique<PhantomAck>());
    all.push_back(std::make_unique<ForgedReset>());
    all.push_back(std::make_unique<HopLocator>());
    return all;
}

} // namespace bouncelab::detectors
