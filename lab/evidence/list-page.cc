#include "formats/dialects.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

#include <fmt/format.h>

namespace bouncelab::evidence::lists
{

namespace
{

std::string
Greenwich(WallTime time)
{
    const CivilTime at = CivilFromSeconds(UnixSeconds(time));
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} GMT",
                       at.year,
                       at.month,
                       at.day,
                       at.hour,
                       at.minute);
}

std::string
Ago(Nanoseconds time)
{
    const std::int64_t hours = time.count() / (3600 * NANOSECONDS_PER_SECOND);
    return hours < 1 ? "less than an hour ago"
           : hours < 24
               ? fmt::format("approximately {} hours ago", hours)
               : fmt::format("approximately {} days, {} hours ago", hours / 24, hours % 24);
}

} // namespace

/// What the look-up page of a list says of an address, in the words of the CBL's, whenever that has
/// changed; a file for each address.
class ListPages : public LogWriter
{
  public:
    explicit ListPages(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        const auto* listing = event.As<dns::ListingEvent>();
        if (!listing || listing->change == dns::ListingChange::Hit ||
            listing->change == dns::ListingChange::Published ||
            listing->change == dns::ListingChange::Withdrawn)
        {
            return;
        }
        std::string page;
        listing->change == dns::ListingChange::Listed ? WriteListed(page, *listing)
                                                      : WriteUnlisted(page, *listing);
        m_folder.Open(fmt::format("list-pages/{}.txt", listing->address.ToString())).Write(page);
    }

  private:
    WallTime Clock(Nanoseconds time) const { return m_clock.Read(SimTime(time)); }

    void WriteListed(std::string& page, const dns::ListingEvent& event) const
    {
        const bool trap = event.hello.empty() || event.reason == "spam-trap";
        Print(page,
              "IP Address {} is listed in {}.\nIt was last detected at {} (+/- {} minutes), {}.\n",
              event.address.ToString(),
              event.list,
              Greenwich(Clock(event.detected)),
              event.updateInterval.count() / (60 * NANOSECONDS_PER_SECOND),
              Ago(event.time - event.detected));
        if (event.removed)
        {
            Print(page,
                  "It has been relisted following a previous removal at {}.\n",
                  Greenwich(Clock(*event.removed)));
        }
        trap ? Print(page,
                     "The listing of this IP is because it sent mail to a spam trap; it HELOs as "
                     "{}.\n\n",
                     event.hello)
             : Print(page,
                     "The listing of this IP is because it HELOs as {}. Not only is this a "
                     "violation of RFC2821/5321 section 4.1.1.1, it's even more frequently "
                     "characteristic of infection.\n\n",
                     event.hello);
    }

    void WriteUnlisted(std::string& page, const dns::ListingEvent& event) const
    {
        const std::string address = event.address.ToString();
        if (event.change == dns::ListingChange::Refused)
        {
            Print(page, "IP Address {} cannot be removed on request.\n\n", address);
            return;
        }
        Print(page, "IP Address {} is not listed in {}.\n", address, event.list);
        event.change == dns::ListingChange::Removed
            ? Print(page,
                    "It was previously listed, but was removed at {}.\n\n",
                    Greenwich(Clock(event.time)))
            : Print(page,
                    "It was previously listed, but expired at {}.\n\n",
                    Greenwich(Clock(event.time)));
    }

    VantageFolder& m_folder;
    HostClock m_clock;
};

} // namespace bouncelab::evidence::lists

bouncelab::dialects::WriterPtr
bouncelab::dialects::ListPage::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::lists::ListPages>(place);
}
