#include "lab/evidence/sendmail-log.h"

#include "formats/sendmail-fields.h"
#include "formats/text.h"
#include "lab/evidence/print.h"

#include <utility>

namespace bouncelab::evidence
{

namespace
{

using namespace fields::sendmail;
using Kind = mail::QueueEvent::Kind;

constexpr std::uint64_t RECIPIENT_FACTOR = 30000;
constexpr std::uint64_t RETRY_FACTOR = 90000;
constexpr std::uint32_t CHILD_STEP = 9; //!< A delivery runs in a process that was begun after it.

std::string
RelayText(const std::string& name, const std::string& address)
{
    return name.empty() ? "[" + address + "]" : name + " [" + address + "]";
}

std::string
Duration(std::int64_t ns)
{
    const std::int64_t seconds = ns / NANOSECONDS_PER_SECOND;
    std::string text;
    if (seconds >= 86400)
    {
        Print(text, "{}+", seconds / 86400);
    }
    Print(text, "{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    return text;
}

std::string
FirstLine(std::string_view text)
{
    return std::string(text.substr(0, text.find('\n')));
}

/// "User unknown" of "550 5.1.1 <a@b>... User unknown".
std::string
Reason(std::string_view text)
{
    const std::string line = FirstLine(text);
    const std::size_t dots = line.find("... ");
    if (dots != std::string::npos)
    {
        return line.substr(dots + 4);
    }
    const bool coded = line.size() > 10 && line[3] == ' ' && line[5] == '.';
    return coded ? line.substr(line.find(' ', 4) + 1) : line;
}

std::string
StatusText(const mail::QueueEvent& event)
{
    if (event.outcome != mail::Outcome::Success)
    {
        return Reason(event.text);
    }
    const std::string& reply = event.note.diagnostic;
    return reply.size() > 4 ? std::string(SENT) + " (" + reply.substr(4) + ")" : std::string(SENT);
}

} // namespace

SendmailLog::SendmailLog(OutputFile& file,
                         const HostClock& clock,
                         std::string_view hostname,
                         std::uint64_t seed,
                         std::string_view name)
    : m_file(file)
    , m_clock(clock)
    , m_host(hostname.substr(0, hostname.find('.')))
    , m_random(seed, name)
{
}

void
SendmailLog::Write(const mail::QueueEvent& event)
{
    if (event.kind == Kind::NewMessage)
    {
        Message& message = m_messages[event.serial];
        message.id = event.id;
        message.messageId = mail::MessageIdOf(*event.content);
        message.arrivedNs = event.timeNs;
        message.arrival = std::exchange(m_expected, std::nullopt).value_or(SendmailArrival{});
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
        m_started[event.delivery] = event.timeNs;
        break;
    case Kind::DeliveryResult:
        PutTo(event, message);
        m_started.erase(event.delivery);
        break;
    case Kind::Bounced:
        m_reports[event.bounceSerial] = message.id;
        break;
    case Kind::EndMessage:
        m_messages.erase(found);
        break;
    default:
        break;
    }
}

void
SendmailLog::Reject(std::int64_t timeNs,
                    std::string_view id,
                    std::uint32_t processId,
                    std::string_view recipient,
                    const SendmailArrival& arrival,
                    std::string_view reply)
{
    Begin(timeNs, processId, id);
    Print(m_line,
          "{}, {}<{}>, {}{}, {}{}",
          RULESET,
          ARGUMENT,
          recipient,
          RELAY,
          RelayText(arrival.clientName, arrival.client),
          REJECT,
          FirstLine(reply));
    End();
}

void
SendmailLog::Drop(std::int64_t timeNs,
                  std::string_view id,
                  std::uint32_t processId,
                  std::string_view sender,
                  const SendmailArrival& arrival)
{
    Begin(timeNs, processId, id);
    Print(m_line,
          "{}<{}>, {}0, {}0, {}0, {}{}, {}MTA, {}{}",
          FROM,
          sender,
          SIZE,
          CLASS,
          RECIPIENTS,
          PROTOCOL,
          arrival.protocol,
          DAEMON,
          RELAY,
          RelayText(arrival.clientName, arrival.client));
    End();
}

void
SendmailLog::Begin(std::int64_t timeNs, std::uint32_t processId, std::string_view id)
{
    const CivilTime local = m_clock.Local(m_clock.Read(timeNs));
    m_line.clear();
    Print(m_line,
          "{} {:2} {:02}:{:02}:{:02} {} {}{}]: {}: ",
          MONTH_NAMES[local.month - 1],
          local.day,
          local.hour,
          local.minute,
          local.second,
          m_host,
          TAG,
          processId,
          id);
}

void
SendmailLog::PutFrom(const mail::QueueEvent& info, const Message& message)
{
    const auto report = m_reports.find(info.serial);
    if (report != m_reports.end())
    {
        std::string why;
        for (const auto& [serial, about] : m_messages)
        {
            why = about.id == report->second ? about.lastFailure : why;
        }
        Begin(info.timeNs, message.processId, report->second);
        Print(m_line, "{}: {}{}", message.id, REPORT, why.empty() ? "Returned mail" : why);
        End();
        m_reports.erase(report);
        return;
    }
    Begin(info.timeNs, message.processId, message.id);
    Print(m_line,
          "{}<{}>, {}{}, {}0, {}{}",
          FROM,
          info.sender,
          SIZE,
          info.bytes,
          CLASS,
          RECIPIENTS,
          message.recipients);
    if (!message.messageId.empty())
    {
        Print(m_line, ", {}{}", MESSAGE_ID, message.messageId);
    }
    if (message.arrival.client.empty())
    {
        Print(m_line, ", {}{}@localhost", RELAY, info.sender.substr(0, info.sender.find('@')));
    }
    else
    {
        Print(m_line,
              ", {}{}, {}MTA, {}{}",
              PROTOCOL,
              message.arrival.protocol,
              DAEMON,
              RELAY,
              RelayText(message.arrival.clientName, message.arrival.client));
    }
    End();
}

void
SendmailLog::PutTo(const mail::QueueEvent& event, Message& message)
{
    const bool isLocal = event.channel == mail::Channel::Local;
    const auto started = m_started.find(event.delivery);
    const std::int64_t beganNs = started == m_started.end() ? event.timeNs : started->second;
    const auto child = static_cast<std::uint32_t>(1 + m_random.Below(CHILD_STEP));
    const std::string status = StatusText(event);
    Begin(event.timeNs, message.processId + child, message.id);
    Print(m_line,
          "{}<{}>, {}{}, {}{}, {}{}, {}{}",
          TO,
          event.asked,
          DELAY,
          Duration(event.timeNs - message.arrivedNs),
          TRANSACTION_DELAY,
          Duration(event.timeNs - beganNs),
          MAILER,
          isLocal ? LOCAL_MAILER : NETWORK_MAILER,
          PRIORITY,
          message.bytes + RECIPIENT_FACTOR * message.recipients + RETRY_FACTOR * message.attempts);
    if (!event.note.remoteAddress.empty())
    {
        Print(m_line,
              ", {}{}",
              RELAY,
              RelayText(event.note.remoteName == event.note.remoteAddress ? std::string()
                                                                          : event.note.remoteName,
                        event.note.remoteAddress));
    }
    Print(m_line, ", {}{}, {}{}", DSN, event.note.status, STATUS, status);
    End();
    ++message.attempts;
    if (event.outcome == mail::Outcome::Failure)
    {
        message.lastFailure = status;
    }
}

void
SendmailLog::End()
{
    m_file.Write(WithoutControls(m_line) + '\n');
}

} // namespace bouncelab::evidence
