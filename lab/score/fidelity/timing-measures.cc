#include "lab/score/fidelity/measures.h"

#include <algorithm>

namespace bouncelab::score
{

namespace
{

std::int64_t
Gap(const CaseSession& session, int from, int to)
{
    return session.Packet(to).timeNs - session.Packet(from).timeNs;
}

Measure
GapMeasure(std::string sentence, int from, int to)
{
    return {std::move(sentence), {"gap"}, [from, to](const Subject& subject) {
                return Facts{Milliseconds("gap", Gap(subject.Session(), from, to))};
            }};
}

Facts
RoundTrips(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    return {Milliseconds("SYN", Gap(s, 1, 2)), Milliseconds("greeting", Gap(s, 3, 4))};
}

/// From the arrival of a server's packet to what the mail host sends because of it.
Facts
InnerTurnRound(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    return {Milliseconds("P2 to P3", Gap(s, 2, 3)),
            Milliseconds("P4 to P5", Gap(s, 4, 5)),
            Milliseconds("P8 to P9", Gap(s, 8, 9))};
}

Facts
ImpossibleSpeed(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const auto route = subject.Route().RoundTripNs();
    if (!route)
    {
        throw NotMeasurable("the traceroute did not reach the server");
    }
    const std::int64_t minimum = std::min({Gap(s, 1, 2), Gap(s, 3, 4), *route});
    return {YesNo("too early", Gap(s, 6, 7) < minimum),
            Milliseconds("reply", Gap(s, 6, 7)),
            Milliseconds("minimum RTT", minimum)};
}

Facts
QuitWait(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    const CaptureFrame& quit = s.Packet(9);
    const bool isOne = quit.Payload() == "QUIT\r\n" && (quit.tcp->flags & tcp::FIN) != 0;
    return {Milliseconds("wait", Gap(s, 7, 9)),
            YesNo("after P8", quit.number > s.Packet(8).number),
            YesNo("QUIT and FIN in one", isOne)};
}

Facts
ServerThinkTime(const Subject& subject)
{
    const CaseSession& s = subject.Session();
    return {Milliseconds("RCPT reply less SYN RTT", Gap(s, 6, 8) - Gap(s, 1, 2))};
}

} // namespace

void
AddTimingMeasures(MeasureTable& table)
{
    table["rcpt-to-forged"] = GapMeasure("Time from RCPT to the forged reply.", 6, 7);
    table["rcpt-to-genuine"] = GapMeasure("Time from RCPT to the server's own reply.", 6, 8);
    table["forged-lead"] = GapMeasure("How far the forged reply is ahead of the server's.", 7, 8);
    table["round-trips"] = {"Handshake round trip, and time from the ACK to the greeting.",
                            {"SYN", "greeting"},
                            RoundTrips};
    table["inner-turn-round"] = {"How long the inside takes to answer, seen from the gateway.",
                                 {"P2 to P3", "P4 to P5", "P8 to P9"},
                                 InnerTurnRound};
    table["impossible-speed"] = {
        "Whether the reply came earlier than anything can come from the server.",
        {"too early", "reply", "minimum RTT"},
        ImpossibleSpeed};
    table["quit-wait"] = {"How long QUIT waits after the forged reply, and how it leaves.",
                          {"wait", "after P8", "QUIT and FIN in one"},
                          QuitWait};
    table["server-think-time"] = {"The server's own delay at RCPT.",
                                  {"RCPT reply less SYN RTT"},
                                  ServerThinkTime};
}

} // namespace bouncelab::score
