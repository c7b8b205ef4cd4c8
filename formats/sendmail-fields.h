#ifndef BOUNCELAB_FORMATS_SENDMAIL_FIELDS_H
#define BOUNCELAB_FORMATS_SENDMAIL_FIELDS_H

#include <string_view>

/**
 * Words of sendmail's lines in a syslog (deliver.c, envelope.c and srvrsmtp.c of 8.13). The writer
 * and the reader share these names and nothing else.
 */
namespace bouncelab::fields::sendmail
{
constexpr std::string_view TAG = "sendmail[";
constexpr std::string_view FROM = "from=";
constexpr std::string_view TO = "to=";
constexpr std::string_view SIZE = "size=";
constexpr std::string_view CLASS = "class=";
constexpr std::string_view RECIPIENTS = "nrcpts=";
constexpr std::string_view MESSAGE_ID = "msgid=";
constexpr std::string_view PROTOCOL = "proto=";
constexpr std::string_view DAEMON = "daemon=";
constexpr std::string_view RELAY = "relay=";
constexpr std::string_view DELAY = "delay=";
constexpr std::string_view TRANSACTION_DELAY = "xdelay=";
constexpr std::string_view MAILER = "mailer=";
constexpr std::string_view PRIORITY = "pri=";
constexpr std::string_view DSN = "dsn=";
constexpr std::string_view STATUS = "stat=";
constexpr std::string_view SENT = "Sent";
constexpr std::string_view DEFERRED = "Deferred";
constexpr std::string_view REPORT = "DSN: ";
constexpr std::string_view RULESET = "ruleset=check_rcpt";
constexpr std::string_view ARGUMENT = "arg1=";
constexpr std::string_view REJECT = "reject=";
constexpr std::string_view LOGGED_ON = "AUTH=server";
constexpr std::string_view AUTHENTICATED = "authid=";
constexpr std::string_view STARTING = "starting daemon (8.12.2): SMTP+queueing@";
constexpr std::string_view LOCAL_MAILER = "local";
constexpr std::string_view NETWORK_MAILER = "esmtp";
} // namespace bouncelab::fields::sendmail

#endif // BOUNCELAB_FORMATS_SENDMAIL_FIELDS_H
