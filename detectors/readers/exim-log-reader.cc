#include "detectors/readers/exim-log-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::string_view, 7> FLAGS{"<=", "=>", "->", ">>", "*>", "**", "=="};

/// "1qyTfE-0004Kq-1c", or of today's length "1qyTfE-00000004Kqx-1c2d".
bool
IsEximId(std::string_view word)
{
    const std::size_t first = word.find('-');
    const std::size_t second = word.find('-', first == word.npos ? first : first + 1);
    return first == 6 && second != word.npos && (second == 13 || second == 18) &&
           (word.size() == 16 || word.size() == 23) &&
           std::all_of(word.begin(), word.end(), [](char c) { return IsAlnum(c) || c == '-'; });
}

/// The text behind blanks and "[1234] ".
std::string_view
WithoutProcess(std::string_view text)
{
    scan::SkipSpace(text);
    const std::size_t close = text.find("] ");
    return StartsWith(text, "[") && close != text.npos ? text.substr(close + 2) : text;
}

/// The value behind a label that a blank precedes.
std::string_view
EximValue(std::string_view text, std::string_view label)
{
    const auto value = scan::After(text, label);
    return value ? value->substr(0, value->find(' ')) : std::string_view();
}

/// "transport maildir_home", where a transport speaks of files, sockets or commands of its own
/// host.
std::string
OwnTransport(std::string_view text)
{
    const std::string_view transport = EximValue(text, " T=");
    const bool isOwn = text.find("socket /") != text.npos ||
                       text.find("cannot create /") != text.npos ||
                       text.find("Permission denied") != text.npos ||
                       text.find("Child process of ") != text.npos ||
                       text.find("mailbox /") != text.npos || text.find("directory /") != text.npos;
    return isOwn && !transport.empty() ? "transport " + std::string(transport) : std::string();
}

/// "H=mx.example [192.0.2.1]" or "H=(helo) [192.0.2.1]"
void
ReadEximHost(std::string_view text, std::string& name, HostAddress& address)
{
    if (const auto host = scan::After(text, " H="))
    {
        const std::size_t close = host->find(']');
        ReadHost(host->substr(0, close == host->npos ? host->find(' ') : close + 1), name, address);
    }
}

} // namespace

bool
EximLogReader::Line(std::uint32_t number, std::string_view line)
{
    std::string_view text = line;
    auto stamp = SkipSyslogStamp(text);
    std::string_view bare = WithoutProcess(text);
    const auto syslog = IsEximId(scan::Word(bare)) ? std::nullopt : ParseSyslogRow(line);
    if (syslog && !StartsWith(syslog->program, "exim"))
    {
        return false;
    }
    if (syslog)
    {
        text = syslog->text;
        const auto own = SkipSyslogStamp(text);
        stamp = own ? own : stamp;
    }
    text = WithoutProcess(text);
    std::string_view rest = text;
    const std::string_view first = scan::Word(rest);
    // A row that lost its stamp still shows whose it is by the message's id.
    if (!stamp && !IsEximId(first))
    {
        return false;
    }
    if (m_messages.size() >= GetCaps().eximMessages)
    {
        LeaveOut();
        return false;
    }
    Row row{number, line, stamp ? stamp->In1972() : WallTime(), {}, text};
    if (IsEximId(first))
    {
        row.id = first;
        scan::SkipSpace(rest);
        row.text = rest;
        return ReadMessage(row);
    }
    return ReadRejection(row) || ReadAttempt(row);
}

bool
EximLogReader::ReadMessage(const Row& row)
{
    std::string_view rest = row.text;
    const std::string_view flag = scan::Word(rest);
    if (std::find(FLAGS.begin(), FLAGS.end(), flag) == FLAGS.end())
    {
        // What Exim says of itself is for whoever reads that of all services.
        return ReadRejection(row) || ReadAttempt(row) ||
               (row.text.find("No space left on device") == row.text.npos &&
                row.text.find(" acl condition: ") == row.text.npos);
    }
    scan::SkipSpace(rest);
    if (flag == "<=")
    {
        ReadArrival(row, rest);
    }
    else
    {
        ReadDelivery(row, flag, rest);
    }
    return true;
}

void
EximLogReader::ReadArrival(const Row& row, std::string_view text)
{
    TrackedMessage& message = m_messages[row.id];
    const std::string fields = " " + std::string(text);
    std::string_view rest = text;
    message.sender = InLowerCase(Trim(scan::Word(rest), "<>"));
    message.messageId = EximValue(fields, " id=");
    message.messageId =
        message.messageId.empty() ? message.messageId : "<" + message.messageId + ">";
    message.reference = EximValue(fields, " R=");
    HostAddress address;
    ReadEximHost(fields, message.clientName, address);
    message.client = address.IsKnown() ? std::optional(address) : std::nullopt;
    message.user = EximValue(fields, " A=");
    TrackedEvent event = EventOf(row, "RECEIVE");
    std::string_view size = EximValue(fields, " S=");
    event.octets = static_cast<std::uint64_t>(scan::Number(size).value_or(0));
    event.source = message.client ? "SMTP" : "STOREDRIVER";
    message.events.insert(message.events.begin(), event);
}

