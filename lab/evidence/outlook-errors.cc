#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

#include <map>

namespace bouncelab::evidence::outlook
{

using mail::QueueEvent;

/// "11/16/2011 12:11 PM"
void
AppendDate(std::string& out, const CivilTime& local)
{
    Print(out,
          "{}/{}/{} {}:{:02} {}",
          local.month,
          local.day,
          local.year,
          local.hour % 12 == 0 ? 12 : local.hour % 12,
          local.minute,
          local.hour < 12 ? "AM" : "PM");
}

/// What Outlook shows its user, one error after another, each ended by an empty line: a report for
/// each recipient that a server refused or did not take. Dates are the client's local time.
class OutlookErrors : public LogWriter
{
  public:
    explicit OutlookErrors(const LogPlace& place)
        : m_file(place.folder.Open("outlook-errors.txt"))
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        const auto* queue = event.As<QueueEvent>();
        if (!queue)
        {
            return;
        }
        if (queue->kind == QueueEvent::Kind::MessageInfo)
        {
            m_sent[queue->serial] = queue->time;
        }
        else if (queue->EndsMessage())
        {
            m_sent.erase(queue->serial);
        }
        else if (queue->kind == QueueEvent::Kind::DeliveryResult &&
                 queue->outcome != mail::DeliveryOutcome::Success)
        {
            Write(*queue);
        }
    }

  private:
    void Write(const QueueEvent& result)
    {
        std::string text;
        Print(text,
              "{}\n\n      {}\n      {}",
              fields::outlook::NOT_REACHED,
              fields::outlook::SUBJECT,
              fields::outlook::SENT);
        AppendDate(text, m_clock.Local(m_clock.Read(m_sent[result.serial])));
        Print(text,
              "\n\n{}\n\n      '{}' on ",
              fields::outlook::CANNOT_BE_REACHED,
              result.recipient);
        AppendDate(text, m_clock.Local(m_clock.Read(result.time)));
        Print(text,
              "\n            {}{}'\n\n",
              fields::outlook::SERVER_ERROR,
              OneLine(TrimEnd(result.text, "\n")));
        m_file.Write(text);
    }

    OutputFile& m_file;
    HostClock m_clock;
    std::map<std::uint64_t, SimTime> m_sent; //!< When the user pressed "Send", by serial.
};

} // namespace bouncelab::evidence::outlook

bouncelab::dialects::WriterPtr
bouncelab::dialects::ClientErrors::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::outlook::OutlookErrors>(place);
}
