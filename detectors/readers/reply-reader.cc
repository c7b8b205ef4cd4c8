#include "detectors/readers/reply-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/exchange-fields.h"
#include "formats/sendmail-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_TOLD = 100000;
constexpr std::uint32_t CONTEXT_LINES =
    12; //!< That far what was said before a reply belongs to it.

/// Words by which a text shows whose it is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> PROGRAMS{
    {{"this is the qmail-send program", "qmail bounce"},
     {"created automatically by mail delivery software", "Exim bounce"},
     {"(exim ", "Exim bounce"},
     {"this is the mail system at host", "Postfix bounce"},
     {"transcript of session follows", "Sendmail bounce"},
     {"smtp-connection", "Node.js error"},
     {"nodemailer", "Node.js error"},
     {"smtplib.", "Python error"},
     {"javax.mail", "Java error"},
     {"com.sun.mail", "Java error"},
     {"jakarta.mail", "Java error"},
     {"phpmailer", "PHP error"},
     {"system.net.mail", ".NET error"},
     {"get-queue", "Exchange queue"},
     {"lasterror", "Exchange queue"},
     {"diagnostic information for administrators", "Exchange bounce"}}};

/// "v=..." of Exim's "H=mx.example [203.0.113.5]".
bool
ReadLabelled(std::string_view text, std::string& host, HostAddress& address)
{
    for (const std::string_view label : {" host ",
                                         "host ",
                                         " H=",
                                         "Remote-MTA: dns; ",
                                         "Remote-MTA: dns;",
                                         "while talking to ",
                                         "relay=",
                                         "Remote Server at ",
                                         "Remote server "})
    {
        const auto rest = scan::After(text, label);
        if (rest && !StartsWith(*rest, "said") &&
            (label != "host " || StartsWith(Trim(text), "host ")))
        {
            std::string name;
            HostAddress found;
            ReadHost(
                rest->substr(0, rest->find(']') == rest->npos ? rest->npos : rest->find(']') + 1),
                name,
                found);
            host = name.empty() ? host : name;
            address = found.IsKnown() ? found : address;
            return !name.empty() || found.IsKnown();
        }
    }
    return false;
}

/// "<friend@example.com>:" or "  customer@example.com" alone on a line.
std::string
LoneRecipient(std::string_view text)
{
    text = Trim(text, " \t\r");
    if (!text.empty() && text.back() == ':')
    {
        text.remove_suffix(1);
    }
    text = Trim(text, "<>");
    const bool isOne = text.find('@') != text.npos && text.find_first_of(" \t,;<>") == text.npos &&
                       text.size() < 320;
    return isOne ? InLowerCase(text) : std::string();
}

bool
IsMailSyslog(std::string_view program)
{
    return StartsWith(program, "sm-") || program == "sendmail" || StartsWith(program, "sendmail");
}

} // namespace

bool
ReplyReader::Line(std::uint32_t number, std::string_view line)
{
    if (m_isOpen && GoOn(Trim(line, LINE_BLANKS)))
    {
        return true;
    }
    HandOn();
    if (ReadSendmail(number, line))
    {
        return true;
    }
    const auto row = ParseSyslogRow(line);
    // Other logs have readers that know what of them is a reply; a row of a protocol log begins by
    // a stamp and a comma.
    const bool isExim = !row && BeginsLikeRow(line) &&
                        (line.find(" ** ") != line.npos || line.find(" == ") != line.npos ||
                         line.find(" rejected ") != line.npos);
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (isExim && ReadRejection(number, line))
    {
        return true;
    }
    const bool isOther = row && row->program != "exim" && row->program != "msmtp" &&
                         row->program != "ssmtp" && row->program != "dma";
    if (isOther || (!isExim && !row && BeginsLikeRow(line)))
    {
        const bool isMail = (row && StartsWith(row->program, "qmail")) ||
                            text.find(" H=") != text.npos || text.find("delivery ") != text.npos;
        return ReadUncolumned(number, text) ||
               (isMail && ReadFailure(number, line, row ? "qmail log" : "Exim log"));
    }
    if (!isExim && text.size() > 3 && IsDigit(text[0]) && IsDigit(text[1]) && IsDigit(text[2]) &&
        m_program.empty())
    {
        return false; // a dialog's
    }
    if (StartsWith(text, ">>> ") || StartsWith(text, "<<< ") || StartsWith(text, "#"))
    {
        return false;
    }
    const auto found = FindReply(text);
    const bool isContext = ReadContext(text.substr(0, found ? found->at : text.npos));
    if (isContext)
    {
        m_contextLine = number;
    }
    if (!found)
    {
        const std::string lower = InLowerCase(text);
        const bool isMail = isExim || !m_program.empty() || lower.find("smtp") != lower.npos ||
                            lower.find(":25") != lower.npos || lower.find("telnet") != lower.npos ||
                            lower.find("port 25") != lower.npos ||
                            lower.find("port: 25") != lower.npos;
        return (isMail && ReadFailure(number, line, isExim ? "Exim log" : "text")) || isContext;
    }
    if (number > m_contextLine + CONTEXT_LINES)
    {
        m_host.clear();
        m_address = HostAddress();
        m_stage.clear();
        m_recipient.clear();
    }
    Begin(number, line, *found);
    if (isExim)
    {
        m_open.program = "Exim log";
        m_open.isFinal = line.find(" ** ") != line.npos;
        if (line.find(" rejected ") != line.npos)
        {
            m_open.witness = ReportedReply::Witness::Server;
        }
    }
    return true;
}

