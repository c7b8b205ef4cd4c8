#include "detectors/readers/cloud-event-reader.h"

#include "detectors/readers/json-member.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

namespace
{

using CloudJson = nlohmann::json;

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
    reply.recipient = InLowerCase(JsonText(MemberOf(event, "recipient")));
    const CloudJson status = MemberOf(event, "delivery-status");
    const CloudJson results = MemberOf(event, "results");
    if (status.is_object() && !JsonText(MemberOf(event, "event")).empty())
    {
        if (JsonText(MemberOf(event, "event")) != "failed")
        {
            return true;
        }
        const std::string message = JsonText(MemberOf(status, "message"));
        reply.program = "Mailgun log";
        TakeOutcome(JsonText(MemberOf(status, "code")),
                    message.empty() ? JsonText(MemberOf(status, "description")) : message,
                    reply);
        reply.isFinal = JsonText(MemberOf(event, "severity")) == "permanent";
        m_handler(reply);
        return true;
    }
    if (!results.is_array() || reply.recipient.empty())
    {
        return false;
    }
    reply.program = "MailerQ log";
    reply.sender = InLowerCase(JsonText(MemberOf(event, "envelope")));
    for (const CloudJson& result : results)
    {
        const std::string code = JsonText(MemberOf(result, "code"));
        if (JsonText(MemberOf(result, "type")) != "error" || code.empty())
        {
            continue;
        }
        ReportedReply told = reply;
        told.enhanced = JsonText(MemberOf(result, "status"));
        TakeOutcome(code, JsonText(MemberOf(result, "description")), told);
        told.isFinal = told.code >= 500;
        told.address = HostAddress::Parse(JsonText(MemberOf(result, "to"))).value_or(HostAddress());
        told.stage = JsonText(MemberOf(result, "state")) == "rcptto" ? "RCPT" : told.stage;
        m_handler(told);
    }
    return true;
}

} // namespace bouncelab::detectors
