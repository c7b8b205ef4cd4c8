#include "detectors/readers/postfix-log-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_OPEN = 10000;

/// What stands between a label and the next comma that is not within brackets.
std::string_view
PostfixValue(std::string_view text, std::string_view label)
{
    const auto rest = scan::After(text, label);
    if (!rest)
    {
        return {};
    }
    const std::size_t close = rest->size() > 0 && rest->front() == '<' ? rest->find('>') : 0;
    return rest->substr(0, std::min(rest->find_first_of(", ", close), rest->size()));
}

std::string
PostfixPath(std::string_view value)
{
    value = Trim(value, "<>, ");
    return InLowerCase(value.substr(0, scan::LONGEST_FIELD));
}

bool
IsDeliveryAgent(std::string_view service)
{
    static constexpr std::array<std::string_view, 9>
        AGENTS{"smtp", "lmtp", "local", "virtual", "pipe", "error", "relay", "bounce", "discard"};
    return std::find(AGENTS.begin(), AGENTS.end(), service) != AGENTS.end();
}

/// A queue id and the colon behind it, off the front. Words are none: "warning: ", "statistics: ".
std::string_view
TakeQueueId(std::string_view& text)
{
    constexpr std::size_t SHORTEST = 4; // where somebody put letters in an id's place
    std::size_t end = 0;
    bool isWord = true;
    while (end < text.size() && IsAlnum(text[end]))
    {
        isWord = isWord && text[end] >= 'a' && text[end] <= 'z';
        ++end;
    }
    if (end < SHORTEST || isWord || text.substr(end, 2) != ": ")
    {
        return {};
    }
    const std::string_view id = text.substr(0, end);
    text.remove_prefix(end + 2);
    return id;
}

bool
HasEnhancedAt(std::string_view text, std::size_t at)
{
    std::string_view rest = text.substr(std::min(at, text.size()));
    return !TakeEnhancedCode(rest).empty() && StartsWith(rest, " ");
}

WallTime
TimeOf(const SyslogStamp& stamp)
{
    return stamp.month > 0 ? stamp.In1972() : WallTime();
}

} // namespace

bool
PostfixLogReader::Line(std::uint32_t number, std::string_view line)
{
    const auto row = ParseSyslogRow(line);
    const std::string_view service = row ? PostfixService(row->program) : std::string_view();
    if (service.empty())
    {
        return false;
    }
    if (m_messages.size() >= GetCaps().postfixMessages)
    {
        LeaveOut();
        return false;
    }
    const Current at{number, line, *row};
    if (service == "smtpd" || service == "postscreen")
    {
        ReadServer(at);
        return true;
    }
    std::string_view text = row->text;
    const std::string_view id = TakeQueueId(text);
    if (id.empty())
    {
        ReadHandshake(at, text) || ReadConnectFailure(at, text);
    }
    else if (service == "cleanup" &&
             (scan::Skip(text, "milter-reject: ") || scan::Skip(text, "reject: ")))
    {
        ReadReject(at, text);
    }
    else if (IsDeliveryAgent(service) && text.find("status=") != text.npos)
    {
        ReadDelivery(at, id, text);
    }
    else if (IsDeliveryAgent(service) && StartsWith(text, "host ") &&
             (text.find(" said: ") != text.npos ||
              text.find(" refused to talk to me: ") != text.npos))
    {
        // What one of several servers said, before the next is tried.
        ReportedReply reply = ReplyOf(at);
        reply.queueId = id;
        ReadReason(text, reply);
        m_attempts.push_back(std::move(reply));
    }
    else
    {
        ReadQueue(at, id, text);
    }
    return true;
}

void
PostfixLogReader::ReadServer(const Current& at)
{
    std::string_view text = at.row.text;
    if (scan::Skip(text, "connect from "))
    {
        Close(std::string(at.row.process));
        SessionOf(at, text);
        return;
    }
    if (scan::Skip(text, "disconnect from "))
    {
        SessionOf(at, text);
        Close(std::string(at.row.process));
        return;
    }
    std::string_view rest = text;
    std::string_view id = TakeQueueId(rest);
    id = id.empty() && scan::Skip(rest, "NOQUEUE: ") ? "NOQUEUE" : id;
    if (scan::Skip(rest, "client="))
    {
        Message& message = m_messages[std::string(id)];
        HostAddress address;
        ReadHost(rest.substr(0, rest.find(',')), message.clientName, address);
        message.client = address.IsKnown() ? std::optional(address) : std::nullopt;
        message.user = PostfixValue(rest, "sasl_username=");
        if (message.user.empty() && at.row.program.find("/submission") != rest.npos)
        {
            message.user = "submission";
        }
        return;
    }
    for (const std::string_view verb : {"reject: ", "milter-reject: "})
    {
        if (scan::Skip(rest, verb))
        {
            ReadReject(at, rest);
            return;
        }
    }
    if (scan::Skip(text, "warning: "))
    {
        NoteWarning(at, text);
        return;
    }
    if (scan::Skip(text, "timeout after ") || scan::Skip(text, "lost connection after "))
    {
        ReportedReply reply = ReplyOf(at);
        reply.witness = ReportedReply::Witness::Server;
        reply.failure = at.row.text.substr(0, at.row.text.find(" from "));
        reply.stage = scan::Word(text);
        ReadHost(scan::After(text, "from ").value_or(text), reply.host, reply.address);
        m_handlers.reply(reply);
    }
}

