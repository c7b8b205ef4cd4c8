#include "detectors/registry.h"

#include "detectors/early-reply.h"
#include "detectors/overlap-conflict.h"

namespace bouncelab::detectors
{

std::vector<std::unique_ptr<Detector>> AllDetectors()
{
    std::vector<std::unique_ptr<Detector>> all;
    all.push_back(std::make_unique<EarlyReply>());
    all.push_back(std::make_unique<OverlapConflict>());
    return all;
}

} // namespace bouncelab::detectors
