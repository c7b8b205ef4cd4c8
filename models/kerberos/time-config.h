#ifndef BOUNCELAB_MODELS_KERBEROS_TIME_CONFIG_H
#define BOUNCELAB_MODELS_KERBEROS_TIME_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <cstdint>
#include <vector>

namespace bouncelab::kerberos
{

/// A host's clock at the start.
struct ClockConfig
{
    Nanoseconds offset = Field(&offset, "offset").Range(-1e18, 1e18) |
                         "How far it is ahead of true time; negative: behind.";
    std::int64_t drift = Field(&drift, "drift").Unit("ns/s").Range(-1e6, 1e6) |
                         "What it gains; negative: loses. Crystals are within some 50,000.";
};

/// The time service of a host (W32Time). What that of a domain's host asks (NT5DS) follows from
/// the domain.
struct TimeServiceConfig
{
    bool running = Field(&running, "running", true) | "Else the clock is left to itself.";
    Nanoseconds first = Field(&first, "first").Range(0, 1e18) | "When it asks first.";
    bool symmetricActive = Field(&symmetricActive, "symmetric-active") |
                           "Asks as a peer in symmetric active mode; else as a client. Servers "
                           "answer both alike.";
    Nanoseconds poll = Field(&poll, "poll", std::chrono::seconds(1024)).Range(1e9, 1e15) |
                       "How often it asks its source.";
    Nanoseconds wait = Field(&wait, "wait", std::chrono::seconds(1)).Range(1e6, 3600e9) |
                       "How long it waits for an answer.";
    Nanoseconds retry = Field(&retry, "retry", std::chrono::seconds(16)).Range(1e6, 3600e9) |
                        "Until it asks again when none has come.";
    std::uint32_t attempts = Field(&attempts, "attempts", 8).Range(1, 100) |
                             "Without an answer, until it turns to its next source.";
    Nanoseconds rest = Field(&rest, "rest", std::chrono::minutes(15)).Range(1e9, 1e15) |
                       "Until it begins anew when no source has answered.";
    Nanoseconds largestForward =
        Field(&largestForward, "largest-forward").Range(0, 1e18) |
        "Corrections forward beyond this are refused; 0 = none is. Domain controllers since 2008 "
        "have 48 h.";
    Nanoseconds largestBackward = Field(&largestBackward, "largest-backward").Range(0, 1e18) |
                                  "The same for corrections backward.";
    Nanoseconds setFrom = Field(&setFrom, "set-from", std::chrono::minutes(5)).Range(0, 1e18) |
                          "Larger corrections set the clock at once, smaller ones make it run "
                          "faster or slower until the next poll.";
};

/// The time service of a host that is in no domain of the scenario.
struct HostTimeConfig
{
    std::vector<IpAddress> sources =
        Field(&sources, "sources") |
        "Addresses of the hosts that it asks, the first one as long as it "
        "answers.";
    bool answers = Field(&answers, "answers") | "Answers those who ask.";
    std::uint32_t account =
        Field(&account, "account") |
        "Number (RID) of its account in a domain: it asks for answers that are signed for this "
        "account, with 68 octets (MS-SNTP 2.2.1), and whoever answers knows it; 0 = with 48, "
        "unsigned.";
    std::int64_t drift = Field(&drift, "drift").Unit("ns/s").Range(-1e6, 1e6) |
                         "What its clock gains from `clock-offset` on; negative: loses.";
    TimeServiceConfig service = Inline(&service);
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_TIME_CONFIG_H
