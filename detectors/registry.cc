#include "detectors/registry.h"

#include "detectors/backscatter.h"
#include "detectors/dha-ban.h"
#include "detectors/directory-overload.h"
#include "detectors/early-end.h"
#include "detectors/early-reply.h"
#include "detectors/forged-reset.h"
#include "detectors/harvest.h"
#include "detectors/header-outlier.h"
#include "detectors/hop-locator.h"
#include "detectors/joined-session.h"
#include "detectors/overlap-conflict.h"
#include "detectors/phantom-ack.h"
#include "detectors/proxy-helo.h"
#include "detectors/relay-egress.h"
#include "detectors/relay-reply.h"
#include "detectors/report-dates.h"
#include "detectors/stripped-keywords.h"
#include "detectors/tarpit.h"

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
    const auto talks = std::make_shared<TalkTable>();
    all.push_back(std::make_unique<EarlyEnd>(talks));
    all.push_back(std::make_unique<StrippedKeywords>(talks));
    all.push_back(std::make_unique<JoinedSession>(talks));
    all.push_back(std::make_unique<ProxyHelo>(talks));
    all.push_back(std::make_unique<DhaBan>(talks));
    all.push_back(std::make_unique<Tarpit>(talks));
    all.push_back(std::make_unique<RelayReply>(talks));
    all.push_back(std::make_unique<RelayEgress>(talks));
    all.push_back(std::make_unique<Backscatter>(talks));
    all.push_back(std::make_unique<Harvest>(talks));
    all.push_back(std::make_unique<DirectoryOverload>(talks));
    all.push_back(std::make_unique<ReportDatesDetector>());
    return all;
}

} // namespace bouncelab::detectors