void
PostfixLogReader::NoteWarning(const Current& at, std::string_view text)
{
    constexpr std::size_t MOST_PROCESSES = 1024;
    const bool isTrouble = StartsWith(text, "connect to ") ||
                           StartsWith(text, "problem talking to server ") ||
                           text.find(" lookup error for ") != text.npos;
    if (isTrouble && !at.row.process.empty() && m_troubles.size() < MOST_PROCESSES)
    {
        m_troubles.insert_or_assign(std::string(at.row.process), std::string(text));
    }
}

std::string
PostfixLogReader::TroubleOf(const Current& at,
                            std::string_view service,
                            std::string_view said) const
{
    // What the service error hands back may be another host's, of which the queue manager has had
    // enough.
    const bool isOwn = service == "local" || service == "virtual" || service == "pipe" ||
                       (service == "error" && StartsWith(said, "mail transport unavailable"));
    if (isOwn)
    {
        return service == "error" ? std::string("the transport that its maps name")
                                  : "Postfix's " + std::string(service);
    }
    // A socket in the file system, or a port of the host that writes the log.
    const std::size_t socket = said.find("[private/");
    if (service != "lmtp" || !StartsWith(said, "connect to "))
    {
        return {};
    }
    if (socket != said.npos)
    {
        return std::string(said.substr(socket + 1, said.find(']', socket) - socket - 1));
    }
    const std::string_view host = said.substr(std::string_view("connect to ").size());
    const std::string_view label = host.substr(0, host.find_first_of(".["));
    return label == at.row.host.substr(0, at.row.host.find('.')) ? std::string(label)
                                                                 : std::string();
}

void
PostfixLogReader::ReadReject(const Current& at, std::string_view text)
{
    ReportedReply reply = ReplyOf(at);
    reply.witness = ReportedReply::Witness::Server;
    reply.stage = scan::Word(text);
    scan::SkipSpace(text);
    scan::Skip(text, "from ");
    // "mx.example[192.0.2.1]: 550", postscreen's "[192.0.2.1]:4412: 550", a filter's ": 5.7.1"
    std::size_t colon = text.find(": ");
    while (colon != text.npos && !IsReplyCodeAt(text, colon + 2) && !HasEnhancedAt(text, colon + 2))
    {
        colon = text.find(": ", colon + 2);
    }
    const std::size_t bracket = text.substr(0, colon).rfind(']');
    const std::string_view client = text.substr(0, bracket == text.npos ? colon : bracket + 1);
    ReadHost(client, reply.host, reply.address);
    const std::string_view rest = colon == text.npos ? text : text.substr(colon + 2);
    const std::size_t semicolon =
        std::min({rest.rfind("; from="), rest.rfind("; proto="), rest.size()});
    const std::string said(rest.substr(0, semicolon));
    reply.sender = PostfixPath(PostfixValue(text, " from="));
    reply.recipient = PostfixPath(PostfixValue(text, " to="));
    const std::string hello = std::string(Trim(PostfixValue(text, "helo="), "<>:"));
    const auto found = FindReply("reject: " + said);
    std::string_view words = said;
    const std::string enhanced = TakeEnhancedCode(words);
    if (!found && enhanced.empty())
    {
        return;
    }
    reply.code = found ? found->code : 0;
    reply.enhanced = found ? found->enhanced : enhanced;
    reply.reply = found ? found->words : std::string(Trim(words));
    reply.stage = StartsWith(reply.stage, "END-OF-MESSAGE") ? "content" : reply.stage;
    const auto trouble = m_troubles.find(at.row.process);
    reply.ownTrouble =
        trouble != m_troubles.end() && reply.Class() == 4 ? trouble->second : std::string();
    LogSession& session = SessionOf(at, client);
    if (session.rows.empty() && !hello.empty())
    {
        Say(session, at, m_file, "EHLO " + hello, "250");
    }
    const bool isNew = session.text.find("MAIL FROM:<" + reply.sender + ">") == std::string::npos;
    if (reply.stage == "RCPT")
    {
        if (isNew)
        {
            Say(session, at, m_file, "MAIL FROM:<" + reply.sender + ">", "250 2.1.0 Ok");
        }
        Say(session, at, m_file, "RCPT TO:<" + reply.recipient + ">", said);
    }
    m_handlers.reply(reply);
}

