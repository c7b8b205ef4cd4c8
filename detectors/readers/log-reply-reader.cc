#include "detectors/readers/log-reply-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/reply-in-text.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

ReportedReply
RowReply(std::uint32_t number, std::string_view line, std::string_view program)
{
    ReportedReply reply;
    reply.line = number;
    reply.text = line;
    reply.program = program;
    if (const auto stamp = TakeSyslogStamp(line))
    {
        reply.time = stamp->In1972();
    }
    return reply;
}

std::string
BareMailbox(std::string_view value)
{
    return InLowerCase(Trim(value, "<>, \""));
}

/// The value behind `name="`, up to the quote that closes it.
std::string_view
QuotedValue(std::string_view text, std::string_view name)
{
    auto value = scan::After(text, name);
    if (!value || !scan::Skip(*value, "=\""))
    {
        return {};
    }
    return value->substr(0, value->find('"'));
}

bool
IsSendmailProgram(std::string_view program)
{
    return StartsWith(program, "sm-") || StartsWith(program, "sendmail");
}

/// The step that a ruleset or a milter's call belongs to.
std::string
StepOf(std::string_view text)
{
    return StartsWith(text, "Milter: data") || StartsWith(text, "Milter: eom")          ? "content"
           : StartsWith(text, "ruleset=check_rcpt") || StartsWith(text, "Milter: to")   ? "RCPT"
           : StartsWith(text, "ruleset=check_mail") || StartsWith(text, "Milter: from") ? "MAIL"
           : StartsWith(text, "ruleset=check_relay")                                    ? "greeting"
                                                                                        : "";
}

} // namespace

bool
LogReplyReader::Line(std::uint32_t number, std::string_view line)
{
    if (m_qmail.Line(number, line))
    {
        return true;
    }
    if (ReadPolicy(number, line))
    {
        return true;
    }
    if (!BeginsLikeRow(line))
    {
        return false;
    }
    if (const auto row = ParseSyslogRow(line))
    {
        if (IsSendmailProgram(row->program))
        {
            return ReadSendmail(number, line, *row);
        }
        if (StartsWith(row->program, "courier"))
        {
            return ReadCourier(number, line, *row);
        }
        if (row->program == "smtpd" && ReadOpenSmtpd(number, line, *row))
        {
            return true;
        }
        if (!PostfixService(row->program).empty() || StartsWith(row->program, "postfix") ||
            StartsWith(row->program, "exim"))
        {
            return false;
        }
    }
    return ReadUncolumned(number, line) || ReadAny(number, line);
}

bool
LogReplyReader::ReadPolicy(std::uint32_t number, std::string_view line)
{
    // Postgrey's: "action=greylist, reason=new, client_name=a.example, client_address=192.0.2.1/32,
    // sender=b@a.example, recipient=joe@own.example"
    const auto behind = scan::After(line, "action=greylist, reason=");
    if (!behind)
    {
        return line.find("action=pass, reason=") != line.npos;
    }
    if (BeginsLikeRow(line))
    {
        return true; // Postfix's own row tells of the same.
    }
    const auto value = [&](std::string_view label)
    {
        const auto after = scan::After(*behind, label);
        return after ? after->substr(0, after->find_first_of(",/ ")) : std::string_view();
    };
    ReportedReply reply = RowReply(number, line, "Postgrey log");
    reply.witness = ReportedReply::Witness::Server;
    reply.code = 450;
    reply.isCodeTold = false;
    reply.reply = "greylisted: " + std::string(behind->substr(0, behind->find(',')));
    reply.stage = "RCPT";
    reply.host = InLowerCase(value(" client_name="));
    reply.address = HostAddress::Parse(value(" client_address=")).value_or(HostAddress());
    reply.sender = BareMailbox(value(" sender="));
    reply.recipient = BareMailbox(value(" recipient="));
    m_handler(reply);
    return true;
}