bool
ReplyReader::ReadContext(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    for (const auto& [words, program] : PROGRAMS)
    {
        if (lower.find(words) != lower.npos)
        {
            m_program = program;
        }
    }
    bool isContext = ReadLabelled(text, m_host, m_address);
    const std::string stage = StageIn(text);
    if (!stage.empty())
    {
        m_stage = stage;
        isContext = true;
        // "203.0.113.5 failed after I sent the message."
        std::string_view rest = text;
        if (const auto address = HostAddress::Parse(scan::Word(rest)))
        {
            m_address = *address;
        }
    }
    if (const auto final = scan::After(text, "Final-Recipient: "))
    {
        m_recipient = InLowerCase(Trim(final->substr(final->find(';') + 1), " <>\t\r"));
        isContext = true;
    }
    else if (const std::string recipient = LoneRecipient(text);
             !recipient.empty() && !m_program.empty())
    {
        m_recipient = recipient;
        isContext = true;
    }
    if (StartsWithIgnoringCase(text, "Status: "))
    {
        m_status = Trim(text.substr(8), LINE_BLANKS);
    }
    // Fields of a notification that say nothing more.
    for (const std::string_view field : {"Reporting-MTA:",
                                         "Action:",
                                         "Status:",
                                         "Arrival-Date:",
                                         "X-Failed-Recipients:",
                                         "Last-Attempt-Date:"})
    {
        isContext = isContext || StartsWithIgnoringCase(text, field);
    }
    return isContext;
}

bool
ReplyReader::ReadSendmail(std::uint32_t number, std::string_view line)
{
    const auto row = ParseSyslogRow(line);
    if (!row || !IsMailSyslog(row->program))
    {
        return false;
    }
    const std::size_t colon = row->text.find(": ");
    if (colon == row->text.npos)
    {
        return false;
    }
    const std::string id(row->text.substr(0, colon));
    const std::string_view rest = row->text.substr(colon + 2);
    const auto value = [&](std::string_view label)
    {
        const auto after = scan::After(rest, label);
        return after ? Trim(after->substr(0, after->find(", ")), LINE_BLANKS) : std::string_view();
    };
    if (StartsWith(rest, "from="))
    {
        SendmailMessage& message = m_messages[id];
        message.messageId = value("msgid=");
        message.sender = InLowerCase(Trim(value("from="), "<>"));
        ReadHost(value("relay="), message.host, message.address);
        return true;
    }
    const auto reject = scan::After(rest, "reject=");
    const auto status = scan::After(rest, "stat=");
    if (!reject && !status)
    {
        return true;
    }
    const auto found = FindReply("reject=" + std::string(reject ? *reject : *status));
    if (!found)
    {
        ReadFailure(number, line, "Sendmail log");
        return true;
    }
    ReportedReply reply;
    reply.line = number;
    reply.text = line;
    reply.time = row->stamp.In1972();
    reply.program = "Sendmail log";
    reply.witness = reject ? ReportedReply::Witness::Server : ReportedReply::Witness::Client;
    const SendmailMessage& message = m_messages[id];
    reply.queueId = id;
    reply.messageId = message.messageId;
    reply.sender = message.sender;
    reply.host = reject ? message.host : "";
    reply.address = reject ? message.address : HostAddress();
    ReadHost(value("relay="), reply.host, reply.address);
    reply.recipient = InLowerCase(Trim(value("to="), "<>"));
    reply.stage = StartsWith(rest, "Milter: data") || StartsWith(rest, "Milter: eom") ? "content"
                  : StartsWith(rest, "ruleset=check_rcpt") || StartsWith(rest, "Milter: to")
                      ? "RCPT"
                      : "";
    reply.code = found->code;
    reply.enhanced = found->enhanced;
    reply.reply = found->words;
    reply.isFinal = found->code >= 500;
    m_handler(reply);
    return true;
}