void
EximLogReader::ReadDelivery(const Row& row, std::string_view flag, std::string_view text)
{
    // "joe@x.example <alias@x.example> R=dnslookup T=remote_smtp H=mx.x.example [192.0.2.1] ..."
    std::string_view rest = text;
    std::string_view recipient = scan::Word(rest);
    recipient = EndsWith(recipient, ":") ? recipient.substr(0, recipient.size() - 1) : recipient;
    const std::string fields = " " + std::string(text);
    const bool isRemote = fields.find(" H=") != fields.npos;
    TrackedEvent event = EventOf(row, "");
    event.recipients = {InLowerCase(Trim(recipient, "<>"))};
    std::string_view parent = rest;
    event.asked = scan::Skip(parent, " <") ? InLowerCase(parent.substr(0, parent.find('>'))) : "";
    event.source = isRemote ? "SMTP" : "STOREDRIVER";
    event.event = flag == "**" ? "FAIL" : flag == "==" ? "DEFER" : isRemote ? "SEND" : "DELIVER";
    std::string name;
    HostAddress address;
    ReadEximHost(fields, name, address);
    event.server = address.IsKnown() ? std::optional(address) : std::nullopt;
    event.statuses = {std::string(Trim(rest))};
    m_messages[row.id].events.push_back(event);
    // Exim will not try yet: what kept it told its own row. With that it also gives up.
    if ((flag != "**" && flag != "==") ||
        (flag == "==" && text.find("retry time not reached") != text.npos))
    {
        return;
    }
    ReportedReply reply = ReplyOf(row);
    reply.recipient = event.recipients.front();
    reply.host = name;
    reply.address = address;
    reply.isFinal = flag == "**";
    reply.ownTrouble = name.empty() && !address.IsKnown() ? OwnTransport(text) : std::string();
    // The words stand behind the last field: "H=mx [192.0.2.1]: ...", "defer (110): ...", "joe:
    // ...".
    std::string_view words = text;
    const std::size_t error = text.find("SMTP error from remote");
    for (const std::string_view mark : {"]: ", "): ", ">: ", ": "})
    {
        const auto behind = scan::After(text, mark);
        if (behind && error == text.npos)
        {
            words = *behind;
            break;
        }
    }
    words = error == text.npos ? words : text.substr(error);
    ReadReason(words, reply);
    reply.host = name.empty() ? reply.host : name;
    reply.address = address.IsKnown() ? address : reply.address;
    // "defer (110): Connection timed out H=mx [192.0.2.1]: SMTP timeout after initial connection"
    if (const std::size_t stall = text.find("SMTP timeout "); stall != text.npos)
    {
        reply.failure.clear();
        reply.stage.clear();
        ReadOwnWords(text.substr(stall), reply);
    }
    else if (const std::string failure = reply.HasReply() ? "" : ConnectFailureIn(words);
             !failure.empty())
    {
        reply.stage = "connect";
        reply.failure = failure;
    }
    Tell(std::move(reply));
}

bool
EximLogReader::ReadAttempt(const Row& row)
{
    // "H=mx.x.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<joe@x>: 450
    // ..."
    if (!StartsWith(row.text, "H=") && row.text.find(" H=") == row.text.npos &&
        row.text.find("SMTP error from remote") == row.text.npos)
    {
        return false;
    }
    ReportedReply reply = ReplyOf(row);
    const std::string fields = " " + std::string(row.text);
    ReadEximHost(fields, reply.host, reply.address);
    if (row.text.find(" authenticator failed H=") != row.text.npos)
    {
        // "plain authenticator failed H=mx.x.example [192.0.2.1] 535 5.7.8 Error: ..."
        const std::size_t close = row.text.find("] ");
        ReadReason("said: " + std::string(row.text.substr(close == row.text.npos ? row.text.size()
                                                                                 : close + 2)),
                   reply);
        reply.stage = "AUTH";
        if (reply.code != 0)
        {
            Tell(std::move(reply));
            return true;
        }
        return false;
    }
    const std::size_t error = row.text.find("SMTP error from remote");
    const std::size_t stall = row.text.find("SMTP timeout ");
    const std::string failure =
        error == row.text.npos && stall == row.text.npos ? ConnectFailureIn(row.text) : "";
    if (error == row.text.npos && stall == row.text.npos && failure.empty())
    {
        return false;
    }
    if (stall != row.text.npos)
    {
        // The session stood: "SMTP timeout after end of data (9024 bytes written): Connection ..."
        const std::string_view words = row.text.substr(stall);
        ReadOwnWords(words.substr(0, words.find(": ")), reply);
    }
    else if (!failure.empty())
    {
        reply.stage = "connect";
        reply.failure = failure;
    }
    else
    {
        ReadReason(row.text.substr(error), reply);
        if (const auto recipient = scan::After(row.text, "RCPT TO:<"))
        {
            reply.recipient = InLowerCase(recipient->substr(0, recipient->find('>')));
        }
    }
    Tell(std::move(reply));
    return true;
}

