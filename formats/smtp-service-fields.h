#ifndef BOUNCELAB_FORMATS_SMTP_SERVICE_FIELDS_H
#define BOUNCELAB_FORMATS_SMTP_SERVICE_FIELDS_H

#include <string_view>

/**
 * Words of the W3C extended log that the SMTP service of IIS 5.0 and 6.0 writes, which is the log
 * of Exchange 2000 and 2003 (fact F42, S002-50 to S002-75). Its writer and its reader share
 * these names and nothing else.
 */
namespace bouncelab::fields::smtpsvc
{
constexpr std::string_view SOFTWARE = "#Software: Microsoft Internet Information Services ";
constexpr std::string_view VERSION = "#Version: 1.0";
constexpr std::string_view DATE = "#Date: ";
constexpr std::string_view FIELDS = "#Fields: ";
constexpr std::string_view FIELD_LIST =
    "date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem "
    "cs-uri-query sc-status sc-win32-status sc-bytes cs-bytes time-taken cs-version cs-host "
    "cs(User-Agent) cs(Cookie) cs(Referer) ";
constexpr int FIELD_COUNT = 21;

constexpr std::string_view FOLDER = "SmtpSvc1/";
constexpr std::string_view FILE_PREFIX = "ex"; //!< Then yymmdd of the UTC day.
constexpr std::string_view SITE = "SMTPSVC1";
constexpr std::string_view PROTOCOL = "SMTP";
constexpr std::string_view NO_VALUE = "-";

/// What stands for the user in rows of sessions that the server began.
constexpr std::string_view OUTBOUND_COMMAND = "OutboundConnectionCommand";
constexpr std::string_view OUTBOUND_RESPONSE = "OutboundConnectionResponse";

/// The status of a QUIT row is this, whatever was answered, and its win32 status is the length of
/// the session (S002-74).
constexpr int QUIT_STATUS = 240;
} // namespace bouncelab::fields::smtpsvc

#endif // BOUNCELAB_FORMATS_SMTP_SERVICE_FIELDS_H
