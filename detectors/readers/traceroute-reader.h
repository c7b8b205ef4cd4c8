#ifndef BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H
#define BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/// One hop of a traceroute.
struct TracedHop
{
    int number = 0;                        //!< From 1.
    std::optional<HostAddress> address;    //!< The first one that answered.
    std::optional<std::int64_t> minimumNs; //!< Smallest round trip; nothing when nobody answered.
};

/// The path to one destination as traceroute saw it.
struct TracedRoute
{
    HostAddress destination;
    std::vector<TracedHop> hops; //!< Ascending, as printed.

    /// Number of the hop that is the destination itself, if the traceroute got there.
    std::optional<int> Length() const;

    /// Round trip to the destination, if it answered.
    std::optional<std::int64_t> RoundTripNs() const;

    /**
     * Upper bound of the path's own round trip to a hop: a router may answer late, but never
     * before its packet passed, so no hop is further away than any hop behind it.
     */
    std::optional<std::int64_t> PathNs(int hop) const;

    /// Takes the smaller round trips of another traceroute to the same place.
    void Merge(const TracedRoute& other);
};

/**
 * Finds what traceroute, tcptraceroute, mtr's report and Windows' tracert print, in any language of
 * the latter, alone or inside prose; whatever stands behind the last round trip of a line is passed
 * over. Where no destination is named it is the last hop that answered. Windows prints whole
 * milliseconds: the bound is one more.
 */
class TracerouteReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TracedRoute&)>;

    explicit TracerouteReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "traceroute"; }

    void End() override;

  private:
    enum class Form : std::uint8_t
    {
        Unix,    //!< Address, then round trips.
        Windows, //!< Three round trips, then the address.
        Report,  //!< mtr's: address, loss, count, last, average, best, worst, deviation.
    };

    bool ReadHeader(std::string_view text);
    bool ReadHop(std::string_view text);
    std::optional<TracedHop> HopOf(std::string_view text) const;
    std::optional<TracedHop> UnixHop(std::string_view text) const;
    std::optional<TracedHop> WindowsHop(std::string_view text) const;
    std::optional<TracedHop> ReportedHop(std::string_view text) const;
    void Open(Form form, std::optional<HostAddress> destination);

    Handler m_handler;
    bool m_open = false;
    Form m_form = Form::Unix;
    TracedRoute m_route;
    std::optional<HostAddress> m_named; //!< Last address that a line before a route had.
    int m_since = 0;                    //!< Lines with text behind it.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H
