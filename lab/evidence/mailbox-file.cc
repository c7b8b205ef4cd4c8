#include "formats/file-name.h"
#include "formats/text.h"
#include "lab/evidence/log-writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::evidence::mailbox
{

bool
NeedsQuoting(std::string_view line)
{
    const std::size_t text = line.find_first_not_of('>');
    return text != std::string_view::npos && StartsWith(line.substr(text), "From ");
}

/// The mailboxes of a host, each a file of one message after another in mbox format, as qmail-local
/// writes it (mboxrd: "From sender date", "Return-Path:", "Delivered-To:", '>' before lines like
/// /^>*From /). The From line has the time of delivery in UTC by the host's clock, and
/// MAILER-DAEMON for the null sender.
class MailboxFiles : public LogWriter
{
  public:
    explicit MailboxFiles(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* stored = event.As<host::StoredEvent>())
        {
            OutputFile& file =
                m_folder.Open(fmt::format("mailboxes/{}.mbox", FileNameFrom(stored->mailbox)));
            WriteHead(file, event.time, stored->order.sender, stored->mailbox);
            WriteContent(file, *stored->order.content);
        }
    }

  private:
    void WriteHead(OutputFile& file,
                   SimTime time,
                   std::string_view sender,
                   std::string_view mailbox) const
    {
        const CivilTime utc = CivilFromSeconds(m_clock.ReadSeconds(time));
        file.Write(fmt::format("From {} {} {} {:2} {:02}:{:02}:{:02} {}\n"
                               "Return-Path: <{}>\nDelivered-To: {}\n",
                               sender.empty() ? "MAILER-DAEMON" : sender,
                               WEEKDAY_NAMES[utc.weekday],
                               MONTH_NAMES[utc.month - 1],
                               utc.day,
                               utc.hour,
                               utc.minute,
                               utc.second,
                               utc.year,
                               sender,
                               mailbox));
    }

    static void WriteContent(OutputFile& file, std::string_view content)
    {
        while (!content.empty())
        {
            const std::string_view line = FirstLine(content);
            file.Write(NeedsQuoting(line) ? ">" : "");
            file.Write(line);
            file.Write("\n");
            content.remove_prefix(std::min(content.size(), line.size() + 1));
        }
        file.Write("\n");
    }

    VantageFolder& m_folder;
    HostClock m_clock;
};

} // namespace bouncelab::evidence::mailbox

bouncelab::dialects::WriterPtr
bouncelab::dialects::Mailboxes::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::mailbox::MailboxFiles>(place);
}
