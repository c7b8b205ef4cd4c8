#include "models/mail/remote-report.h"

#include "models/smtp/text-template.h"

#include <string_view>

namespace bouncelab::mail
{

namespace
{

/// \param atBest what a code below 400 means here.
Outcome ByCode(std::uint32_t code, Outcome atBest)
{
    return code >= 500 ? Outcome::Failure : code >= 400 ? Outcome::Deferral : atBest;
}

std::string QuoteReply(const RemoteOutcome& outcome, const ReportTexts& texts)
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

DeliveryReport Fill(Outcome result,
                    std::string_view text,
                    const RemoteOutcome& outcome,
                    const ReportTexts& texts)
{
    DeliveryReport report;
    report.outcome = result;
    smtp::ExpandTemplate(report.text,
                         text,
                         [&](std::string& out, std::string_view word)
                         {
                             if (word == "peer")
                             {
                                 out += outcome.peer.ToString();
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
                                 out += outcome.possibleDuplicate ? texts.duplicateNote
                                                                  : std::string();
                             }
                             else
                             {
                                 return false;
                             }
                             return true;
                         });
    return report;
}

} // namespace

DeliveryReport RemoteReport(const RemoteOutcome& outcome, const ReportTexts& texts)
{
    const auto fill = [&](Outcome result, const std::string& text)
    { return Fill(result, text, outcome, texts); };
    const std::uint32_t code = outcome.replyCode;
    if (outcome.stage == RemoteStage::Resolve)
    {
        return outcome.lookupFailed ? fill(Outcome::Deferral, texts.lookupFailed)
                                    : fill(Outcome::Failure, texts.unknownHost);
    }
    if (outcome.stage == RemoteStage::Connect)
    {
        return fill(Outcome::Deferral, texts.noConnection);
    }
    if (code == 0)
    {
        return fill(Outcome::Deferral, texts.connectionDied);
    }
    switch (outcome.stage)
    {
    case RemoteStage::Greeting:
        return fill(Outcome::Deferral, texts.greeting);
    case RemoteStage::Hello:
        return fill(Outcome::Deferral, texts.hello);
    case RemoteStage::Mail:
        return fill(ByCode(code, Outcome::Deferral), texts.sender);
    case RemoteStage::Recipient:
        return fill(ByCode(code, Outcome::Deferral), texts.recipient);
    case RemoteStage::Data:
        return fill(ByCode(code, Outcome::Deferral), texts.data);
    default:
        break;
    }
    const Outcome result = ByCode(code, Outcome::Success);
    return fill(result, result == Outcome::Success ? texts.accepted : texts.message);
}

DeliveryReport LocalDeliveryReport(const ReportTexts& texts)
{
    return {Outcome::Success, texts.localDelivery};
}

} // namespace bouncelab::mail
