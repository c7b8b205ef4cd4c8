#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace bouncelab::score
{

namespace
{

/// "0:E0:FC:34:C0:86", as snort prints it.
std::string
SnortAddress(const MacAddress& address)
{
    return fmt::format("{:X}:{:X}:{:X}:{:X}:{:X}:{:X}",
                       address.bytes[0],
                       address.bytes[1],
                       address.bytes[2],
                       address.bytes[3],
                       address.bytes[4],
                       address.bytes[5]);
}

/// Where the forger stands by its TTL: the gateway has decremented before the capture (S003-40).
Facts
ForgerPlace(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const int to = 64 - s.Packet(7).ip->ttl;
    return {
        Count("client decrements", 128 - s.Packet(1).ip->ttl),
        YesNo("gateway decremented", s.Packet(2).ethernet.source == s.Packet(8).ethernet.source),
        {"interval", fmt::format("({}, {}]", to - 1, to)}};
}

/// What the time of the forged reply leaves possible (S003-41): one-sided.
Facts
RttBound(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const detectors::Route& route = subject.Route();
    const std::int64_t elapsed = s.Packet(7).timeNs - s.Packet(6).timeNs;
    int last = 0;
    for (const detectors::Hop& hop : route.hops)
    {
        const auto roundTrip = route.PathNs(hop.number);
        if (roundTrip && *roundTrip <= elapsed)
        {
            last = hop.number;
        }
    }
    const auto spare = [&](int hop)
    {
        return Milliseconds(fmt::format("spare at {}", hop),
                            elapsed - route.PathNs(hop).value_or(elapsed));
    };
    return {Milliseconds("elapsed", elapsed),
            Count("last possible", last),
            Count("first impossible", last + 1),
            spare(5),
            spare(8)};
}

Facts
InsidePath(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const EthernetFields& out = s.Packet(1).ethernet;
    const EthernetFields& in = s.Packet(2).ethernet;
    const bool steady = std::all_of(s.frames.begin(),
                                    s.frames.end(),
                                    [&](const CaptureFrame* frame)
                                    {
                                        const EthernetFields& like = s.IsOutward(*frame) ? out : in;
                                        return frame->ethernet.source == like.source &&
                                               frame->ethernet.destination == like.destination;
                                    });
    return {{"out", SnortAddress(out.source) + " -> " + SnortAddress(out.destination)},
            {"in", SnortAddress(in.source) + " -> " + SnortAddress(in.destination)},
            YesNo("same for all frames", steady),
            YesNo("two stations", !(out.source == in.destination))};
}

} // namespace

void
AddPlaceMeasures(MeasureTable& table)
{
    table["forger-place"] = {"The hop that the forged TTL points at, if it began at 64.",
                             {"client decrements", "gateway decremented", "interval"},
                             ForgerPlace};
    table["rtt-bound"] = {
        "The hops that are near enough for the forged reply's time.",
        {"elapsed", "last possible", "first impossible", "spare at 5", "spare at 8"},
        RttBound};
    table["inside-path"] = {"Ethernet stations on the gateway's inside segment.",
                            {"out", "in", "same for all frames", "two stations"},
                            InsidePath};
}

} // namespace bouncelab::score
