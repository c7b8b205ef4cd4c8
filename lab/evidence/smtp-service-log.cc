#include "formats/random.h"
#include "formats/smtp-service-fields.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/tick-count.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace bouncelab::evidence::smtpsvc
{

constexpr std::int64_t LONGEST_UPTIME_NS = 30 * NANOSECONDS_PER_DAY; //!< Of a Windows server.

/// With the space before it, which the log writes "+".
std::string_view
ArgumentOf(std::string_view line)
{
    return line.substr(std::min(line.size(), line.find(' ')));
}

std::string
VerbOf(std::string_view line)
{
    return InUpperCase(line.substr(0, line.find(' ')));
}

/// Octets of a reply on the wire: LF joins its lines here, CRLF ends each there.
std::size_t
WireSize(std::string_view reply)
{
    return reply.size() + static_cast<std::size_t>(std::count(reply.begin(), reply.end(), '\n')) +
           2;
}

/// One row. Empty texts are written "-".
struct ServiceLogRow
{
    SimTime time{};
    SimTime since{}; //!< From where time-taken counts; the same clock.
    IpAddress remote;
    std::string user;       //!< HELO name, or a word of formats/smtp-service-fields.h.
    std::string local;      //!< Inbound rows alone tell it.
    std::uint16_t port = 0; //!< 0 inbound, the server's port outbound.
    std::string method;
    std::string query; //!< Spaces are written "+".
    int status = 0;
    std::int64_t win32Status = 0;
    std::size_t sentBytes = 0;
    std::size_t receivedBytes = 0;
};

/**
 * exYYMMDD.log of the SMTP service of IIS, with all fields: a file for each UTC day, stamps cut to
 * the second (fact F45; S002-50 to S002-75). A row for each command of a session that came
 * in, with the code of its answer and the octets of all its lines; a row for each command and one
 * for each answer, of which the first line is shown, in sessions that the server began. The
 * greeting of a session that came in, its answers' texts and its ports are not told. Times taken
 * are differences of the host's tick count, which begins at its boot. No file is made before there
 * is a row for it.
 */
class SmtpServiceLog : public LogWriter
{
  public:
    explicit SmtpServiceLog(const LogPlace& place)
        : m_place(place)
        , m_ticks(SimTime(-place.uptime.value_or(Nanoseconds(
              DrawKey(place.seed, place.name)("uptime").Between(1, LONGEST_UPTIME_NS)))))
        , m_computer(InUpperCase(place.FirstLabel()))
        , m_version(place.program == "iis-5" ? "5.0" : "6.0")
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (event.session)
        {
            std::visit([&](const auto* what) { On(*event.session, what); }, event.what);
        }
        else if (event.delivery)
        {
            std::visit([&](const auto* what) { On(*event.delivery, what); }, event.what);
        }
    }

    void Close() override
    {
        if (m_file)
        {
            m_file->Close();
        }
    }

  private:
    using Info = connector::SessionInfo;

    struct PendingCommand
    {
        SimTime time{};
        smtp::Verb verb = smtp::Verb::Unknown;
        std::string line;
    };

    struct SessionRecord
    {
        std::string messageId; //!< Of content that was taken and is not logged yet.
        std::size_t contentBytes = 0;
        std::deque<PendingCommand> pending; //!< Commands without their last answer.
    };

    void On(const Info&, const void*) {}

    void On(const Info& info, const connector::OpenedEvent*)
    {
        m_sessions[&info] = {};
        m_place.onSession(*info.connection);
    }

    void On(const Info& info, const smtp::CommandEvent* event)
    {
        if (!event->authResponse)
        {
            m_sessions[&info].pending.push_back(
                {SimTime(event->time), event->verb, std::string(event->line)});
        }
    }

    void On(const Info& info, const connector::QueuedEvent* event)
    {
        m_sessions[&info].messageId = event->messageId;
        m_sessions[&info].contentBytes = event->size;
    }

    void On(const Info& info, const smtp::ReplyEvent* event);

    void On(const Info& info, const connector::ClosedEvent*) { m_sessions.erase(&info); }

    void On(const host::DeliveryInfo&, const void*) {}

    void On(const host::DeliveryInfo& delivery, const smtp::CommandEvent* event);
    void On(const host::DeliveryInfo& delivery, const smtp::ReplyEvent* event);

    ServiceLogRow InboundRow(const Info& info,
                             SessionRecord& session,
                             const PendingCommand& command,
                             const smtp::ReplyEvent& reply) const;
    void Write(const ServiceLogRow& row);
    void Begin(std::int64_t day, const std::string& stamp);

    LogPlace m_place;
    TickCount m_ticks;
    std::string m_computer;
    std::string m_version;
    std::unordered_map<const Info*, SessionRecord> m_sessions; //!< Never walked.
    std::unique_ptr<OutputFile> m_file;
    std::int64_t m_day = 0; //!< Since 1970, of the open file.
};