bool
LogReplyReader::ReadSendmail(std::uint32_t number, std::string_view line, const SyslogRow& row)
{
    const std::size_t colon = row.text.find(": ");
    if (colon == row.text.npos)
    {
        return false;
    }
    if (m_messages.size() >= GetCaps().queuedMessages)
    {
        LeaveOut();
        return false;
    }
    const std::string id(row.text.substr(0, colon));
    const std::string_view rest = row.text.substr(colon + 2);
    const auto value = [&](std::string_view label)
    {
        const auto after = scan::After(rest, label);
        return after ? Trim(after->substr(0, after->find(", ")), LINE_BLANKS) : std::string_view();
    };
    if (StartsWith(rest, "from="))
    {
        SendmailMessage& message = m_messages[id];
        message.messageId = value("msgid=");
        message.sender = BareMailbox(value("from="));
        ReadHost(value("relay="), message.host, message.address);
        return true;
    }
    const auto reject = scan::After(rest, "reject=");
    auto status = scan::After(rest, "stat=");
    if ((!reject && !status) ||
        (!reject &&
         (StartsWith(*status, "Sent") || StartsWith(*status, "queued") || *status == "Deferred")))
    {
        return true;
    }
    const SendmailMessage& message = m_messages[id];
    ReportedReply reply = RowReply(number, line, "Sendmail log");
    reply.queueId = id;
    reply.messageId = message.messageId;
    reply.sender = message.sender;
    if (reject)
    {
        reply.witness = ReportedReply::Witness::Server;
        reply.host = message.host;
        reply.address = message.address;
        ReadReason(*reject, reply);
        reply.stage = StepOf(rest);
        reply.recipient = reply.stage == "RCPT" ? BareMailbox(value("arg1=")) : "";
        ReadHost(value("relay="), reply.host, reply.address);
    }
    else
    {
        scan::Skip(*status, "Deferred: ");
        ReadReason(*status, reply);
        const std::string failure = reply.HasReply() ? "" : ConnectFailureIn(*status);
        reply.stage = failure.empty() ? reply.stage : "connect";
        reply.failure = failure.empty() ? reply.failure : failure;
        reply.recipient = BareMailbox(value("to="));
        reply.enhanced = reply.enhanced.empty() ? value("dsn=") : reply.enhanced;
        reply.isFinal = reply.Class() == 5;
        ReadHost(value("relay="), reply.host, reply.address);
    }
    m_handler(reply);
    return true;
}

void
LogReplyReader::ReadQmail(const LoggedDelivery& delivery)
{
    if (delivery.outcome == "success")
    {
        return;
    }
    std::string text(delivery.report);
    std::replace(text.begin(), text.end(), '_', ' ');
    std::replace(text.begin(), text.end(), '/', '\n');
    ReportedReply reply = RowReply(delivery.line, delivery.text, "qmail log");
    reply.time = delivery.time ? delivery.time : reply.time;
    reply.recipient = InLowerCase(delivery.recipient);
    reply.isFinal = delivery.outcome == "failure";
    std::string_view words = text;
    words = words.substr(0, words.find("Giving up on"));
    const auto said = scan::After(words, "Remote host said: ");
    const auto found = said ? FindReply("said: " + std::string(*said)) : std::nullopt;
    if (found)
    {
        reply.code = found->code;
        reply.enhanced = found->enhanced;
        reply.reply = found->words;
        reply.stage = StageIn(text);
    }
    else
    {
        const std::string own = OneLine(words);
        ReadOwnWords(own, reply);
        const std::string failure = ConnectFailureIn(own);
        reply.stage = failure.empty() ? reply.stage : "connect";
        reply.failure = failure.empty() ? reply.failure : failure;
    }
    // "192.0.2.1 does not like recipient.", "Connected to 192.0.2.1 but greeting failed."
    std::string_view head = words.substr(0, words.find('\n'));
    for (std::string_view word = scan::Word(head); !word.empty(); word = scan::Word(head))
    {
        const auto address = HostAddress::Parse(word);
        reply.address = address ? *address : reply.address;
    }
    m_handler(reply);
}

bool
LogReplyReader::ReadCourier(std::uint32_t number, std::string_view line, const SyslogRow& row)
{
    // "id=1.2,from=<a@b>,addr=<c@d>: 550 ...", "error,relay=::ffff:192.0.2.1,from=<a@b>,to=<c@d>:
    // 550 ..."
    const std::size_t colon = row.text.find(": ");
    if (colon == row.text.npos || row.text.find("from=") == row.text.npos)
    {
        return true;
    }
    const std::string_view head = row.text.substr(0, colon);
    const auto value = [&](std::string_view label)
    {
        const auto after = scan::After(head, label);
        return after ? after->substr(0, after->find(',')) : std::string_view();
    };
    const std::string_view words = row.text.substr(colon + 2);
    ReportedReply reply = RowReply(number, line, "Courier log");
    ReadReason(words, reply);
    const bool isServer = StartsWith(head, "error,");
    if (!reply.HasReply() && ConnectFailureIn(words).empty())
    {
        return true; // "status: failure" and the like
    }
    if (!reply.HasReply())
    {
        reply.stage = "connect";
        reply.failure = ConnectFailureIn(words);
    }
    reply.witness = isServer ? ReportedReply::Witness::Server : ReportedReply::Witness::Client;
    reply.queueId = value("id=");
    reply.sender = BareMailbox(value("from="));
    reply.recipient = BareMailbox(value(isServer ? ",to=" : "addr="));
    reply.isFinal = reply.Class() == 5;
    std::string_view relay = value("relay=");
    scan::Skip(relay, "::ffff:");
    reply.address = HostAddress::Parse(relay).value_or(reply.address);
    m_handler(reply);
    return true;
}

