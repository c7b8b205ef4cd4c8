#ifndef BOUNCELAB_DETECTORS_LISTING_CAUSE_H
#define BOUNCELAB_DETECTORS_LISTING_CAUSE_H

#include "detectors/analysis/nat-origin.h"
#include "detectors/analysis/send-rhythm.h"
#include "detectors/detector.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

/// The parts of the detector `listing-cause`, each of which judges another kind of evidence.
namespace bouncelab::detectors::listing_cause
{

constexpr AlertRule SIGNATURE{"listing-cause",
                              1100128,
                              "BOUNCELAB what gets an address onto a block list"};
constexpr std::string_view REPORT = "blacklist.report";
constexpr std::string_view BOT = "blacklist.bot";
constexpr std::string_view HELLO = "blacklist.helo";
constexpr std::string_view PROXY = "blacklist.proxy";
constexpr std::string_view BULK = "blacklist.newsletter";

constexpr std::uint16_t SMTP_PORT = 25;
constexpr std::size_t FEW_RECIPIENTS = 3; //!< Of a report.

bool IsInside(const HostAddress& address);

/// The page of a list that blames a bad greeting; null where none does.
const ListedAddress* ListedGreeting(const ServerLogs& logs);

/**
 * What a daily hour is on the spot: by a firewall whose log is that far ahead of the stamps, or
 * guessed of a job of midnight. A sentence.
 */
std::string LocalHour(const SendRhythm& rhythm, std::optional<std::chrono::minutes> ahead);

/// A client, and what it greets as.
using ClientName = std::pair<HostAddress, std::string>;

/// Whoever sends mail for strangers: an open proxy, by a firewall's log or by what a capture shows.
/// \return the hosts inside that are accused
std::set<HostAddress> JudgeProxies(const Analysis& analysis, AlertSink& sink);

/**
 * Mailboxes of the site's own that send as no person and no newsletter does: a bot in a user's mail
 * program, or a form of a web site.
 *
 * \param accused clients whose mail is explained by what they are
 * \return the hosts inside that are accused
 */
std::set<HostAddress> JudgeMailboxes(const Analysis& analysis,
                                     const NatOrigins& origins,
                                     const std::set<ClientName>& accused,
                                     AlertSink& sink);

/// Whether a reply says that a list has an address, whichever.
bool SpeaksOfListing(std::string_view reply);

/// Who opens connections to port 25, by a firewall's log. \param accused hosts that are already
void JudgeFirewallLog(const Analysis& analysis,
                      const std::set<HostAddress>& accused,
                      AlertSink& sink);

/// What a site sends itself once a day and takes in from outside, by its server's log.
void JudgeReturningMail(const Analysis& analysis, const NatOrigins& origins, AlertSink& sink);

} // namespace bouncelab::detectors::listing_cause

#endif // BOUNCELAB_DETECTORS_LISTING_CAUSE_H