bool
PostfixLogReader::ReadHandshake(const Current& at, std::string_view text)
{
    // "SSL_connect error to mx.example[192.0.2.1]:587: -1", and the library's words behind it
    constexpr std::size_t MOST_HANDSHAKES = 1024;
    const auto open = m_handshakes.find(at.row.process);
    if (scan::Skip(text, "SSL_connect error to ") && m_handshakes.size() < MOST_HANDSHAKES)
    {
        ReportedReply reply = ReplyOf(at);
        reply.stage = "connect";
        ReadHost(text, reply.host, reply.address);
        reply.failure = "TLS handshake failed";
        m_handshakes.insert_or_assign(std::string(at.row.process), std::move(reply));
        return true;
    }
    if (open == m_handshakes.end() || !StartsWith(text, "warning: TLS library problem: "))
    {
        return false;
    }
    const std::string failure = ConnectFailureIn(text);
    open->second.failure = failure.empty() ? open->second.failure : failure;
    return true;
}

bool
PostfixLogReader::ReadConnectFailure(const Current& at, std::string_view text)
{
    if (!scan::Skip(text, "connect to "))
    {
        return false;
    }
    ReportedReply reply = ReplyOf(at);
    reply.stage = "connect";
    ReadOwnWords("connect to " + std::string(text), reply);
    constexpr std::size_t MOST_PROCESSES = 1024;
    constexpr std::size_t MOST_CALLS = 16;
    auto calls = m_calls.find(at.row.process);
    if (calls == m_calls.end() && m_calls.size() < MOST_PROCESSES)
    {
        calls = m_calls.try_emplace(std::string(at.row.process)).first;
    }
    if (at.row.process.empty() || calls == m_calls.end() || calls->second.size() >= MOST_CALLS)
    {
        m_handlers.reply(reply);
        return true;
    }
    calls->second.push_back(std::move(reply));
    return true;
}

void
PostfixLogReader::HandOnCalls(std::string_view process,
                              std::string_view id,
                              const std::string& recipient)
{
    const auto calls = m_calls.find(process);
    if (calls == m_calls.end())
    {
        return;
    }
    for (ReportedReply& reply : calls->second)
    {
        reply.queueId = id;
        reply.recipient = recipient;
        m_handlers.reply(reply);
    }
    m_calls.erase(calls);
}

void
PostfixLogReader::ReadDelivery(const Current& at, std::string_view id, std::string_view text)
{
    const std::string status(PostfixValue(text, "status="));
    const std::string_view relay = PostfixValue(text, "relay=");
    const std::size_t open = text.find('(', text.find("status="));
    std::string_view said = open == text.npos ? std::string_view() : text.substr(open + 1);
    said = said.empty() || said.back() != ')' ? said : said.substr(0, said.size() - 1);
    const std::string_view service = PostfixService(at.row.program);
    const bool isRemote = service == "smtp" || service == "relay";

    TrackedEvent event = EventOf(at, id, "");
    event.recipients = {PostfixPath(PostfixValue(text, "to="))};
    event.asked = PostfixPath(PostfixValue(text, "orig_to="));
    event.statuses = {std::string(said)};
    event.source = isRemote ? "SMTP" : "STOREDRIVER";
    event.event = status == "sent"       ? isRemote ? "SEND" : "DELIVER"
                  : status == "deferred" ? "DEFER"
                                         : "FAIL";
    std::string name;
    HostAddress address;
    ReadHost(relay, name, address);
    event.server = address.IsKnown() ? std::optional(address) : std::nullopt;
    m_messages[std::string(id)].events.push_back(event);
    m_handshakes.erase(std::string(at.row.process));
    if (isRemote)
    {
        HandOnCalls(at.row.process, id, event.recipients.front());
    }

    if (status == "sent" || status == "undeliverable" || status == "deliverable")
    {
        return;
    }
    ReportedReply reply = ReplyOf(at);
    reply.queueId = id;
    reply.recipient = event.recipients.front();
    reply.host = name;
    reply.address = address;
    reply.isFinal = status == "bounced" || status == "expired";
    reply.ownTrouble = TroubleOf(at, service, said);
    ReadReason(said, reply);
    reply.enhanced =
        reply.enhanced.empty() ? std::string(PostfixValue(text, "dsn=")) : reply.enhanced;
    m_replies.push_back(std::move(reply));
}