bool
ReplyReader::ReadRejection(std::uint32_t number, std::string_view line)
{
    // "... H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT <support@own.example>: Unknown user"
    const auto rest = scan::After(line, " rejected RCPT ");
    if (!rest)
    {
        return false;
    }
    const std::size_t colon = rest->find(": ");
    const std::string_view why = colon == rest->npos ? std::string_view() : rest->substr(colon + 2);
    const std::string recipient(Trim(rest->substr(0, colon), "<> "));
    std::string sender;
    if (const auto from = scan::After(line, " F=<"))
    {
        sender = from->substr(0, from->find('>'));
    }
    std::string host;
    HostAddress address;
    ReadLabelled(line.substr(0, line.find(" rejected ")), host, address);
    std::string_view front = line;
    const auto stamp = SkipSyslogStamp(front);
    LogRow row;
    row.line = number;
    row.file = m_file;
    row.time = stamp ? stamp->In1972() : WallTime();
    constexpr std::size_t MOST_CLIENTS = 10000;
    if (m_refused.size() >= MOST_CLIENTS && m_refused.count(address.ToString()) == 0)
    {
        return true;
    }
    LogSession& session = m_refused[address.ToString()];
    const auto say = [&](const std::string& command, const std::string& answer)
    {
        session.Append(row, fields::protocol::RECEIVE, command, line);
        session.Append(row, fields::protocol::SEND, answer, line);
    };
    if (session.rows.empty())
    {
        session.id = m_refused.size();
        session.type = ProtocolLogType::Receive;
        session.quotesLines = true;
        session.local.address = HostAddress::Masked(0);
        session.remote.address = address;
        say("MAIL FROM:<" + sender + ">", "250 OK");
    }
    const bool hasCode = FindReply("said: " + std::string(why)).has_value();
    say("RCPT TO:<" + recipient + ">", (hasCode ? "" : "550 ") + std::string(why));
    return true;
}

bool
ReplyReader::ReadFailure(std::uint32_t number, std::string_view text, std::string_view program)
{
    const std::string failure = ConnectFailureIn(text);
    if (failure.empty())
    {
        return false;
    }
    ReportedReply reply;
    reply.line = number;
    reply.text = Trim(text, LINE_BLANKS);
    reply.program = program;
    reply.stage = "connect";
    reply.failure = failure;
    reply.host = m_host;
    reply.address = m_address;
    if (!ReadLabelled(text, reply.host, reply.address))
    {
        // Whatever in the line looks like the other end.
        std::string_view rest = text;
        SkipSyslogStamp(rest);
        for (std::string_view word = scan::Word(rest); !word.empty(); word = scan::Word(rest))
        {
            word = Trim(word, "()[],;:'\"<>");
            const std::size_t colon = word.rfind(':');
            const bool isPort = colon != word.npos && colon == word.find(':');
            const auto end =
                HostAddress::ParseAny(TrimEnd(isPort ? word.substr(0, colon) : word, ".,"));
            if (end && end->IsNumeric())
            {
                reply.address = *end;
            }
            else if (end && !end->IsMasked() && word.find('@') == word.npos && reply.host.empty())
            {
                reply.host = end->ToString();
            }
        }
    }
    m_handler(reply);
    return true;
}

