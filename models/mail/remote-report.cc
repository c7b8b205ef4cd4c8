#include "models/mail/remote-report.h"

#include "formats/text.h"
#include "models/smtp/text-template.h"

#include <string_view>

namespace bouncelab::mail
{

using smtp::Stage;

namespace
{

/// \param atBest what a code below 400 means here.
DeliveryOutcome
ByCode(std::uint32_t code, DeliveryOutcome atBest)
{
    return code >= 500   ? DeliveryOutcome::Failure
           : code >= 400 ? DeliveryOutcome::Deferral
                         : atBest;
}

/// What RFC 3463 calls an end of this kind where no server said it.
std::string_view
StatusWithoutReply(const RemoteOutcome& outcome)
{
    if (outcome.stage == Stage::Resolve)
    {
        return outcome.lookupFailed ? "4.4.3" : "5.1.2";
    }
    return outcome.stage == Stage::Connect ? "4.4.1" : "4.4.2";
}

std::string_view
CommandOf(Stage stage)
{
    switch (stage)
    {
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Greeting:
        break;
    case Stage::Hello:
        return "EHLO";
    case Stage::Mail:
        return "MAIL FROM";
    case Stage::Recipient:
        return "RCPT TO";
    case Stage::Data:
        return "DATA";
    case Stage::Message:
    case Stage::Quit:
        return "end of DATA";
    }
    return "";
}

/// A reply on one line.
std::string
Joined(std::string_view reply)
{
    std::string joined;
    for (const char c : reply)
    {
        joined += c == '\0' ? '?' : c == '\n' || c == '\r' ? ' ' : c;
    }
    joined.erase(joined.find_last_not_of(' ') + 1);
    return joined;
}

StatusNote
NoteOf(DeliveryOutcome result, const RemoteOutcome& outcome)
{
    StatusNote note;
    if (outcome.stage != Stage::Resolve && outcome.stage != Stage::Connect)
    {
        note.remoteAddress = outcome.peer.ToString();
        note.remoteName = outcome.name.empty() ? note.remoteAddress : outcome.name;
    }
    if (outcome.replyCode == 0)
    {
        note.status = StatusWithoutReply(outcome);
        return note;
    }
    note.diagnostic = Joined(outcome.replyText);
    note.command = CommandOf(outcome.stage);
    note.status = EnhancedStatusOf(outcome.replyText);
    // The class has to be that of the action (RFC 3464 2.3.4), whatever the server says.
    const char leading = result == DeliveryOutcome::Success    ? '2'
                         : result == DeliveryOutcome::Deferral ? '4'
                                                               : '5';
    if (note.status.empty())
    {
        note.status = ".0.0";
        note.status.insert(note.status.begin(), leading);
    }
    note.status.front() = leading;
    return note;
}

std::string
QuoteReply(const RemoteOutcome& outcome, const ReportTexts& texts)
{
    std::string quoted;
    if (outcome.replyText.empty())
    {
        return quoted;
    }
    smtp::ExpandTemplate(quoted,
                         texts.replyLine,
                         [&](std::string& out, std::string_view word)
                         {
                             if (word != "text")
                             {
                                 return false;
                             }
                             for (const char c : outcome.replyText)
                             {
                                 out += c == '\0' ? '?' : c;
                             }
                             return true;
                         });
    if (quoted.back() != '\n')
    {
        quoted += '\n';
    }
    return quoted;
}

DeliveryReport
Fill(DeliveryOutcome result,
     std::string_view text,
     const RemoteOutcome& outcome,
     const ReportTexts& texts)
{
    DeliveryReport report;
    report.outcome = result;
    report.note = NoteOf(result, outcome);
    smtp::ExpandTemplate(
        report.text,
        text,
        [&](std::string& out, std::string_view word)
        {
            if (word == "peer")
            {
                out += outcome.peer.ToString();
            }
            else if (word == "name")
            {
                out += outcome.name.empty() ? outcome.peer.ToString() : outcome.name;
            }
            else if (word == "recipient")
            {
                out += outcome.recipient;
            }
            else if (word == "said")
            {
                out += Joined(outcome.replyText);
            }
            else if (word == "host")
            {
                out += outcome.host;
            }
            else if (word == "reply")
            {
                out += QuoteReply(outcome, texts);
            }
            else if (word == "duplicate")
            {
                out += outcome.possibleDuplicate ? texts.duplicateNote : std::string();
            }
            else
            {
                return false;
            }
            return true;
        });
    report.unconfirmed = outcome.possibleDuplicate ? 1 : 0;
    return report;
}

} // namespace

DeliveryReport
RemoteReport(const RemoteOutcome& outcome, const ReportTexts& texts)
{
    const auto fill = [&](DeliveryOutcome result, const std::string& text)
    { return Fill(result, text, outcome, texts); };
    const std::uint32_t code = outcome.replyCode;
    if (outcome.stage == Stage::Resolve)
    {
        return outcome.lookupFailed ? fill(DeliveryOutcome::Deferral, texts.lookupFailed)
                                    : fill(DeliveryOutcome::Failure, texts.unknownHost);
    }
    if (outcome.stage == Stage::Connect)
    {
        return fill(DeliveryOutcome::Deferral, texts.noConnection);
    }
    if (outcome.authNotOffered && !texts.authNotOffered.empty())
    {
        return fill(DeliveryOutcome::Deferral, texts.authNotOffered);
    }
    if (code == 0)
    {
        return fill(DeliveryOutcome::Deferral, texts.connectionDied);
    }
    switch (outcome.stage)
    {
    case Stage::Greeting:
        return fill(DeliveryOutcome::Deferral, texts.greeting);
    case Stage::Hello:
        return fill(DeliveryOutcome::Deferral,
                    outcome.opening == smtp::HelloStep::Hello || texts.opening.empty()
                        ? texts.hello
                        : texts.opening);
    case Stage::Mail:
        return fill(ByCode(code, DeliveryOutcome::Deferral), texts.sender);
    case Stage::Recipient:
        return fill(ByCode(code, DeliveryOutcome::Deferral), texts.recipient);
    case Stage::Data:
        return fill(ByCode(code, DeliveryOutcome::Deferral), texts.data);
    default:
        break;
    }
    const DeliveryOutcome result = ByCode(code, DeliveryOutcome::Success);
    return fill(result, result == DeliveryOutcome::Success ? texts.accepted : texts.message);
}

DeliveryReport
LocalDeliveryReport(const ReportTexts& texts)
{
    DeliveryReport report;
    report.text = texts.localDelivery;
    report.note.status = "2.0.0";
    return report;
}

std::string_view
EnhancedStatusOf(std::string_view reply)
{
    const auto digits = [&](std::size_t& at)
    {
        const std::size_t from = at;
        while (at < reply.size() && IsDigit(reply[at]) && at - from < 3)
        {
            ++at;
        }
        return at > from;
    };
    if (reply.size() < 9 || std::string_view("245").find(reply[4]) == std::string_view::npos ||
        reply[5] != '.')
    {
        return {};
    }
    std::size_t at = 6;
    if (!digits(at) || at >= reply.size() || reply[at] != '.' || !digits(++at) ||
        (at < reply.size() && reply[at] != ' ' && reply[at] != '\n'))
    {
        return {};
    }
    return reply.substr(4, at - 4);
}

} // namespace bouncelab::mail
