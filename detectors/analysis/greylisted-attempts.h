#ifndef BOUNCELAB_DETECTORS_ANALYSIS_GREYLISTED_ATTEMPTS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_GREYLISTED_ATTEMPTS_H

#include "detectors/accusations.h"
#include "detectors/detector.h"
#include "detectors/readers/server-logs.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

constexpr std::string_view GREYLISTED = "deferred.greylisting";

/// Attempts at one message, put off by a server's greylist: one that goes by the address never lets
/// in what a provider's queue tries from another host each time.
class GreylistedAttempts
{
  public:
    /// Takes what a server's log refuses for now; anything else is passed over.
    void Add(const InFile<ReportedReply>& refusal);

    /// Accuses the greylist of each message that came from several addresses.
    void Judge(const AlertRule& rule, AlertSink& sink) const;

  private:
    using Attempts = std::vector<const InFile<ReportedReply>*>; //!< In order of the files.

    /// Whether attempts without a Message-ID look like those of one provider's queue: its hosts are
    /// one organization's or stand side by side, and the next attempt comes within hours. Forged
    /// senders repeat as well, from anywhere and at any time.
    static bool IsOneMessage(const Attempts& attempts);

    /// By Message-ID, or by sender and recipient where the log has none.
    std::map<std::string, Attempts> m_attempts;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_GREYLISTED_ATTEMPTS_H
