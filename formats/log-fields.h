#ifndef BOUNCELAB_FORMATS_LOG_FIELDS_H
#define BOUNCELAB_FORMATS_LOG_FIELDS_H

#include <array>
#include <string_view>

/**
 * Words that programs write into their logs and dumps. Writers of evidence and its readers share
 * these names and nothing else.
 */
namespace bouncelab::fields
{

/// qmail-send's log (qmail-send.c) and its bounces (QSBMF).
namespace qmail
{
constexpr std::string_view TAG = "qmail: ";
constexpr std::string_view NEW_MESSAGE = "new msg ";
constexpr std::string_view INFO_MESSAGE = "info msg ";
constexpr std::string_view STARTING_DELIVERY = "starting delivery ";
constexpr std::string_view TO_REMOTE = " to remote ";
constexpr std::string_view TO_LOCAL = " to local ";
constexpr std::string_view DELIVERY = "delivery ";
constexpr std::string_view SUCCESS = ": success: ";
constexpr std::string_view FAILURE = ": failure: ";
constexpr std::string_view DEFERRAL = ": deferral: ";
constexpr std::string_view STATUS = "status: ";
constexpr std::string_view BOUNCE_MESSAGE = "bounce msg ";
constexpr std::string_view END_MESSAGE = "end msg ";

/// qmail-remote's sentences; in the log a space is written "_" and a line end "/".
constexpr std::string_view DOES_NOT_LIKE_RECIPIENT = " does not like recipient.";
constexpr std::string_view REMOTE_HOST_SAID = "Remote host said: ";
constexpr std::string_view GIVING_UP_ON = "Giving up on ";

constexpr std::string_view BOUNCE_GREETING = "Hi. This is the qmail-send program at ";
constexpr std::string_view BOUNCE_COPY = "--- Below this line is a copy of the message.";
} // namespace qmail

/// Snort 2's ASCII packet dump (log_text.c).
namespace snort
{
constexpr std::string_view SEPARATOR_UNIT = "=+"; //!< Written 37 times.
constexpr int SEPARATOR_COUNT = 37;
constexpr std::string_view ARROW = " -> ";
constexpr std::string_view TYPE = "type:0x";
constexpr std::string_view LENGTH = "len:0x";
constexpr std::string_view TTL = "TTL:";
constexpr std::string_view TOS = "TOS:0x";
constexpr std::string_view ID = "ID:";
constexpr std::string_view IP_LENGTH = "IpLen:";
constexpr std::string_view DATAGRAM_LENGTH = "DgmLen:";
constexpr std::string_view DONT_FRAGMENT = "DF";
constexpr std::string_view MORE_FRAGMENTS = "MF";
constexpr std::string_view FLAGS = "12UAPRSF"; //!< In this order, "*" for a bit that is not set.
constexpr std::string_view SEQUENCE = "Seq: 0x";
constexpr std::string_view ACKNOWLEDGMENT = "Ack: 0x";
constexpr std::string_view WINDOW = "Win: 0x";
constexpr std::string_view TCP_LENGTH = "TcpLen: ";
constexpr std::string_view TCP_OPTIONS = "TCP Options ";
constexpr std::string_view OPTIONS_ARROW = "=> ";
constexpr std::string_view OPTION_MSS = "MSS: ";
constexpr std::string_view OPTION_WINDOW_SCALE = "WS: ";
constexpr std::string_view OPTION_TIMESTAMP = "TS: ";
constexpr std::string_view OPTION_SACK_PERMITTED = "SackOK";
constexpr std::string_view OPTION_NOP = "NOP";
constexpr std::string_view OPTION_END = "EOL";
constexpr std::array<std::string_view, 3> PROTOCOLS{"TCP", "UDP", "ICMP"};
} // namespace snort

/// The output of traceroute and its like.
namespace traceroute
{
constexpr std::string_view HEADER = "traceroute to ";
constexpr std::string_view IPV6_HEADER = "traceroute6 to ";     //!< Of BSD's program for IPv6.
constexpr std::string_view TCP_HEADER = "Tracing the path to "; //!< Of tcptraceroute.
constexpr std::string_view REPORT_HEADER = "HOST: ";            //!< Of mtr's report.
constexpr std::string_view REPORT_COLUMNS = "Loss%";
constexpr std::string_view REPORT_HOP = ".|-- ";
constexpr std::string_view CHINESE_MILLISECONDS = "\xe6\xaf\xab\xe7\xa7\x92";
constexpr std::string_view HOPS_MAX = " hops max";
constexpr std::string_view MILLISECONDS = "ms";
constexpr std::string_view NO_ANSWER = "*";
} // namespace traceroute

} // namespace bouncelab::fields

#endif // BOUNCELAB_FORMATS_LOG_FIELDS_H
