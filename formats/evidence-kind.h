#ifndef BOUNCELAB_FORMATS_EVIDENCE_KIND_H
#define BOUNCELAB_FORMATS_EVIDENCE_KIND_H

#include <array>
#include <string_view>

namespace bouncelab
{

/// Kinds of evidence, by which detectors say what they live on and places what they hold.
namespace kinds
{
constexpr std::string_view PACKETS = "packets";             //!< Captured, or printed by snort.
constexpr std::string_view SERVER_LOG = "server-log";       //!< Of SMTP sessions taken.
constexpr std::string_view SEND_LOG = "send-log";           //!< Of SMTP sessions begun.
constexpr std::string_view TRACKING_LOG = "tracking-log";   //!< What became of each message.
constexpr std::string_view FILTER_LOG = "filter-log";       //!< A filter's decisions.
constexpr std::string_view CLIENT_ERRORS = "client-errors"; //!< What a mail program told its user.
constexpr std::string_view MAIL_LOG = "mail-log";           //!< A queue's deliveries.
constexpr std::string_view MAILBOXES = "mailboxes";         //!< Messages as they lie there.
constexpr std::string_view ROUTES = "routes";               //!< Traceroutes.
constexpr std::string_view NAME_LOG = "name-log";           //!< Questions that name servers got.
constexpr std::string_view LIST_PAGE = "list-page";         //!< What lists say of addresses.
constexpr std::string_view FIREWALL_LOG = "firewall-log";   //!< What a firewall let pass, or not.
constexpr std::string_view EVENT_LOG = "event-log";         //!< Of a Windows host.
constexpr std::string_view INSPECTION = "inspection";       //!< What administrators' tools print.
constexpr std::string_view PATH_PROBES = "path-probes";     //!< What TTL-limited probes drew.

constexpr std::array<std::string_view, 15> ALL{PACKETS,
                                               SERVER_LOG,
                                               SEND_LOG,
                                               TRACKING_LOG,
                                               FILTER_LOG,
                                               CLIENT_ERRORS,
                                               MAIL_LOG,
                                               MAILBOXES,
                                               ROUTES,
                                               NAME_LOG,
                                               LIST_PAGE,
                                               FIREWALL_LOG,
                                               EVENT_LOG,
                                               INSPECTION,
                                               PATH_PROBES};
} // namespace kinds

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_EVIDENCE_KIND_H
