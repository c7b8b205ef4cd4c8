#ifndef BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"

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
struct HarvestTestConfig
{
    bool enabled = true;
    std::uint32_t attempts = 3;
    Nanoseconds period = std::chrono::minutes(10);
    Nanoseconds ban = std::chrono::hours(1);
    std::string reply = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
                        "received from your IP address.";
    std::vector<Ipv4> exceptAddresses;
    std::vector<std::string> exceptSenders = {"", "MAILER-DAEMON@*"};
    std::vector<std::string> exceptRecipients;
    std::uint32_t addresses = 10000;
};

template <class Visitor>
void
Describe(Visitor& v, HarvestTestConfig& h)
{
    v.Field("enabled", h.enabled, {"The test is on."});
    v.Field("attempts",
            h.attempts,
            {"Invalid delivery attempts of one address within the period that ban it; 3 is what "
             "the documentation illustrates it with.",
             "",
             1,
             10000});
    v.Field("period", h.period, {"The period (not documented).", "", 1e9, 1e17});
    v.Field("ban", h.ban, {"How long an address is banned (not documented).", "", 1e9, 1e17});
    v.Field("reply", h.reply, {"To every RCPT of a banned address (S000-01)."});
    v.Field("except-addresses",
            h.exceptAddresses,
            {"Clients whose attempts do not count; the exception lifts no ban."});
    v.Field("except-senders",
            h.exceptSenders,
            {"Senders whose attempts do not count, `*` stands for any text and empty for the null "
             "sender; the filter's sender whitelist is another list."});
    v.Field("except-recipients",
            h.exceptRecipients,
            {"Recipients that do not count, such as former employees."});
    v.Field("addresses",
            h.addresses,
            {"How many addresses are remembered (not documented).", "", 1, 1e7});
}

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

    FilterPoint recipientPoint = FilterPoint::BeforeArrival;
    HarvestTestConfig harvest;
    bool recipientTest = true;
    std::string recipientReply = "550 5.1.1 User unknown";
    std::vector<std::string> senderWhitelist;
    std::vector<Ipv4> addressWhitelist;
    std::vector<std::string> senderBlacklist;
    std::string senderReply = "550 5.7.1 Sender is on the blacklist";
    std::vector<std::string> subjectBlacklist;
    std::string contentReply = "550 5.7.1 Message content is not accepted";
    std::vector<Ipv4> intermediateHosts;
    FilterTarpit tarpit = FilterTarpit::Never;
    Nanoseconds tarpitDelay = std::chrono::seconds(60);
    bool closeAfterHit = false;
};

template <class Visitor>
void
Describe(Visitor& v, FilterConfig& f)
{
    v.Field("recipient-point", f.recipientPoint, {"Where recipients are judged."});
    v.Field("harvest", f.harvest, {"The test against directory harvesting."});
    v.Field("recipient-test", f.recipientTest, {"Refuses recipients that do not exist."});
    v.Field("recipient-reply", f.recipientReply, {"To such a recipient (text not documented)."});
    v.Field("sender-whitelist",
            f.senderWhitelist,
            {"Senders that the blacklist tests pass by; not the tests of recipients."});
    v.Field("address-whitelist",
            f.addressWhitelist,
            {"Clients that the blacklist tests pass by; not the tests of recipients."});
    v.Field("sender-blacklist", f.senderBlacklist, {"Senders that are refused, with `*`."});
    v.Field("sender-reply", f.senderReply, {"To such a sender's RCPT (text not documented)."});
    v.Field("subject-blacklist", f.subjectBlacklist, {"Subjects that are refused, with `*`."});
    v.Field("content-reply", f.contentReply, {"To such a message (text not documented)."});
    v.Field("intermediate-hosts",
            f.intermediateHosts,
            {"Hosts of the own network that pass others' mail on: the filter leaves them alone."});
    v.Field("tarpit", f.tarpit, {"Which of its refusals the filter delays itself."});
    v.Field("tarpit-delay", f.tarpitDelay, {"By how much.", "", 0, 600e9});
    v.Field("close-after-hit", f.closeAfterHit, {"Closes the connection after a refusal."});
}

/// What is wrong with a filter beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckFilter(const FilterConfig& config);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_FILTER_CONFIG_H
