#include "detectors/analysis/split-server.h"

#include "detectors/analysis/hello-keywords.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t ENOUGH_SIGNS = 3;
constexpr std::int64_t FURTHER_NS = 40000000; //!< No kernel or small check takes this each time.

bool
IsCheap(const Turn& turn)
{
    return turn.Is("DATA") || turn.Is("QUIT") || turn.Is("RSET") || turn.Is("NOOP");
}

/// Of providers' NATs (RFC 6598), or of the blocks of armed forces, where no mail is: many a
/// network numbers its inside so.
bool
IsInside(HostAddress address)
{
    constexpr std::array<std::uint32_t, 11> FORCES{6, 7, 11, 21, 22, 25, 26, 28, 29, 30, 33};
    const auto v4 = address.AsIpv4();
    return v4 && (v4->value >> 22 == 0x6440 >> 6 ||
                  std::find(FORCES.begin(), FORCES.end(), v4->value >> 24) != FORCES.end());
}

} // namespace

std::optional<SplitServer>
FindSplitServer(const SmtpSession& session)
{
    if (!session.opening)
    {
        return std::nullopt;
    }
    const auto near = session.opening->RoundTripNs();
    if (!near)
    {
        return std::nullopt;
    }
    SplitServer places;
    places.nearNs = *near;
    bool cheap = false;
    for (const Turn& turn : session.turns)
    {
        const auto delay = turn.DelayNs();
        if (!delay || turn.verb.empty() || turn.Is("."))
        {
            continue;
        }
        const bool isFar = *delay >= 3 * *near && *delay >= *near + FURTHER_NS;
        if (turn.Is("EHLO") || turn.Is("HELO"))
        {
            places.helloIsNear = places.helloIsNear || !isFar;
            continue;
        }
        if (!isFar)
        {
            return std::nullopt;
        }
        cheap = cheap || IsCheap(turn);
        places.farNs = places.far.empty() ? *delay : std::min(places.farNs, *delay);
        places.far.push_back(&turn);
    }
    return places.far.size() >= ENOUGH_SIGNS && cheap ? std::optional<SplitServer>(places)
                                                      : std::nullopt;
}

std::optional<HostAddress>
ForeignEcho(const SmtpSession& session)
{
    if (session.client.IsPrivate() || IsInside(session.client))
    {
        return std::nullopt;
    }
    for (const Turn& turn : session.turns)
    {
        if ((turn.Is("EHLO") || turn.Is("HELO")) && turn.code == 250)
        {
            const auto echoed = EchoedAddress(turn.reply);
            // A private one is the server's own front end or NAT; from one family to the other the
            // way itself translates (RFC 6146).
            if (echoed && *echoed != session.client && !echoed->IsPrivate() && !IsInside(*echoed) &&
                echoed->IsIpv6() == session.client.IsIpv6())
            {
                return echoed;
            }
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