void
SmtpServiceLog::On(const Info& info, const smtp::ReplyEvent* event)
{
    const auto found = m_sessions.find(&info);
    const bool isIntermediate = event->code / 100 == 3;
    if (found == m_sessions.end() || found->second.pending.empty() || isIntermediate)
    {
        return;
    }
    SessionRecord& session = found->second;
    const PendingCommand command = std::move(session.pending.front());
    session.pending.pop_front();
    Write(InboundRow(info, session, command, *event));
}

ServiceLogRow
SmtpServiceLog::InboundRow(const Info& info,
                           SessionRecord& session,
                           const PendingCommand& command,
                           const smtp::ReplyEvent& reply) const
{
    const bool isContent = command.verb == smtp::Verb::Data || command.verb == smtp::Verb::Bdat;
    ServiceLogRow row;
    row.time = SimTime(reply.time);
    row.since = command.time;
    row.remote = info.connection->client;
    row.user = Trim(info.hello);
    row.local = info.connection->server.ToString();
    row.method = VerbOf(command.line);
    row.query = ArgumentOf(command.line);
    row.status = static_cast<int>(reply.code);
    row.sentBytes = WireSize(reply.text);
    row.receivedBytes = command.line.size();
    if (isContent && !session.messageId.empty())
    {
        row.query = " " + std::exchange(session.messageId, {});
        row.receivedBytes = std::exchange(session.contentBytes, 0);
    }
    else if (command.verb == smtp::Verb::Quit)
    {
        row.query = row.user;
        row.status = fields::smtpsvc::QUIT_STATUS;
        row.win32Status = m_ticks.Between(SimTime(info.opened), row.time);
    }
    return row;
}

void
SmtpServiceLog::On(const host::DeliveryInfo& delivery, const smtp::CommandEvent* event)
{
    if (event->authResponse)
    {
        return;
    }
    ServiceLogRow row;
    row.time = SimTime(event->time);
    row.since = SimTime(delivery.connected);
    row.remote = delivery.server;
    row.port = delivery.port;
    row.user = fields::smtpsvc::OUTBOUND_COMMAND;
    row.method = VerbOf(event->line);
    row.query = Trim(ArgumentOf(event->line));
    row.sentBytes = row.method.size();
    Write(row);
}

void
SmtpServiceLog::On(const host::DeliveryInfo& delivery, const smtp::ReplyEvent* event)
{
    ServiceLogRow row;
    row.time = SimTime(event->time);
    row.since = SimTime(delivery.connected);
    row.remote = delivery.server;
    row.port = delivery.port;
    row.user = fields::smtpsvc::OUTBOUND_RESPONSE;
    row.query = FirstLine(event->text);
    row.sentBytes = row.query.size();
    Write(row);
}

void
SmtpServiceLog::Write(const ServiceLogRow& row)
{
    const WallTime reading = m_place.clock.Read(row.time);
    const CivilTime utc = CivilFromSeconds(UnixSeconds(reading));
    std::string line;
    Print(line,
          "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
          utc.year,
          utc.month,
          utc.day,
          utc.hour,
          utc.minute,
          utc.second);
    const std::int64_t day = FloorDivide(UnixSeconds(reading), SECONDS_PER_DAY);
    if (!m_file || day > m_day)
    {
        Begin(day, line);
    }
    const auto put = [&line](std::string_view field)
    {
        line += ' ';
        line += field.empty() ? fields::smtpsvc::NO_VALUE : "";
        for (const char c : field)
        {
            line += static_cast<unsigned char>(c) <= ' ' ? '+' : c;
        }
    };
    put(row.remote.ToString());
    put(row.user);
    put(fields::smtpsvc::SITE);
    put(m_computer);
    put(row.local);
    Print(line, " {}", row.port);
    put(row.method);
    put(fields::smtpsvc::NO_VALUE);
    put(row.query);
    Print(line,
          " {} {} {} {} {} {} - - - -\r\n",
          row.status,
          row.win32Status,
          row.sentBytes,
          row.receivedBytes,
          m_ticks.Between(row.since, row.time),
          fields::smtpsvc::PROTOCOL);
    m_file->Write(line);
}

void
SmtpServiceLog::Begin(std::int64_t day, const std::string& stamp)
{
    Close();
    m_day = day;
    const CivilTime utc = CivilFromSeconds(day * 86400);
    std::string name;
    Print(name,
          "{}{}{:02}{:02}{:02}.log",
          fields::smtpsvc::FOLDER,
          fields::smtpsvc::FILE_PREFIX,
          utc.year % 100,
          utc.month,
          utc.day);
    m_file = m_place.folder.Append(name);
    std::string header;
    Print(header,
          "{}{}\r\n{}\r\n{}{}\r\n{}{}\r\n",
          fields::smtpsvc::SOFTWARE,
          m_version,
          fields::smtpsvc::VERSION,
          fields::smtpsvc::DATE,
          stamp,
          fields::smtpsvc::FIELDS,
          fields::smtpsvc::FIELD_LIST);
    m_file->Write(header);
}

} // namespace bouncelab::evidence::smtpsvc

bouncelab::dialects::WriterPtr
bouncelab::dialects::SmtpService::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::smtpsvc::SmtpServiceLog>(place);
}