bool
LogReplyReader::ReadOpenSmtpd(std::uint32_t number, std::string_view line, const SyslogRow& row)
{
    const std::string_view text = row.text;
    const bool isDelivery = text.find(" mta ") != text.npos && text.find("result=") != text.npos;
    const bool isCommand = text.find("failed-command") != text.npos;
    if (!isDelivery && !isCommand)
    {
        return text.find(" mta ") != text.npos || text.find(" smtp ") != text.npos;
    }
    ReportedReply reply = RowReply(number, line, "OpenSMTPD log");
    const std::string_view result = QuotedValue(text, " result");
    if (StartsWith(result, "Ok"))
    {
        return true;
    }
    ReadReason(isDelivery ? QuotedValue(text, " stat") : result, reply);
    const auto mailbox = [&](std::string_view label)
    {
        const auto after = scan::After(text, label);
        return after ? BareMailbox(after->substr(0, after->find('>'))) : std::string();
    };
    reply.sender = mailbox(" from=<");
    reply.recipient = mailbox(isDelivery ? " to=<" : "RCPT TO:<");
    if (isCommand)
    {
        reply.witness = ReportedReply::Witness::Server;
        reply.stage = StageIn("after " + std::string(QuotedValue(text, " command")));
        const auto address = scan::After(text, "address=");
        reply.address =
            address
                ? HostAddress::Parse(address->substr(0, address->find(' '))).value_or(HostAddress())
                : HostAddress();
    }
    // relay="198.51.100.10 (mx.hub.example)"
    std::string_view relay = QuotedValue(text, " relay");
    const std::string_view first = scan::Word(relay);
    const std::string_view second = Trim(relay, " ()");
    if (const auto address = HostAddress::Parse(first))
    {
        reply.address = *address;
        reply.host = InLowerCase(second);
    }
    reply.isFinal = StartsWith(result, "PermFail") || reply.Class() == 5;
    if (reply.HasReply() || !reply.failure.empty())
    {
        m_handler(reply);
    }
    return true;
}

bool
LogReplyReader::ReadUncolumned(std::uint32_t number, std::string_view line)
{
    // A row of IIS's SMTP service of which the columns are gone.
    const std::string_view text = Trim(line, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    const std::size_t at = lower.find("outboundconnectionresponse");
    std::string_view rest = at == lower.npos ? std::string_view() : text.substr(at);
    // "smtp1-25--421+service+not+available": the reply hangs at what stands before it.
    for (std::size_t i = 2; i + 4 < rest.size(); ++i)
    {
        if ((rest[i] != '4' && rest[i] != '5') || !IsDigit(rest[i + 1]) || !IsDigit(rest[i + 2]) ||
            rest[i + 3] != '+' || IsDigit(rest[i - 1]) || rest[i - 1] == ' ')
        {
            continue;
        }
        std::string words(rest.substr(i));
        std::replace(words.begin(), words.end(), '+', ' ');
        const auto found = FindReply("said: " + words.substr(0, words.find(" 0 ")));
        if (!found)
        {
            return false;
        }
        ReportedReply reply = RowReply(number, text, "IIS SMTP service log");
        reply.time.reset();
        reply.code = found->code;
        reply.enhanced = found->enhanced;
        reply.reply = found->words;
        reply.isFinal = found->code >= 500;
        reply.stage = "greeting";
        std::string_view head = text.substr(0, at);
        for (std::string_view word = scan::Word(head); !word.empty(); word = scan::Word(head))
        {
            const auto address = HostAddress::Parse(word);
            reply.address = address ? *address : reply.address;
        }
        m_handler(reply);
        return true;
    }
    return false;
}

bool
LogReplyReader::ReadAny(std::uint32_t number, std::string_view line)
{
    std::string_view text = line;
    if (!SkipSyslogStamp(text) || StartsWith(text, ",") || text.find('@') == text.npos)
    {
        return false; // of a protocol log, of packets, or about no mailbox
    }
    const auto found = FindReplyInText(text, true);
    if (!found || !found->isLed)
    {
        return false;
    }
    ReportedReply reply = RowReply(number, line, "mail log");
    ReadReason(text.substr(0, found->end), reply);
    reply.code = found->code;
    reply.enhanced = found->enhanced;
    reply.reply = found->words;
    reply.isFinal = found->code >= 500;
    m_handler(reply);
    return true;
}

void
LogReplyReader::End()
{
    m_qmail.End();
    m_messages.clear();
}

} // namespace bouncelab::detectors
