#ifndef BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H

#include "formats/describe.h"

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
 *     {stamp} {seconds} {id} {number} `YYYYMMDDhhmm`, Unix time, queue id and number of the report
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
    std::string headers;
    std::string text;
    std::string recipient;
    std::string diagnostic;
};

template <class Visitor>
void
Describe(Visitor& v, ReportForm& f)
{
    v.Field("headers", f.headers, {"Header fields in their order, without those of MIME."});
    v.Field("text", f.text, {"First part, for people; empty: no such reports."});
    v.Field("recipient", f.recipient, {"Paragraph for each recipient, at `{recipients}`."});
    v.Field("diagnostic", f.diagnostic, {"Second paragraph for each, at `{diagnostics}`."});
}

/// How a program tells a sender what became of a message.
struct ReportPersona
{
    ReportFormat format = ReportFormat::Qsbmf;
    ReportForm failure;
    ReportForm delay;
    ReportForm success;
    std::string boundary = "{hex}{hex}/{host}";
    std::string preamble;
    std::vector<std::string> partNames;
    std::string textType = "text/plain; charset=us-ascii";
    std::string messageFields = "Reporting-MTA: dns; {host}\nOriginal-Envelope-Id: {envelope-id}\n"
                                "Arrival-Date: {arrived}\n";
    std::string recipientFields =
        "Original-Recipient: {original-recipient}\nFinal-Recipient: rfc822; {recipient}\n"
        "Action: {action}\nStatus: {status}\nRemote-MTA: dns; {remote}\n"
        "Diagnostic-Code: {diagnostic-code}\n";
    std::string smtpType = "smtp; ";
    std::string ownType;
    std::map<std::string, std::string> explanations;
    ReturnedPart returned = ReturnedPart::Message;
    std::uint32_t returnedLimit = 0;
    std::uint32_t wrap = 0;
};

template <class Visitor>
void
Describe(Visitor& v, ReportPersona& r)
{
    v.Field("format", r.format, {"Form of its reports."});
    v.Field("failure", r.failure, {"A bounce. All that follows is for `dsn`."});
    v.Field("delay", r.delay, {"A notice that a message is late."});
    v.Field("success", r.success, {"A report that was asked for (NOTIFY=SUCCESS)."});
    v.Field("boundary", r.boundary, {"Between the parts of a report."});
    v.Field("preamble", r.preamble, {"For programs that know nothing of MIME."});
    v.Field("part-names", r.partNames, {"Content-Description of the parts, or nothing."});
    v.Field("text-type", r.textType, {"Type of the first part; UTF-8 where its text needs it."});
    v.Field("message-fields", r.messageFields, {"Fields about the message (RFC 3464 2.2)."});
    v.Field(
        "recipient-fields",
        r.recipientFields,
        {"Fields about each recipient (RFC 3464 2.3); a line in which a word has nothing to say "
         "is left out."});
    v.Field("smtp-type", r.smtpType, {"Type of a diagnostic code that is a server's reply."});
    v.Field("own-type",
            r.ownType,
            {"Type of a diagnostic code that is this program's own report; empty: it gives none."});
    v.Field("explanations",
            r.explanations,
            {"What it says to people, by enhanced status without its class (`1.1`), or `other`."});
    v.Field("returned", r.returned, {"What comes back of the message, if its sender did not say."});
    v.Field("returned-limit",
            r.returnedLimit,
            {"Of a larger message only the header comes back; 0 = no limit.", "octets"});
    v.Field("wrap",
            r.wrap,
            {"Paragraphs and fields about recipients are folded at this width; 0 = not.",
             "columns",
             0,
             998});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_PERSONA_H