void
PostfixLogReader::ReadQueue(const Current& at, std::string_view id, std::string_view text)
{
    Message& message = m_messages[std::string(id)];
    if (scan::Skip(text, "message-id="))
    {
        message.messageId = scan::Word(text);
    }
    else if (StartsWith(text, "from=<"))
    {
        message.sender = PostfixPath(PostfixValue(text, "from="));
        if (message.events.empty() || message.events.front().event != "RECEIVE")
        {
            TrackedEvent event = EventOf(at, id, "RECEIVE");
            std::string_view size = PostfixValue(text, "size=");
            event.octets = static_cast<std::uint64_t>(scan::Number(size).value_or(0));
            event.source = message.client ? "SMTP" : "STOREDRIVER";
            message.events.insert(message.events.begin(), event);
        }
    }
    else if (text == "removed")
    {
        message.isRemoved = true;
        if (PostfixService(at.row.program) == "postsuper")
        {
            message.events.push_back(EventOf(at, id, "REMOVE"));
        }
    }
    else if (const auto report = scan::After(text, "non-delivery notification: "))
    {
        message.isReported = true;
        std::string_view rest = *report;
        const std::string reportId(scan::Word(rest));
        m_messages[reportId].reference = id;
    }
}

TrackedEvent
PostfixLogReader::EventOf(const Current& at, std::string_view id, std::string_view name) const
{
    TrackedEvent event;
    event.line = at.number;
    event.time = TimeOf(at.row.stamp);
    event.internalId = id;
    event.event = name;
    event.text = at.line;
    return event;
}

ReportedReply
PostfixLogReader::ReplyOf(const Current& at) const
{
    ReportedReply reply;
    reply.line = at.number;
    reply.text = at.line;
    if (at.row.stamp.month > 0)
    {
        reply.time = TimeOf(at.row.stamp);
    }
    reply.program = Kind();
    return reply;
}

LogSession&
PostfixLogReader::SessionOf(const Current& at, std::string_view client)
{
    const auto [found, isNew] = m_open.try_emplace(std::string(at.row.process));
    LogSession& session = found->second;
    if (isNew)
    {
        session.id = ++m_number;
        session.type = ProtocolLogType::Receive;
        session.detail = LogDetail::Dialog;
        session.quotesLines = true;
        session.connector = at.row.host;
        std::string name;
        HostAddress address;
        ReadHost(client, name, address);
        session.remote.address = address.IsKnown() ? address : HostAddress::Masked(0);
        session.local.address = HostAddress::Masked(0);
        session.start = TimeOf(at.row.stamp);
        if (m_open.size() > MOST_OPEN)
        {
            Close(m_open.begin()->first);
            return SessionOf(at, client);
        }
    }
    return session;
}

void
PostfixLogReader::Say(LogSession& session,
                      const Current& at,
                      std::uint16_t file,
                      std::string_view command,
                      std::string_view answer)
{
    LogRow row;
    row.time = TimeOf(at.row.stamp);
    row.line = at.number;
    row.file = file;
    session.Append(row, fields::protocol::RECEIVE, command, at.line);
    session.Append(row, fields::protocol::SEND, answer, at.line);
}

void
PostfixLogReader::Close(const std::string& process)
{
    const auto found = m_open.find(process);
    if (found == m_open.end())
    {
        return;
    }
    if (!found->second.rows.empty())
    {
        m_handlers.session(std::move(found->second));
    }
    m_open.erase(found);
}

void
PostfixLogReader::End()
{
    while (!m_open.empty())
    {
        Close(m_open.begin()->first);
    }
    std::vector<ReportedReply> calls;
    for (auto& [process, failed] : m_calls)
    {
        std::move(failed.begin(), failed.end(), std::back_inserter(calls));
    }
    for (auto& [process, failed] : m_handshakes)
    {
        calls.push_back(std::move(failed));
    }
    m_calls.clear();
    m_handshakes.clear();
    std::sort(calls.begin(),
              calls.end(),
              [](const ReportedReply& a, const ReportedReply& b) { return a.line < b.line; });
    std::for_each(calls.begin(), calls.end(), m_handlers.reply);
    // Where the log shows what became of the message, that says it all.
    for (ReportedReply& reply : m_attempts)
    {
        const auto& events = m_messages[reply.queueId].events;
        const bool isOpen =
            std::all_of(events.begin(),
                        events.end(),
                        [](const TrackedEvent& event) { return event.event == "RECEIVE"; });
        if (isOpen)
        {
            m_replies.push_back(std::move(reply));
        }
    }
    m_attempts.clear();
    for (ReportedReply& reply : m_replies)
    {
        const Message& message = m_messages[reply.queueId];
        reply.sender = message.sender;
        reply.messageId = message.messageId;
        reply.isUnreported = reply.isFinal && message.isRemoved && !message.isReported;
        m_handlers.reply(reply);
    }
    for (auto& [id, message] : m_messages)
    {
        message.HandOn(m_handlers.event);
    }
    m_messages.clear();
    m_replies.clear();
}

} // namespace bouncelab::detectors
