#ifndef BOUNCELAB_FORMATS_TRUTH_EVENT_H
#define BOUNCELAB_FORMATS_TRUTH_EVENT_H

#include "formats/enum-names.h"

#include <array>

namespace bouncelab
{

/// What an actor did: the parameter `did` of a label of kind "flow" or "event".
enum class TruthEvent
{
    // Forged packets, and what they do at a host.
    Forged,
    Accepted,
    DiscardedGenuine,
    // An in-path censor.
    Blocked,
    Dropped,
    // Connections, each named once by who opens, translates or logs it.
    Connected,
    SynProxied,
    Translated,
    Logged,
    // An interception proxy.
    Taken,
    Reached,
    Stored,
    Forwarded,
    Deferred,
    Failed,
    Bounced,
    AnsweredGreeting,
    AnsweredHello,
    RefusedHello,
    RefusedAuth,
    RefusedStartTls,
    InjectedCommand,
    StrippedKeyword,
    AddedKeyword,
    DowngradedHello,
    MaskedBanner,
    MaskedCommand,
    MaskedKeyword,
    AddedReceived,
    StrayReply,
    SwallowedReply,
    UpstreamFailed,
    UpstreamSilent,
    UpstreamNonsense,
    UpstreamRefused,
    UpstreamLost,
    Idle,
    // Mail servers, and the directory that they ask.
    ForgedSender,
    Relayed,
    Reported,
    Sent,
    HeldBack,
    Refused,
    Overloaded,
    Recovered,
    PowerLost,
    PowerReturned,
    Stopped,
    Started,
    // Lists of addresses.
    Listed,
    Delisted,
    // Relay testers and harvesters.
    Tested,
    Judged,
    Found,
    Ended,
};

constexpr std::array<EnumName<TruthEvent>, 55>
EnumNames(TruthEvent)
{
    return {{{"forged", TruthEvent::Forged},
             {"accepted", TruthEvent::Accepted},
             {"discarded-genuine", TruthEvent::DiscardedGenuine},
             {"blocked", TruthEvent::Blocked},
             {"dropped", TruthEvent::Dropped},
             {"connected", TruthEvent::Connected},
             {"syn-proxied", TruthEvent::SynProxied},
             {"translated", TruthEvent::Translated},
             {"logged", TruthEvent::Logged},
             {"taken", TruthEvent::Taken},
             {"reached", TruthEvent::Reached},
             {"stored", TruthEvent::Stored},
             {"forwarded", TruthEvent::Forwarded},
             {"deferred", TruthEvent::Deferred},
             {"failed", TruthEvent::Failed},
             {"bounced", TruthEvent::Bounced},
             {"answered-greeting", TruthEvent::AnsweredGreeting},
             {"answered-hello", TruthEvent::AnsweredHello},
             {"refused-hello", TruthEvent::RefusedHello},
             {"refused-auth", TruthEvent::RefusedAuth},
             {"refused-starttls", TruthEvent::RefusedStartTls},
             {"injected-command", TruthEvent::InjectedCommand},
             {"stripped-keyword", TruthEvent::StrippedKeyword},
             {"added-keyword", TruthEvent::AddedKeyword},
             {"downgraded-hello", TruthEvent::DowngradedHello},
             {"masked-banner", TruthEvent::MaskedBanner},
             {"masked-command", TruthEvent::MaskedCommand},
             {"masked-keyword", TruthEvent::MaskedKeyword},
             {"added-received", TruthEvent::AddedReceived},
             {"stray-reply", TruthEvent::StrayReply},
             {"swallowed-reply", TruthEvent::SwallowedReply},
             {"upstream-failed", TruthEvent::UpstreamFailed},
             {"upstream-silent", TruthEvent::UpstreamSilent},
             {"upstream-nonsense", TruthEvent::UpstreamNonsense},
             {"upstream-refused", TruthEvent::UpstreamRefused},
             {"upstream-lost", TruthEvent::UpstreamLost},
             {"idle", TruthEvent::Idle},
             {"forged-sender", TruthEvent::ForgedSender},
             {"relayed", TruthEvent::Relayed},
             {"reported", TruthEvent::Reported},
             {"sent", TruthEvent::Sent},
             {"held-back", TruthEvent::HeldBack},
             {"refused", TruthEvent::Refused},
             {"overloaded", TruthEvent::Overloaded},
             {"recovered", TruthEvent::Recovered},
             {"power-lost", TruthEvent::PowerLost},
             {"power-returned", TruthEvent::PowerReturned},
             {"stopped", TruthEvent::Stopped},
             {"started", TruthEvent::Started},
             {"listed", TruthEvent::Listed},
             {"delisted", TruthEvent::Delisted},
             {"tested", TruthEvent::Tested},
             {"judged", TruthEvent::Judged},
             {"found", TruthEvent::Found},
             {"ended", TruthEvent::Ended}}};
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_TRUTH_EVENT_H
