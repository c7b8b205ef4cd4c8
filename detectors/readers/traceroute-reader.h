#ifndef BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H
#define BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

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
 * Finds traceroutes ("traceroute -n" or with names), alone or inside prose; whatever stands behind
 * the last round trip of a line is passed over.
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
    bool ReadHeader(std::string_view text);
    bool ReadHop(std::string_view text);

    Handler m_handler;
    bool m_open = false;
    TracedRoute m_route;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TRACEROUTE_READER_H
