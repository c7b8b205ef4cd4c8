#include "formats/random.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/syslog-head.h"

#include <map>
#include <unordered_map>

namespace bouncelab::evidence::barracuda
{

using connector::Refusal;
using mail::QueueEvent;
using Words = dialects::Barracuda;

constexpr std::int64_t FIRST_PROCESS = 1000;
constexpr std::int64_t LAST_PROCESS = 32000;
constexpr std::string_view EXPIRED = "4.4.7";

int
ReasonOf(Refusal refusal)
{
    switch (refusal)
    {
    case Refusal::ConnectionLimit:
    case Refusal::SourceLimit:
    case Refusal::ConnectionRate:
    case Refusal::MessageRate:
        return Words::RATE_CONTROL;
    case Refusal::RelayDenied:
        return Words::NO_SUCH_DOMAIN;
    case Refusal::UserUnknown:
        return Words::NO_SUCH_USER;
    case Refusal::Filter:
        return Words::CLIENT_IP;
    default:
        return Words::NO_REASON;
    }
}

int
DeliveryOf(const QueueEvent& event)
{
    return event.outcome == mail::DeliveryOutcome::Success    ? Words::DELIVERED
           : event.outcome == mail::DeliveryOutcome::Deferral ? Words::DELAYED
           : event.note.status == EXPIRED                     ? Words::TIMED_OUT
                                                              : Words::REJECTED;
}

std::string_view
OrDash(std::string_view text)
{
    return text.empty() ? Words::NOTHING : text;
}

/**
 * The mail syslog of a Barracuda gateway ("Barracuda Email Security Gateway", the vendor's page
 * "Syslog and the Barracuda Email Security Gateway"):
 *
 *     Oct 17 13:29:04 gw scan[5125]: a.example[192.0.2.7] 1382041743-0f8241420001-6AQV5q 1382041743
 *         1382041744 SCAN - a@b.example c@d.example - 0 0 - SZ:18402 SUBJ:Hello
 *     Oct 17 13:29:06 gw outbound/smtp[13266]: 127.0.0.1 1382041743-0f8241420001-6AQV5q 0 0 SEND -
 * 1 8B2052296C 250 2.6.0 Queued mail for delivery Oct 17 13:15:48 gw inbound/pass1[3970]:
 * unknown[192.0.2.8] 1382040948-0f823dad0000-LuzkN2 1382040948 1382040948 RECV a@b.example
 * e@d.example 2 8 -
 *
 * each on one line. RECV is a refusal in the dialog, SCAN a message that was taken, with a line for
 * each recipient, SEND an attempt to deliver it. A SEND has neither client nor times.
 */
class BarracudaLog : public LogWriter
{
  public:
    explicit BarracudaLog(const LogPlace& place)
        : m_place(place)
        , m_file(place.folder.Open("barracuda.log"))
        , m_host(place.FirstLabel())
        , m_draws(place.seed, place.name + "/barracuda-log")
        , m_receiver(m_draws("receiver").Between(FIRST_PROCESS, LAST_PROCESS))
        , m_scanner(m_draws("scanner").Between(FIRST_PROCESS, LAST_PROCESS))
        , m_sender(m_draws("sender").Between(FIRST_PROCESS, LAST_PROCESS))
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
            Follow(*queue);
        }
    }

  private:
    using Info = connector::SessionInfo;

    struct SessionRecord
    {
        std::string sender;
        std::string recipient; //!< The last one asked for.
        SimTime since{};
        bool isLogged = false;
    };

    /// What a message is called: by the gateway, and by its queue.
    struct Names
    {
        std::string id;
        std::string queueId;
    };

    void On(const Info&, const void*) {}

    void On(const Info& info, const connector::OpenedEvent* event)
    {
        m_sessions[&info] = {};
        m_sessions[&info].since = SimTime(event->time);
    }

    void On(const Info& info, const smtp::CommandEvent* event);
    void On(const Info& info, const connector::RefusalEvent* event);
    void On(const Info& info, const connector::QueuedEvent* event);

    void On(const Info& info, const smtp::EndEvent*) { m_sessions.erase(&info); }

    void Follow(const QueueEvent& event);
    void PutSend(const QueueEvent& event, const Names& names);
    std::string NewId(SimTime time);

    std::int64_t Seconds(SimTime time) const { return m_place.clock.ReadSeconds(time); }

    void Begin(SimTime time, std::string_view process, std::int64_t processId);
    void BeginOfSession(const Info& info,
                        SessionRecord& session,
                        SimTime time,
                        const std::string& id,
                        std::string_view service);
    void End();

    LogPlace m_place;
    OutputFile& m_file;
    std::string m_host;
    DrawKey m_draws;
    std::uint64_t m_ids = 0; //!< Message ids given.
    std::int64_t m_receiver; //!< Process ids.
    std::int64_t m_scanner;
    std::int64_t m_sender;
    std::unordered_map<const Info*, SessionRecord> m_sessions; //!< Never walked.
    std::map<std::uint64_t, std::string> m_taken; //!< Queued next, by their internal numbers.
    std::map<std::uint64_t, Names> m_messages;    //!< In the queue, by serial.
    std::string m_line;
};

