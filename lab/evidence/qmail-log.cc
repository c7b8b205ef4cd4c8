#include "formats/log-fields.h"
#include "formats/random.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/syslog-head.h"

#include <algorithm>
#include <limits>

namespace bouncelab::evidence::qmail
{

using Kind = mail::QueueEvent::Kind;

constexpr std::size_t SPLOGGER_BUFFER = 799;
constexpr std::int64_t LINE_COST_MINIMUM_NS = 18000;
constexpr std::int64_t LINE_COST_MAXIMUM_NS = 74000;

void
AppendSafe(std::string& out, std::string_view text)
{
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        out += c == '\n' ? '/' : (byte < 33 || byte > 126 || c == '%') ? '_' : c;
    }
}

/// Appends qmail-send's line for an event, if it has one, without its line feed (qmail-send.c;
/// logsafe() of qsutil.c writes a line feed as '/', and spaces, '%' and unprintable bytes as '_').
void
AppendQmailLine(std::string& out, const mail::QueueEvent& event)
{
    switch (event.kind)
    {
    case Kind::NewMessage:
        Print(out, "{}{}", fields::qmail::NEW_MESSAGE, event.message);
        return;
    case Kind::MessageInfo:
        Print(out,
              "{}{}: bytes {} from <",
              fields::qmail::INFO_MESSAGE,
              event.message,
              event.bytes);
        AppendSafe(out, event.sender);
        Print(out, "> qp {} uid {}", event.processId, event.uid);
        return;
    case Kind::DeliveryStart:
        Print(out,
              "{}{}: msg {}{}",
              fields::qmail::STARTING_DELIVERY,
              event.delivery,
              event.message,
              event.channel == mail::Channel::Local ? fields::qmail::TO_LOCAL
                                                    : fields::qmail::TO_REMOTE);
        AppendSafe(out, event.recipient);
        return;
    case Kind::DeliveryResult:
        Print(out,
              "{}{}{}",
              fields::qmail::DELIVERY,
              event.delivery,
              event.outcome == mail::DeliveryOutcome::Success    ? fields::qmail::SUCCESS
              : event.outcome == mail::DeliveryOutcome::Deferral ? fields::qmail::DEFERRAL
                                                                 : fields::qmail::FAILURE);
        AppendSafe(out, event.text);
        return;
    case Kind::Status:
        Print(out,
              "{}local {}/{} remote {}/{}",
              fields::qmail::STATUS,
              event.localUsed,
              event.localLimit,
              event.remoteUsed,
              event.remoteLimit);
        return;
    case Kind::Bounced:
        Print(out, "{}{} qp {}", fields::qmail::BOUNCE_MESSAGE, event.message, event.processId);
        return;
    case Kind::BounceDiscarded:
        Print(out, "triple bounce: discarding bounce/{}", event.message);
        return;
    case Kind::EndMessage:
        Print(out, "{}{}", fields::qmail::END_MESSAGE, event.message);
        return;
    case Kind::Stopped:
        Print(out, "{}exiting", fields::qmail::STATUS);
        return;
    case Kind::DeliveryInterrupted:
    case Kind::Lost:
    case Kind::Started: // A status follows.
        return;
    }
}

/**
 * The log of a qmail host that logs through splogger and syslog (S003-04):
 * `Sep 26 14:46:23 livedoor qmail: 1159253183.972578 delivery 118310: failure: ...`
 *
 * splogger reads one line after another and stamps it with the host's clock, so lines that are
 * written at one moment get stamps some tens of microseconds apart, as drawn. Lines longer than 799
 * bytes are folded as splogger does: the rest follows with the same stamp and a '+'.
 */
class QmailLog : public LogWriter
{
  public:
    explicit QmailLog(const LogPlace& place)
        : m_file(place.folder.Open("qmail.log"))
        , m_clock(place.clock)
        , m_host(place.FirstLabel())
        , m_draws(place.seed, place.name + "/qmail-log")
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* queue = event.As<mail::QueueEvent>())
        {
            Write(*queue);
        }
    }

  private:
    void Write(const mail::QueueEvent& event);
    void PutLine(std::string_view text, WallTime reading, bool folded);

    OutputFile& m_file;
    HostClock m_clock;
    std::string m_host;
    DrawKey m_draws;
    std::uint64_t m_lines = 0;
    SimTime m_busyUntil = SimTime::min();
    std::string m_text;
    std::string m_line;
};

void
QmailLog::Write(const mail::QueueEvent& event)
{
    m_text.clear();
    AppendQmailLine(m_text, event);
    if (m_text.empty())
    {
        return;
    }
    ++m_lines;
    m_busyUntil =
        std::max(m_busyUntil, event.time) +
        Nanoseconds(m_draws("cost", m_lines).Between(LINE_COST_MINIMUM_NS, LINE_COST_MAXIMUM_NS));
    const WallTime reading = m_clock.Read(m_busyUntil);
    std::string_view rest = m_text;
    bool folded = false;
    do
    {
        PutLine(rest.substr(0, SPLOGGER_BUFFER), reading, folded);
        rest.remove_prefix(std::min(rest.size(), SPLOGGER_BUFFER));
        folded = true;
    } while (!rest.empty());
}

void
QmailLog::PutLine(std::string_view text, WallTime reading, bool folded)
{
    m_line.clear();
    AppendSyslogHead(m_line, m_clock, reading, m_host);
    Print(m_line,
          "{}{}.{:06}{}{}\n",
          fields::qmail::TAG,
          UnixSeconds(reading),
          SecondFraction(reading) / 1000,
          folded ? '+' : ' ',
          text);
    m_file.Write(m_line);
}

} // namespace bouncelab::evidence::qmail

bouncelab::dialects::WriterPtr
bouncelab::dialects::Qmail::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::qmail::QmailLog>(place);
}