bool
ReplyReader::ReadUncolumned(std::uint32_t number, std::string_view text)
{
    // A row of IIS's SMTP service of which the columns are gone.
    const std::string lower = InLowerCase(text);
    const std::size_t at = lower.find("outboundconnectionresponse");
    std::string_view rest = at == lower.npos ? std::string_view() : text.substr(at);
    // "smtp1-25--421+service+not+available": the reply hangs at what stands before it.
    for (std::size_t i = 2; i + 4 < rest.size() && !m_isOpen && at != lower.npos; ++i)
    {
        if ((rest[i] == '4' || rest[i] == '5') && IsDigit(rest[i + 1]) && IsDigit(rest[i + 2]) &&
            rest[i + 3] == '+' && !IsDigit(rest[i - 1]) && rest[i - 1] != ' ')
        {
            std::string words(rest.substr(i));
            std::replace(words.begin(), words.end(), '+', ' ');
            const auto found = FindReply("said: " + words.substr(0, words.find(" 0 ")));
            if (!found)
            {
                return false;
            }
            Begin(number, text, *found);
            m_open.program = "IIS SMTP service log";
            std::string_view head = text.substr(0, at);
            while (!head.empty())
            {
                const auto address = HostAddress::Parse(scan::Word(head));
                m_open.address = address ? *address : m_open.address;
            }
            m_open.stage = "greeting";
            HandOn();
            return true;
        }
    }
    return false;
}

void
ReplyReader::Begin(std::uint32_t number, std::string_view text, const FoundReply& found)
{
    m_isOpen = true;
    m_open = ReportedReply();
    m_open.line = number;
    m_open.text = Trim(text, LINE_BLANKS);
    m_open.program = m_program.empty() ? "text" : m_program;
    m_open.host = m_host;
    m_open.address = m_address;
    m_open.stage = StageIn(text).empty() ? m_stage : StageIn(text);
    m_open.recipient = m_recipient;
    m_open.code = found.code;
    m_open.enhanced = found.enhanced;
    m_open.reply = found.words;
    m_open.isFinal = found.code >= 500;
    m_isWhole = text.find("(in reply to ") != text.npos;
}

bool
ReplyReader::GoOn(std::string_view text)
{
    // Postfix's bounce breaks a reply between words, up to the step that it ended.
    constexpr std::string_view STEP = "(in reply to ";
    if (m_open.program == "Postfix bounce" && !text.empty() && !m_isWhole)
    {
        const std::size_t step = text.find(STEP);
        m_isWhole = step != text.npos;
        m_open.reply += m_open.reply.empty() ? "" : " ";
        m_open.reply += Trim(text.substr(0, step), LINE_BLANKS);
        m_open.stage = m_isWhole ? StageIn(text) : m_open.stage;
        ++m_open.lines;
        return true;
    }
    const std::string code = std::to_string(m_open.code);
    if (text.size() < 4 || text.substr(0, 3) != code || (text[3] != '-' && text[3] != ' '))
    {
        return false;
    }
    text.remove_prefix(4);
    if (!m_open.enhanced.empty())
    {
        scan::Skip(text, m_open.enhanced);
    }
    m_open.reply += " ";
    m_open.reply += Trim(text, LINE_BLANKS);
    ++m_open.lines;
    return true;
}

void
ReplyReader::HandOn()
{
    if (!m_isOpen)
    {
        return;
    }
    m_isOpen = false;
    // A bounce tells a reply twice, for people and in the status. The same in a log's lines is told
    // as often as it came.
    if (m_open.program == "Exim log" || m_open.program == "IIS SMTP service log")
    {
        m_handler(m_open);
        return;
    }
    const auto [known, isNew] =
        m_told.emplace(m_open.reply + "\n" + m_open.recipient, m_bounced.size());
    if (isNew && m_bounced.size() < MOST_TOLD)
    {
        m_bounced.push_back(m_open);
    }
    else if (!isNew)
    {
        m_bounced[known->second].status = m_status;
    }
    m_status.clear();
}

void
ReplyReader::End()
{
    HandOn();
    for (ReportedReply& reply : m_bounced)
    {
        m_handler(reply);
    }
    for (auto& [client, session] : m_refused)
    {
        m_sessions(std::move(session));
    }
    m_refused.clear();
    m_bounced.clear();
    m_told.clear();
    m_messages.clear();
}

} // namespace bouncelab::detectors
