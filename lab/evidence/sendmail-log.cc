#include "formats/queue-id.h"
#include "formats/random.h"
#include "formats/sendmail-fields.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/syslog-head.h"

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace bouncelab::evidence::sendmail
{

using mail::QueueEvent;
using Kind = QueueEvent::Kind;

constexpr std::uint64_t RECIPIENT_FACTOR = 30000;
constexpr std::uint64_t RETRY_FACTOR = 90000;
constexpr std::uint32_t CHILD_STEP = 9; //!< A delivery runs in a process that was begun after it.
constexpr std::int64_t FIRST_PROCESS = 2000;
constexpr std::int64_t LAST_PROCESS = 30000;

std::string
RelayText(const std::string& name, const std::string& address)
{
    const std::string tag = address.find(':') == address.npos ? "[" : "[IPv6:";
    return (name.empty() ? tag : name + " " + tag) + address + "]";
}

std::string
Duration(Nanoseconds time)
{
    const std::int64_t seconds = time / std::chrono::seconds(1);
    std::string text;
    if (seconds >= 86400)
    {
        Print(text, "{}+", seconds / 86400);
    }
    Print(text, "{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    return text;
}

/// "User unknown" of "550 5.1.1 <a@b>... User unknown".
std::string
Reason(std::string_view text)
{
    const std::string line(FirstLine(text));
    const std::size_t dots = line.find("... ");
    if (dots != std::string::npos)
    {
        return line.substr(dots + 4);
    }
    const bool coded = line.size() > 10 && line[3] == ' ' && line[5] == '.';
    return coded ? line.substr(line.find(' ', 4) + 1) : line;
}

std::string
StatusText(const QueueEvent& event)
{
    if (event.outcome != mail::DeliveryOutcome::Success)
    {
        return Reason(event.text);
    }
    const std::string& reply = event.note.diagnostic;
    return reply.size() > 4 ? std::string(fields::sendmail::SENT) + " (" + reply.substr(4) + ")"
                            : std::string(fields::sendmail::SENT);
}

/// How a message came to a sendmail, as the line "from=" tells.
struct FromLine
{
    std::string clientName;       //!< By reverse DNS; empty = none.
    std::string client;           //!< Its address; empty for what a program of the host submits.
    std::string protocol{"SMTP"}; //!< "ESMTP"
};

/**
 * The lines of sendmail 8.12 in a host's maillog, from its queue and the sessions that come in:
 *
 *     Mar 22 17:47:14 mail sendmail[2345]: g2MHlEgH002345: from=<a@b>, size=473, class=0, nrcpts=1,
 *         msgid=<...>, proto=SMTP, daemon=MTA, relay=tester.example.net [192.0.2.7]
 *     Mar 22 17:47:15 mail sendmail[2347]: g2MHlEgH002345: to=<c@d>, delay=00:00:01,
 * xdelay=00:00:01, mailer=esmtp, pri=30473, relay=mx.d [192.0.2.9], dsn=2.0.0, stat=Sent (2.0.0 Ok)
 *
 * each on one line; a report is `old-id: new-id: DSN: why`. The priority rises by 30000 a recipient
 * and 90000 an attempt (RecipientFactor, RetryFactor). A recipient that is refused leaves the
 * ruleset's line, and an envelope all of whose recipients were, a "from=" with nrcpts=0. A daemon
 * that begins says so, and one that ends says nothing.
 */
class SendmailLog : public LogWriter
{
  public:
    explicit SendmailLog(const LogPlace& place)
        : m_place(place)
        , m_file(place.folder.Open("maillog"))
        , m_host(place.FirstLabel())
        , m_draws(place.seed, place.name + "/maillog")
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (event.session)
        {
            std::visit([&](const auto* what) { On(*event.session, what); }, event.what);
        }
        else if (const auto* queue = event.As<QueueEvent>())
        {
            Write(*queue);
        }
    }

  private:
    using Info = connector::SessionInfo;

    struct Message
    {
        std::string id;
        std::string messageId;
        std::uint32_t processId = 0;
        std::uint64_t bytes = 0;
        std::size_t recipients = 0;
        SimTime arrived{};
        std::uint32_t attempts = 0;
        FromLine arrival;
        std::string lastFailure;
    };

    struct PendingCommand
    {
        smtp::Verb verb = smtp::Verb::Unknown;
        std::string address;
    };

    struct SessionRecord
    {
        std::uint32_t processId = 0;
        FromLine arrival;
        std::deque<PendingCommand> pending; //!< Commands without their last answer.
        std::string sender;
        std::string id; //!< Of the envelope that is open.
        bool refused = false;
        bool accepted = false;
    };

    void On(const Info&, const void*) {}

    void On(const Info& info, const host::ConnectedEvent*);
    void On(const Info& info, const smtp::CommandEvent* event);
    void On(const Info& info, const smtp::ReplyEvent* event);
    void On(const Info& info, const smtp::MessageEvent*);
    void On(const Info& info, const smtp::EndEvent* event);
    void GiveUp(SessionRecord& session, Nanoseconds time);

    void Write(const QueueEvent& event);
    void PutStart(const QueueEvent& event);
    void PutFrom(const QueueEvent& info, const Message& message);
    void PutTo(const QueueEvent& event, Message& message);
    void Begin(SimTime time, std::uint32_t processId, std::string_view id);
    void End();

    LogPlace m_place;
    OutputFile& m_file;
    std::string m_host;
    DrawKey m_draws;
    std::uint64_t m_opened = 0;                                //!< Sessions.
    std::uint64_t m_starts = 0;                                //!< Of the daemon.
    std::unordered_map<const Info*, SessionRecord> m_sessions; //!< Never walked.
    std::optional<FromLine> m_expected;                        //!< How what is queued next came.
    std::map<std::uint64_t, Message> m_messages;               //!< In the queue, by serial.
    std::map<std::uint64_t, std::string> m_reports; //!< Serial of a report to what it answers.
    std::map<std::uint64_t, SimTime> m_started;     //!< Deliveries under way.
    std::string m_line;
};

void
SendmailLog::On(const Info& info, const host::ConnectedEvent*)
{
    ++m_opened;
    SessionRecord session;
    session.processId = static_cast<std::uint32_t>(
        m_draws("session", m_opened).Between(FIRST_PROCESS, LAST_PROCESS));
    session.arrival.client = info.connection->client.ToString();
    session.arrival.clientName = m_place.reverseName(info.connection->client);
    m_sessions[&info] = std::move(session);
    m_place.onSession(*info.connection);
}

void
SendmailLog::On(const Info& info, const smtp::CommandEvent* event)
{
    if (event->authResponse)
    {
        return;
    }
    SessionRecord& session = m_sessions[&info];
    session.pending.push_back({event->verb, PathIn(event->line)});
    switch (event->verb)
    {
    case smtp::Verb::Ehlo:
        session.arrival.protocol = "ESMTP";
        break;
    case smtp::Verb::Mail:
        GiveUp(session, event->time);
        session.sender = session.pending.back().address;
        session.id = QueueIdOf(QueueIdForm::Sendmail,
                               0,
                               session.processId,
                               m_place.clock.Read(SimTime(event->time)),
                               m_place.clock.zoneSeconds);
        break;
    case smtp::Verb::Rset:
    case smtp::Verb::Quit:
        GiveUp(session, event->time);
        break;
    default:
        break;
    }
}

void
SendmailLog::On(const Info& info, const smtp::ReplyEvent* event)
{
    SessionRecord& session = m_sessions[&info];
    if (session.pending.empty() || event->code / 100 == 3)
    {
        return;
    }
    const PendingCommand command = std::move(session.pending.front());
    session.pending.pop_front();
    if (command.verb != smtp::Verb::Rcpt)
    {
        return;
    }
    if (event->code / 100 == 2)
    {
        session.accepted = true;
        return;
    }
    session.refused = true;
    Begin(SimTime(event->time), session.processId, session.id);
    Print(m_line,
          "{}, {}<{}>, {}{}, {}{}",
          fields::sendmail::RULESET,
          fields::sendmail::ARGUMENT,
          command.address,
          fields::sendmail::RELAY,
          RelayText(session.arrival.clientName, session.arrival.client),
          fields::sendmail::REJECT,
          FirstLine(event->text));
    End();
}

void
SendmailLog::On(const Info& info, const smtp::MessageEvent*)
{
    SessionRecord& session = m_sessions[&info];
    session.refused = session.accepted = false;
    m_expected = session.arrival;
}

void
SendmailLog::On(const Info& info, const smtp::EndEvent* event)
{
    GiveUp(m_sessions[&info], event->time);
    m_sessions.erase(&info);
}

/// The envelope is over without a message: where all its recipients were refused, the log says so.
void
SendmailLog::GiveUp(SessionRecord& session, Nanoseconds time)
{
    if (std::exchange(session.refused, false) && !session.accepted)
    {
        Begin(SimTime(time), session.processId, session.id);
        Print(m_line,
              "{}<{}>, {}0, {}0, {}0, {}{}, {}MTA, {}{}",
              fields::sendmail::FROM,
              session.sender,
              fields::sendmail::SIZE,
              fields::sendmail::CLASS,
              fields::sendmail::RECIPIENTS,
              fields::sendmail::PROTOCOL,
              session.arrival.protocol,
              fields::sendmail::DAEMON,
              fields::sendmail::RELAY,
              RelayText(session.arrival.clientName, session.arrival.client));
        End();
    }
    session.accepted = false;
}

void
SendmailLog::Write(const QueueEvent& event)
{
    if (event.kind == Kind::NewMessage)
    {
        Message& message = m_messages[event.serial];
        message.id = event.id;
        message.messageId = mail::MessageIdOf(*event.content);
        message.arrived = event.time;
        message.arrival = std::exchange(m_expected, std::nullopt).value_or(FromLine{});
        return;
    }
    if (event.kind == Kind::Started)
    {
        PutStart(event);
        return;
    }
    const auto found = m_messages.find(event.serial);
    if (found == m_messages.end())
    {
        return;
    }
    Message& message = found->second;
    switch (event.kind)
    {
    case Kind::MessageInfo:
        message.processId = event.processId;
        message.bytes = event.bytes;
        message.recipients = event.recipients.size();
        PutFrom(event, message);
        break;
    case Kind::DeliveryStart:
        m_started[event.delivery] = event.time;
        break;
    case Kind::DeliveryResult:
        PutTo(event, message);
        m_started.erase(event.delivery);
        break;
    case Kind::Bounced:
        m_reports[event.bounceSerial] = message.id;
        break;
    case Kind::DeliveryInterrupted:
        m_started.erase(event.delivery);
        break;
    case Kind::EndMessage:
    case Kind::Lost:
        m_messages.erase(found);
        break;
    default:
        break;
    }
}

void
SendmailLog::Begin(SimTime time, std::uint32_t processId, std::string_view id)
{
    m_line.clear();
    AppendSyslogHead(m_line, m_place.clock, m_place.clock.Read(time), m_host);
    Print(m_line, "{}{}]: {}: ", fields::sendmail::TAG, processId, id);
}

/// The daemon says that it begins, and of its end nothing.
void
SendmailLog::PutStart(const QueueEvent& event)
{
    ++m_starts;
    m_line.clear();
    AppendSyslogHead(m_line, m_place.clock, m_place.clock.Read(event.time), m_host);
    Print(m_line,
          "{}{}]: {}{}",
          fields::sendmail::TAG,
          m_draws("start", m_starts).Between(FIRST_PROCESS, LAST_PROCESS),
          fields::sendmail::STARTING,
          Duration(event.interval));
    End();
}

void
SendmailLog::PutFrom(const QueueEvent& info, const Message& message)
{
    const auto report = m_reports.find(info.serial);
    if (report != m_reports.end())
    {
        std::string why;
        for (const auto& [serial, about] : m_messages)
        {
            why = about.id == report->second ? about.lastFailure : why;
        }
        Begin(info.time, message.processId, report->second);
        Print(m_line,
              "{}: {}{}",
              message.id,
              fields::sendmail::REPORT,
              why.empty() ? "Returned mail" : why);
        End();
        m_reports.erase(report);
        return;
    }
    Begin(info.time, message.processId, message.id);
    Print(m_line,
          "{}<{}>, {}{}, {}0, {}{}",
          fields::sendmail::FROM,
          info.sender,
          fields::sendmail::SIZE,
          info.bytes,
          fields::sendmail::CLASS,
          fields::sendmail::RECIPIENTS,
          message.recipients);
    if (!message.messageId.empty())
    {
        Print(m_line, ", {}{}", fields::sendmail::MESSAGE_ID, message.messageId);
    }
    if (message.arrival.client.empty())
    {
        Print(m_line,
              ", {}{}@localhost",
              fields::sendmail::RELAY,
              info.sender.substr(0, info.sender.find('@')));
    }
    else
    {
        Print(m_line,
              ", {}{}, {}MTA, {}{}",
              fields::sendmail::PROTOCOL,
              message.arrival.protocol,
              fields::sendmail::DAEMON,
              fields::sendmail::RELAY,
              RelayText(message.arrival.clientName, message.arrival.client));
    }
    End();
}

void
SendmailLog::PutTo(const QueueEvent& event, Message& message)
{
    const bool isLocal = event.channel == mail::Channel::Local;
    const auto started = m_started.find(event.delivery);
    const SimTime began = started == m_started.end() ? event.time : started->second;
    const auto child =
        static_cast<std::uint32_t>(m_draws("delivery", event.delivery).Between(1, CHILD_STEP));
    const std::string status = StatusText(event);
    Begin(event.time, message.processId + child, message.id);
    Print(m_line,
          "{}<{}>, {}{}, {}{}, {}{}, {}{}",
          fields::sendmail::TO,
          event.asked,
          fields::sendmail::DELAY,
          Duration(event.time - message.arrived),
          fields::sendmail::TRANSACTION_DELAY,
          Duration(event.time - began),
          fields::sendmail::MAILER,
          isLocal ? fields::sendmail::LOCAL_MAILER : fields::sendmail::NETWORK_MAILER,
          fields::sendmail::PRIORITY,
          message.bytes + RECIPIENT_FACTOR * message.recipients + RETRY_FACTOR * message.attempts);
    if (!event.note.remoteAddress.empty())
    {
        Print(m_line,
              ", {}{}",
              fields::sendmail::RELAY,
              RelayText(event.note.remoteName == event.note.remoteAddress ? std::string()
                                                                          : event.note.remoteName,
                        event.note.remoteAddress));
    }
    Print(m_line,
          ", {}{}, {}{}",
          fields::sendmail::DSN,
          event.note.status,
          fields::sendmail::STATUS,
          status);
    End();
    ++message.attempts;
    if (event.outcome == mail::DeliveryOutcome::Failure)
    {
        message.lastFailure = status;
    }
}

void
SendmailLog::End()
{
    for (char& c : m_line)
    {
        c = static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
    m_line += '\n';
    m_file.Write(m_line);
}

} // namespace bouncelab::evidence::sendmail

bouncelab::dialects::WriterPtr
bouncelab::dialects::Sendmail::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::sendmail::SendmailLog>(place);
}
