#include "detectors/analysis/split-server.h"

#include "detectors/analysis/hello-keywords.h"

#include <algorithm>

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

/// Shared address space of providers' NATs (RFC 6598).
bool
IsShared(HostAddress address)
{
    const auto v4 = address.AsIpv4();
    return v4 && v4->value >> 22 == 0x6440 >> 6;
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
    if (session.client.IsPrivate() || IsShared(session.client))
    {
        return std::nullopt;
    }
    for (const Turn& turn : session.turns)
    {
        if ((turn.Is("EHLO") || turn.Is("HELO")) && turn.code == 250)
        {
            const auto echoed = EchoedAddress(turn.reply);
            // A private one is the server's own front end or NAT.
            if (echoed && *echoed != session.client && !echoed->IsPrivate() && !IsShared(*echoed))
            {
                return echoed;
            }
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
