#ifndef BOUNCELAB_FORMATS_EXCHANGE_FIELDS_H
#define BOUNCELAB_FORMATS_EXCHANGE_FIELDS_H

#include <array>
#include <string_view>

/**
 * Words of the logs that Exchange 2010, a filter agent in front of it and a mail program write.
 * Writers of evidence and its readers share these names and nothing else.
 */
namespace bouncelab::fields
{

/// What Exchange's own logs have in common: five lines before the first row.
namespace exchange
{
constexpr std::string_view SOFTWARE = "#Software: ";
constexpr std::string_view VERSION = "#Version: ";
constexpr std::string_view LOG_TYPE = "#Log-type: "; //!< Documentation spells it "Log-Type".
constexpr std::string_view DATE = "#Date: ";
constexpr std::string_view FIELDS = "#Fields: ";
constexpr std::string_view SOFTWARE_NAME = "Microsoft Exchange Server";
constexpr std::string_view VERSION_2010 = "14.0.0.0";
} // namespace exchange

/// The protocol logs of Receive and Send connectors (fact F25, S000-05).
namespace protocol
{
constexpr std::string_view RECEIVE_TYPE = "SMTP Receive Protocol Log";
constexpr std::string_view SEND_TYPE = "SMTP Send Protocol Log";
constexpr std::string_view RECEIVE_PREFIX = "RECV";
constexpr std::string_view SEND_PREFIX = "SEND";
constexpr std::string_view FIELD_LIST = "date-time,connector-id,session-id,sequence-number,"
                                        "local-endpoint,remote-endpoint,event,data,context";
constexpr int FIELD_COUNT = 9;

constexpr char CONNECT = '+';
constexpr char DISCONNECT = '-';
constexpr char SEND = '>';
constexpr char RECEIVE = '<';
constexpr char INFORMATION = '*';

/// Contexts of information rows, and what their data look like.
constexpr std::string_view CONNECTING = "attempting to connect"; //!< A session's first row.
constexpr std::string_view SET_SESSION_PERMISSIONS = "Set Session Permissions";
constexpr std::string_view AUTHENTICATED = "authenticated";
constexpr std::string_view RECEIVING_MESSAGE = "receiving message";
constexpr std::string_view TARPIT_FOR = "Tarpit for '";
constexpr std::string_view DUE_TO = "' due to '";
constexpr std::string_view DELAYED_ACK = "DelayedAck";
constexpr std::string_view BACK_PRESSURE = "Back Pressure";
constexpr std::string_view DELIVERED = "Delivered"; //!< Context of a delayed acknowledgement.
/// What the log shows instead of what is said during AUTH; the client's tokens are left out.
constexpr std::string_view AUTHENTICATION_RESPONSE = "334 <authentication response>";
} // namespace protocol

/// The message tracking log of Exchange 2010 SP1 (fact F27).
namespace tracking
{
constexpr std::string_view LOG_TYPE = "Message Tracking Log";
constexpr std::string_view PREFIX = "MSGTRK";
constexpr std::string_view FIELD_LIST =
    "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,"
    "source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,"
    "recipient-count,related-recipient-address,reference,message-subject,sender-address,"
    "return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,"
    "custom-data";
constexpr int FIELD_COUNT = 26;
} // namespace tracking

/// The text log of the filter agent. The format is the lab's own (docs/formats-exchange.md).
namespace filter
{
constexpr std::string_view HEADER = "#Filter-agent log: ";
constexpr std::string_view VERSION = "1";
constexpr std::string_view FIELD_LIST = "time\tpoint\ttest\taction\tremote\tptr\thelo\tsender\t"
                                        "recipient\tauthenticated\treply\tcomment";
constexpr int FIELD_COUNT = 12;
constexpr std::string_view NO_VALUE = "-";
constexpr std::string_view BEFORE_ARRIVAL = "before-arrival";
constexpr std::string_view ON_ARRIVAL = "on-arrival";
constexpr std::array<std::string_view, 6> ACTIONS{"pass",
                                                  "whitelist",
                                                  "count",
                                                  "reject",
                                                  "ban",
                                                  "tarpit"};
} // namespace filter

/// What Outlook shows its user when a server refuses.
namespace outlook
{
constexpr std::string_view NOT_REACHED =
    "Your message did not reach some or all of the intended recipients.";
constexpr std::string_view SUBJECT = "Subject:\t";
constexpr std::string_view SENT = "Sent:\t";
constexpr std::string_view CANNOT_BE_REACHED = "The following recipient(s) cannot be reached:";
constexpr std::string_view SERVER_ERROR = "Server error: '";
constexpr std::string_view TASK = "Task '";
constexpr std::string_view REPORTED_ERROR = " - Sending' reported error (0x";
constexpr std::string_view SERVER_RESPONDED = "The server responded: ";
} // namespace outlook

} // namespace bouncelab::fields

#endif // BOUNCELAB_FORMATS_EXCHANGE_FIELDS_H
