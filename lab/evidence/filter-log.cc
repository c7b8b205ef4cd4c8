#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

#include <fmt/format.h>

namespace bouncelab::evidence::filter
{

/// The filter agent's text log: a row for each of its decisions. ORF's own format is not public;
/// this one is the lab's (docs/formats-exchange.md).
class FilterLog : public LogWriter
{
  public:
    explicit FilterLog(const LogPlace& place)
        : m_file(place.folder.Open("filter.log"))
        , m_clock(place.clock)
        , m_reverseName(place.reverseName)
    {
        m_file.Write(fmt::format("{}{}\n#{}\n",
                                 fields::filter::HEADER,
                                 fields::filter::VERSION,
                                 fields::filter::FIELD_LIST));
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* decision = event.As<connector::FilterEvent>())
        {
            Write(*event.session, *decision);
        }
    }

  private:
    void Write(const connector::SessionInfo& session, const connector::FilterEvent& event)
    {
        const IpAddress client = session.connection->client;
        const bool onArrival = event.point == connector::FilterPoint::OnArrival;
        std::string line;
        line += UtcStamp(m_clock.Read(SimTime(event.time)));
        Put(line, onArrival ? fields::filter::ON_ARRIVAL : fields::filter::BEFORE_ARRIVAL);
        Put(line, connector::NameOfTest(event.test));
        Put(line, connector::NameOfAction(event.action));
        Put(line, client.ToString());
        Put(line, m_reverseName(client));
        Put(line, session.hello);
        Put(line, event.sender.empty() ? std::string_view("<>") : event.sender);
        Put(line, event.recipient);
        Put(line, session.user);
        Put(line, event.reply);
        Put(line,
            event.limit > 0 ? fmt::format("{} of {} invalid attempts", event.count, event.limit)
                            : std::string());
        line += '\n';
        m_file.Write(line);
    }

    static void Put(std::string& line, std::string_view field)
    {
        line += '\t';
        line += field.empty() ? fields::filter::NO_VALUE : "";
        for (const char c : field)
        {
            line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
        }
    }

    OutputFile& m_file;
    HostClock m_clock;
    std::function<std::string(IpAddress)> m_reverseName;
};

} // namespace bouncelab::evidence::filter

bouncelab::dialects::WriterPtr
bouncelab::dialects::Filter::Writer(const evidence::LogPlace& place)
{
    return place.hasFilter ? std::make_unique<evidence::filter::FilterLog>(place) : nullptr;
}