void
BarracudaLog::On(const Info& info, const smtp::CommandEvent* event)
{
    SessionRecord& session = m_sessions[&info];
    if (event->verb == smtp::Verb::Mail)
    {
        session.sender = PathIn(event->line);
        session.recipient.clear();
        session.since = SimTime(event->time);
    }
    else if (event->verb == smtp::Verb::Rcpt)
    {
        session.recipient = PathIn(event->line);
    }
}

void
BarracudaLog::On(const Info& info, const connector::RefusalEvent* event)
{
    if (event->step == smtp::Step::Auth)
    {
        return;
    }
    SessionRecord& session = m_sessions[&info];
    const SimTime time(event->time);
    Begin(time, Words::RECEIVER, m_receiver);
    BeginOfSession(info, session, time, NewId(session.since), Words::RECEIVE);
    Print(m_line,
          "{} {} {} {} {}",
          OrDash(session.sender),
          OrDash(session.recipient),
          event->reply.substr(0, 1) == "4" ? Words::DEFERRED : Words::BLOCKED,
          ReasonOf(event->refusal),
          Words::NOTHING);
    End();
}

void
BarracudaLog::On(const Info& info, const connector::QueuedEvent* event)
{
    SessionRecord& session = m_sessions[&info];
    const SimTime time(event->time);
    const std::string id = m_taken[event->internalId] = NewId(session.since);
    for (const smtp::EnvelopeEntry& recipient : event->envelope->recipients)
    {
        Begin(time, Words::SCANNER, m_scanner);
        BeginOfSession(info, session, time, id, Words::SCAN);
        Print(m_line,
              "{} {} {} {} {} {} {} {}{} {}{}",
              Words::NOTHING, // Encrypted.
              OrDash(event->envelope->sender.path.Mailbox()),
              OrDash(recipient.path.Mailbox()),
              Words::NOTHING, // Score.
              Words::ALLOWED,
              Words::NO_REASON,
              Words::NOTHING,
              Words::SIZE,
              event->size,
              Words::SUBJECT,
              event->subject);
        End();
    }
}

void
BarracudaLog::Follow(const QueueEvent& event)
{
    if (event.kind == QueueEvent::Kind::NewMessage)
    {
        const auto taken = m_taken.find(event.internalId);
        Names& names = m_messages[event.serial];
        names.id = taken == m_taken.end() ? NewId(event.time) : taken->second;
        Print(names.queueId,
              "{:010X}",
              m_draws("queue-id", event.serial).Below(std::uint64_t{1} << 40));
        m_taken.erase(event.internalId);
        return;
    }
    const auto found = m_messages.find(event.serial);
    if (found == m_messages.end())
    {
        return;
    }
    if (event.kind == QueueEvent::Kind::DeliveryResult)
    {
        PutSend(event, found->second);
    }
    else if (event.EndsMessage())
    {
        m_messages.erase(found);
    }
}

void
BarracudaLog::PutSend(const QueueEvent& event, const Names& names)
{
    Begin(event.time, Words::SENDER, m_sender);
    Print(m_line,
          "{} {} 0 0 {} {} {} {} {}",
          Words::NO_CLIENT,
          names.id,
          Words::SEND,
          Words::NOTHING, // Encrypted.
          DeliveryOf(event),
          names.queueId,
          OneLine(TrimEnd(event.text, "\r\n")));
    End();
}

/// "1382041743-0f8241420001-6AQV5q"
std::string
BarracudaLog::NewId(SimTime time)
{
    constexpr std::string_view LETTERS =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id;
    ++m_ids;
    Print(id,
          "{}-{:012x}-{}",
          Seconds(time),
          m_draws("id", m_ids).Below(std::uint64_t{1} << 48),
          Letters(m_draws("id-letters", m_ids), LETTERS, 6));
    return id;
}

void
BarracudaLog::Begin(SimTime time, std::string_view process, std::int64_t processId)
{
    m_line.clear();
    AppendSyslogHead(m_line, m_place.clock, m_place.clock.Read(time), m_host);
    Print(m_line, "{}{}]: ", process, processId);
}

void
BarracudaLog::BeginOfSession(const Info& info,
                             SessionRecord& session,
                             SimTime time,
                             const std::string& id,
                             std::string_view service)
{
    const IpAddress client = info.connection->client;
    const std::string name = m_place.reverseName(client);
    Print(m_line,
          "{}[{}] {} {} {} {} ",
          name.empty() ? Words::NO_NAME : std::string_view(name),
          client.ToString(),
          id,
          Seconds(session.since),
          Seconds(time),
          service);
    if (!session.isLogged)
    {
        session.isLogged = true;
        m_place.onSession(*info.connection);
    }
}

void
BarracudaLog::End()
{
    m_file.Write(WithoutControls(m_line) + "\n");
}

} // namespace bouncelab::evidence::barracuda

bouncelab::dialects::WriterPtr
bouncelab::dialects::Barracuda::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::barracuda::BarracudaLog>(place);
}
