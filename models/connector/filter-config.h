#ifndef BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::connector
{

/// Where a filter sees a message.
enum class FilterPoint
{
    BeforeArrival, //!< At RCPT.
    OnArrival,     //!< At the end of DATA.
};

constexpr auto
EnumNames(FilterPoint)
{
    return std::array<EnumName<FilterPoint>, 2>{
        {{"before-arrival", FilterPoint::BeforeArrival}, {"on-arrival", FilterPoint::OnArrival}}};
}

/// The test against directory harvesting: too many invalid recipients of one address in a period
/// ban the address for a time.
struct HarvestProtectionConfig
{
    bool enabled = Field(&enabled, "enabled", true) | "The test is on.";
    std::uint32_t attempts = Field(&attempts, "attempts", 3).Range(1, 10000) |
                             "Invalid delivery attempts of one address within the period that ban "
                             "it; 3 is what the documentation illustrates it with.";
    Nanoseconds period = Field(&period, "period", std::chrono::minutes(10)).Range(1e9, 1e17) |
                         "The period (not documented).";
    Nanoseconds ban = Field(&ban, "ban", std::chrono::hours(1)).Range(1e9, 1e17) |
                      "How long an address is banned (not documented).";
    std::string reply =
        Field(&reply,
              "reply",
              "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
              "received from your IP address.") |
        "To every RCPT of a banned address (S000-01).";
    std::vector<IpAddress> exceptAddresses =
        Field(&exceptAddresses, "except-addresses") |
        "Clients whose attempts do not count; the exception lifts no ban.";
    std::vector<std::string> exceptSenders =
        Field(&exceptSenders, "except-senders", {"", "MAILER-DAEMON@*"}) |
        "Senders whose attempts do not count, `*` stands for any text and empty for the null "
        "sender; the filter's sender whitelist is another list.";
    std::vector<std::string> exceptRecipients =
        Field(&exceptRecipients, "except-recipients") |
        "Recipients that do not count, such as former employees.";
    std::uint32_t addresses = Field(&addresses, "addresses", 10000).Range(1, 1e7) |
                              "How many addresses are remembered (not documented).";
};

/// What a filter's own tarpit delays.
enum class FilterTarpit
{
    Never,
    InvalidRecipient, //!< Refusals for the recipient's sake.
    AnyHit,           //!< Every refusal of the filter.
};

constexpr auto
EnumNames(FilterTarpit)
{
    return std::array<EnumName<FilterTarpit>, 3>{
        {{"never", FilterTarpit::Never},
         {"invalid-recipient", FilterTarpit::InvalidRecipient},
         {"any-hit", FilterTarpit::AnyHit}}};
}

/// A filter agent in the manner of ORF (facts F36 to F41). Its log is of our own format.
struct FilterConfig
{
    static constexpr std::string_view FOLDER = "filters"; //!< Of personas.

    FilterPoint recipientPoint =
        Field(&recipientPoint, "recipient-point", FilterPoint::BeforeArrival) |
        "Where recipients are judged.";
    HarvestProtectionConfig harvest =
        Field(&harvest, "harvest") | "The test against directory harvesting.";
    bool recipientTest =
        Field(&recipientTest, "recipient-test", true) | "Refuses recipients that do not exist.";
    std::string recipientReply =
        Field(&recipientReply, "recipient-reply", "550 5.1.1 User unknown") |
        "To such a recipient (text not documented).";
    std::vector<std::string> senderWhitelist =
        Field(&senderWhitelist, "sender-whitelist") |
        "Senders that the blacklist tests pass by; not the tests of recipients.";
    std::vector<IpAddress> addressWhitelist =
        Field(&addressWhitelist, "address-whitelist") |
        "Clients that the blacklist tests pass by; not the tests of recipients.";
    std::vector<std::string> senderBlacklist =
        Field(&senderBlacklist, "sender-blacklist") | "Senders that are refused, with `*`.";
    std::string senderReply =
        Field(&senderReply, "sender-reply", "550 5.7.1 Sender is on the blacklist") |
        "To such a sender's RCPT (text not documented).";
    std::vector<std::string> subjectBlacklist =
        Field(&subjectBlacklist, "subject-blacklist") | "Subjects that are refused, with `*`.";
    std::string contentReply =
        Field(&contentReply, "content-reply", "550 5.7.1 Message content is not accepted") |
        "To such a message (text not documented).";
    std::vector<IpAddress> intermediateHosts =
        Field(&intermediateHosts, "intermediate-hosts") |
        "Hosts of the own network that pass others' mail on: the filter leaves them alone.";
    FilterTarpit tarpit = Field(&tarpit, "tarpit", FilterTarpit::Never) |
                          "Which of its refusals the filter delays itself.";
    Nanoseconds tarpitDelay =
        Field(&tarpitDelay, "tarpit-delay", std::chrono::seconds(60)).Range(0, 600e9) |
        "By how much.";
    bool closeAfterHit =
        Field(&closeAfterHit, "close-after-hit") | "Closes the connection after a refusal.";
};

/// What is wrong with a filter beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckFilter(const FilterConfig& config);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H