bool
EximLogReader::ReadRejection(const Row& row)
{
    // "... H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT <support@own.example>: Unknown user"
    const auto rest = scan::After(row.text, " rejected ");
    if (!rest || row.text.find("H=") == row.text.npos)
    {
        return false;
    }
    const std::size_t colon = rest->find(": ");
    std::string_view why =
        colon == rest->npos ? std::string_view() : Trim(rest->substr(colon + 2), LINE_BLANKS);
    std::string_view before = row.text.substr(0, row.text.find(" rejected "));
    const bool isForNow = EndsWith(before, " temporarily");
    if (StartsWith(*rest, "connection from") && why.empty())
    {
        // "SMTP protocol synchronization error (input sent ...): rejected connection from H=..."
        why = TrimEnd(before, ": ");
    }
    std::string_view step = rest->substr(0, colon);
    const bool isRecipient = scan::Skip(step, "RCPT ");
    ReportedReply reply = ReplyOf(row);
    reply.witness = ReportedReply::Witness::Server;
    const std::string fields = " " + std::string(before);
    ReadEximHost(" " + std::string(row.text), reply.host, reply.address);
    reply.recipient = isRecipient ? InLowerCase(Trim(step, "<> ")) : "";
    const auto from = scan::After(fields, " F=<");
    const std::string sender(from ? from->substr(0, from->find('>')) : std::string_view());
    reply.sender = InLowerCase(sender);
    const auto found = FindReply("said: " + std::string(why));
    reply.code = found ? found->code : isForNow ? 450 : 550;
    reply.isCodeTold = found.has_value();
    reply.enhanced = found ? found->enhanced : "";
    reply.reply = found ? found->words : std::string(Trim(why, "\""));
    reply.stage = isRecipient ? "RCPT" : StageIn(std::string(" after ") + std::string(step));
    m_replies.push_back(reply);
    const std::string client = reply.address.ToString();
    if (!isRecipient)
    {
        return true;
    }
    if (m_refused.size() >= GetCaps().eximClients && m_refused.count(client) == 0)
    {
        LeaveOut();
        return true;
    }
    LogRow told;
    told.line = row.number;
    told.file = m_file;
    told.time = row.time;
    LogSession& session = m_refused[client];
    const auto say = [&](const std::string& command, const std::string& answer)
    {
        session.Append(told, fields::protocol::RECEIVE, command, row.line);
        session.Append(told, fields::protocol::SEND, answer, row.line);
    };
    if (session.rows.empty())
    {
        session.id = m_refused.size();
        session.type = ProtocolLogType::Receive;
        session.quotesLines = true;
        session.local.address = HostAddress::Masked(0);
        session.remote.address = reply.address;
        say("MAIL FROM:<" + sender + ">", "250 OK");
    }
    say("RCPT TO:<" + std::string(Trim(step, "<> ")) + ">",
        (found ? "" : std::to_string(reply.code) + " ") + std::string(why));
    return true;
}

TrackedEvent
EximLogReader::EventOf(const Row& row, std::string_view name) const
{
    TrackedEvent event;
    event.line = row.number;
    event.time = row.time;
    event.internalId = row.id;
    event.event = name;
    event.text = row.line;
    return event;
}

ReportedReply
EximLogReader::ReplyOf(const Row& row) const
{
    ReportedReply reply;
    reply.line = row.number;
    reply.text = row.line;
    reply.time = row.time;
    reply.program = Kind();
    reply.queueId = row.id;
    return reply;
}

void
EximLogReader::Tell(ReportedReply reply)
{
    // The row of the attempt, and the one of what became of the recipient.
    const std::int64_t moment = reply.time.value_or(WallTime()).time_since_epoch().count();
    const std::string message =
        reply.queueId + "\n" + reply.Words() + "\n" + std::to_string(moment / 10000000000);
    const std::string end = reply.host + reply.address.ToString();
    const bool isNameless = reply.host.empty() && !reply.address.IsKnown();
    const bool isKnown = m_told.count(message) > 0;
    m_told.insert(message);
    if (!m_told.insert(message + "\n" + reply.recipient + "\n" + end).second ||
        (isNameless && isKnown))
    {
        return;
    }
    m_replies.push_back(std::move(reply));
}

void
EximLogReader::End()
{
    for (ReportedReply& reply : m_replies)
    {
        const auto message = m_messages.find(reply.queueId);
        if (message != m_messages.end() && reply.witness == ReportedReply::Witness::Client)
        {
            reply.sender = message->second.sender;
            reply.messageId = message->second.messageId;
        }
        m_handlers.reply(reply);
    }
    for (auto& [id, message] : m_messages)
    {
        message.HandOn(m_handlers.event);
    }
    for (auto& [client, session] : m_refused)
    {
        m_handlers.session(std::move(session));
    }
    m_messages.clear();
    m_refused.clear();
    m_replies.clear();
    m_told.clear();
}

} // namespace bouncelab::detectors
