#ifndef BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::mail
{

/// Which form a program's reports have.
enum class ReportFormat
{
    Qsbmf, //!< qmail-send's own: plain text in paragraphs. It has no other reports than bounces.
    Dsn,   //!< multipart/report (RFC 6522) with message/delivery-status (RFC 3464).
};

constexpr auto
EnumNames(ReportFormat)
{
    return std::array<EnumName<ReportFormat>, 2>{
        {{"qsbmf", ReportFormat::Qsbmf}, {"dsn", ReportFormat::Dsn}}};
}

/// What a report brings back of the message, if its sender did not say (RET, RFC 3461 4.3).
enum class ReturnedPart
{
    Nothing,
    Header,
    Message,
};

constexpr auto
EnumNames(ReturnedPart)
{
    return std::array<EnumName<ReturnedPart>, 3>{{{"nothing", ReturnedPart::Nothing},
                                                  {"header", ReturnedPart::Header},
                                                  {"message", ReturnedPart::Message}}};
}

/**
 * The words of one kind of report. Words in braces are replaced everywhere:
 *
 *     {host} {domain} {bounce-from}   the reporting host, its own domain and local part for bounces
 *     {to} {pid} {tab}                the addressee, the process id of the report; a tab
 *     {date} {date-us}                now: RFC 5322, `3/22/2002 5:47 PM`
 *     {stamp} {second}                `YYYYMMDDhhmm`, the second in it
 *     {seconds} {id} {number}         Unix time, queue id and number of the report
 *     {hex} {letters}                 8 hexadecimal digits, 8 letters or digits, drawn at each
 * place {original-id} {message-id} {subject} {sender} {envelope-id}   of the message {sent}
 * {sent-us} {arrived} {expires}   its Date field, as it stands or in US form; when it came in; when
 * the queue gives up {waited-hours} {lifetime-days}  how long it has been here, and may be {count}
 * recipients told of {recipients} {diagnostics} {header}   in `text`: the paragraphs, and the
 * message's header
 *
 * and about a recipient
 *
 *     {recipient} {local} {original-recipient} {action} {status}
 *     {status-line}                   `5.1.1`, or with a reply `5.1.1 smtp;550 5.1.1 User unknown`
 *     {retry-until}                   {expires} for one that is delayed
 *     {report} {diagnostic} {command} {remote} {remote-address}    what the last attempt came to
 *     {diagnostic-code}               the same with its type, or {report} as `own-type`
 *     {failed} {failed-us}            when: RFC 5322 and US form
 *     {remote-first}                  {remote} and a blank, or nothing
 *     {explanation}                   from `explanations`, by status
 *
 * A line in which a word has nothing to say is left out, but for {recipients} and the like,
 * {subject} and {remote-first}, which may be empty.
 */
struct ReportForm
{
    std::string headers =
        Field(&headers, "headers") | "Header fields in their order, without those of MIME.";
    std::string text = Field(&text, "text") | "First part, for people; empty: no such reports.";
    std::string recipient =
        Field(&recipient, "recipient") | "Paragraph for each recipient, at `{recipients}`.";
    std::string diagnostic =
        Field(&diagnostic, "diagnostic") | "Second paragraph for each, at `{diagnostics}`.";
};

/// How a program tells a sender what became of a message.
struct ReportPersona
{
    ReportFormat format = Field(&format, "format", ReportFormat::Qsbmf) | "Form of its reports.";
    ReportForm failure = Field(&failure, "failure") | "A bounce. All that follows is for `dsn`.";
    ReportForm delay = Field(&delay, "delay") | "A notice that a message is late.";
    ReportForm success =
        Field(&success, "success") | "A report that was asked for (NOTIFY=SUCCESS).";
    std::string boundary =
        Field(&boundary, "boundary", "{hex}{hex}/{host}") | "Between the parts of a report.";
    std::string preamble = Field(&preamble, "preamble") | "For programs that know nothing of MIME.";
    std::vector<std::string> partNames =
        Field(&partNames, "part-names") | "Content-Description of the parts, or nothing.";
    std::string textType = Field(&textType, "text-type", "text/plain; charset=us-ascii") |
                           "Type of the first part; UTF-8 where its text needs it.";
    std::string messageFields =
        Field(&messageFields,
              "message-fields",
              "Reporting-MTA: dns; {host}\nOriginal-Envelope-Id: {envelope-id}\n"
              "Arrival-Date: {arrived}\n") |
        "Fields about the message (RFC 3464 2.2).";
    std::string recipientFields =
        Field(&recipientFields,
              "recipient-fields",
              "Original-Recipient: {original-recipient}\nFinal-Recipient: rfc822; {recipient}\n"
              "Action: {action}\nStatus: {status}\nRemote-MTA: dns; {remote}\n"
              "Diagnostic-Code: {diagnostic-code}\n") |
        "Fields about each recipient (RFC 3464 2.3); a line in which a word has nothing to say is "
        "left out.";
    std::string smtpType = Field(&smtpType, "smtp-type", "smtp; ") |
                           "Type of a diagnostic code that is a server's reply.";
    std::string ownType =
        Field(&ownType, "own-type") |
        "Type of a diagnostic code that is this program's own report; empty: it gives none.";
    std::map<std::string, std::string> explanations =
        Field(&explanations, "explanations") |
        "What it says to people, by enhanced status without its class (`1.1`), or `other`.";
    ReturnedPart returned = Field(&returned, "returned", ReturnedPart::Message) |
                            "What comes back of the message, if its sender did not say.";
    std::uint32_t returnedLimit = Field(&returnedLimit, "returned-limit").Unit("octets") |
                                  "Of a larger message only the header comes back; 0 = no limit.";
    std::uint32_t wrap =
        Field(&wrap, "wrap").Unit("columns").Range(0, 998) |
        "Paragraphs and fields about recipients are folded at this width; 0 = not.";
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H
