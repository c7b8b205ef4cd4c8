#include "detectors/readers/cloud-event-reader.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <nlohmann/json.hpp>

namespace bouncelab::detectors
{

namespace
{

using CloudJson = nlohmann::json;

/// The text or number of a member; empty where there is none.
std::string
MemberOf(const CloudJson& object, const char* name)
{
    if (!object.is_object())
    {
        return {};
    }
    const auto found = object.find(name);
    return found == object.end()        ? std::string()
           : found->is_string()         ? found->get<std::string>()
           : found->is_number_integer() ? std::to_string(found->get<std::int64_t>())
                                        : std::string();
}

/// Sets code and words, as far as they are a server's reply; what the service found itself is its
/// own words.
void
TakeOutcome(std::string_view code, const std::string& words, ReportedReply& reply)
{
    std::string_view digits = code;
    const std::int64_t value = scan::Number(digits).value_or(0);
    // Mailgun's own codes for what no server said are above 600, and 498.
    const bool isReply = value >= 400 && value < 600 && value != 498;
    if (!isReply)
    {
        reply.failure = words;
        reply.stage = words.find("No MX for") != words.npos ? "connect" : "";
        reply.failure = reply.stage.empty() ? words : "DNS: " + words;
        return;
    }
    std::string_view rest = words;
    scan::Skip(rest, code);
    scan::SkipSpace(rest);
    reply.code = static_cast<std::uint32_t>(value);
    const std::string enhanced = TakeEnhancedCode(rest);
    reply.enhanced = enhanced.empty() ? reply.enhanced : enhanced;
    reply.reply = Trim(rest);
}

} // namespace

bool
CloudEventReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    // What Amazon SES says of a delivery; of a bounce it has the reply, which others read.
    if (StartsWith(text, "{") && text.find("\"notificationType\":\"Delivery\"") != text.npos &&
        text.find("\"smtpResponse\":\"2") != text.npos)
    {
        TrackedEvent event;
        event.line = number;
        event.text = text.substr(0, scan::LONGEST_FIELD);
        event.event = "SEND";
        event.source = "SMTP";
        m_delivered(event);
        return true;
    }
    if (!StartsWith(text, "{") || !EndsWith(text, "}") ||
        (text.find("\"delivery-status\"") == text.npos && text.find("\"results\"") == text.npos))
    {
        return false;
    }
    const CloudJson whole = CloudJson::parse(text, nullptr, false);
    const CloudJson event = whole.is_object() ? whole.value("event-data", whole) : CloudJson();
    ReportedReply reply;
    reply.line = number;
    reply.text = text.substr(0, scan::LONGEST_FIELD);
    reply.recipient = InLowerCase(MemberOf(event, "recipient"));
    const CloudJson status =
        event.is_object() ? event.value("delivery-status", CloudJson()) : CloudJson();
    const CloudJson results = event.is_object() ? event.value("results", CloudJson()) : CloudJson();
    if (status.is_object() && !MemberOf(event, "event").empty())
    {
        if (MemberOf(event, "event") != "failed")
        {
            return true;
        }
        const std::string message = MemberOf(status, "message");
        reply.program = "Mailgun log";
        TakeOutcome(MemberOf(status, "code"),
                    message.empty() ? MemberOf(status, "description") : message,
                    reply);
        reply.isFinal = MemberOf(event, "severity") == "permanent";
        m_handler(reply);
        return true;
    }
    if (!results.is_array() || reply.recipient.empty())
    {
        return false;
    }
    reply.program = "MailerQ log";
    reply.sender = InLowerCase(MemberOf(event, "envelope"));
    for (const CloudJson& result : results)
    {
        const std::string code = MemberOf(result, "code");
        if (MemberOf(result, "type") != "error" || code.empty())
        {
            continue;
        }
        ReportedReply told = reply;
        told.enhanced = MemberOf(result, "status");
        TakeOutcome(code, MemberOf(result, "description"), told);
        told.isFinal = told.code >= 500;
        told.address = HostAddress::Parse(MemberOf(result, "to")).value_or(HostAddress());
        told.stage = MemberOf(result, "state") == "rcptto" ? "RCPT" : told.stage;
        m_handler(told);
    }
    return true;
}

} // namespace bouncelab::detectors
