#include "detectors/analysis/session-break.h"

#include "formats/exchange-fields.h"
#include "formats/initial-ttl.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view WORDS_UNKNOWN = "words unknown";

bool
BeginsTls(const Turn& turn)
{
    return (turn.Is("STARTTLS") || turn.Is("X-ANONYMOUSTLS")) && turn.code == 220;
}

/// \pre there are turns.
const Turn&
LastInTheClear(const std::vector<Turn>& turns)
{
    const auto tls = std::find_if(turns.begin(), turns.end(), BeginsTls);
    return tls == turns.end() ? turns.back() : *tls;
}

/// What is going on in a session when it ends; empty = nothing that has to go on.
std::string
StageOf(const std::vector<Turn>& turns)
{
    if (turns.empty())
    {
        return "greeting";
    }
    const Turn& last = LastInTheClear(turns);
    const auto nameOf = [](const Turn& turn)
    {
        static constexpr std::array<std::string_view, 10> VERBS{"HELO",
                                                                "EHLO",
                                                                "STARTTLS",
                                                                "AUTH",
                                                                "MAIL",
                                                                "RCPT",
                                                                "DATA",
                                                                "BDAT",
                                                                "RSET",
                                                                "NOOP"};
        const bool isKnown = std::find(VERBS.begin(), VERBS.end(), turn.verb) != VERBS.end();
        return std::string(turn.Is(".")        ? "content"
                           : turn.verb.empty() ? "greeting"
                           : isKnown           ? std::string_view(turn.verb)
                                               : WORDS_UNKNOWN);
    };
    if (last.Is("QUIT") || last.code >= 400 || last.code == 221)
    {
        return {};
    }
    if (last.code == 0)
    {
        return nameOf(last);
    }
    if (BeginsTls(last))
    {
        return "TLS";
    }
    const bool isTaken =
        std::any_of(turns.begin(),
                    turns.end(),
                    [](const Turn& turn) { return turn.Is(".") && turn.code / 100 == 2; });
    if (last.Is(".") || last.Is("RSET") || last.Is("NOOP") ||
        (isTaken && !last.Is("MAIL") && !last.Is("RCPT") && !last.Is("DATA")))
    {
        return {};
    }
    return last.code == 354 ? "content" : "after " + nameOf(last);
}

/// The same of a flow whose words are not at hand: whether the client spoke last.
std::string
StageOf(const Flow& flow)
{
    const Segment* last = nullptr;
    for (const Segment& segment : flow.segments)
    {
        last = segment.payloadLength > 0 ? &segment : last;
    }
    return last == nullptr ? "greeting" : last->side == CLIENT ? "words unknown" : std::string();
}

bool
IsOwed(const std::vector<Turn>& turns)
{
    return turns.empty() || LastInTheClear(turns).code == 0;
}

/// The last segments of the server's, as far back as they close its window and carry nothing.
std::optional<SessionBreak>
ClosedWindowOf(const Flow& flow)
{
    constexpr std::uint32_t FEWEST = 3;
    constexpr std::int64_t SHORTEST_NS = 10000000000;
    SessionBreak found;
    found.how = SessionBreak::How::ClosedWindow;
    const Segment* last = nullptr;
    for (std::uint32_t i = static_cast<std::uint32_t>(flow.segments.size()); i-- > 0;)
    {
        const Segment& segment = flow.At(i);
        if (segment.side == CLIENT)
        {
            continue;
        }
        if (segment.window != 0 || segment.Span() > 0 || segment.Has(tcp::RST))
        {
            break;
        }
        last = last ? last : &segment;
        ++found.segments;
        found.at = {segment.frame, i, segment.time};
    }
    if (found.segments < FEWEST)
    {
        return std::nullopt;
    }
    found.lastedNs = (last->time - found.at.time).count();
    // What closes it vouches for nothing of its own.
    const int ttl = last->ttl;
    const auto isOther = [&](const Segment& other)
    { return other.side == SERVER && !other.Has(tcp::RST) && other.window != 0; };
    const bool isForeign =
        ttl != 0 && std::any_of(flow.segments.begin(), flow.segments.end(), isOther) &&
        std::none_of(flow.segments.begin(),
                     flow.segments.end(),
                     [&](const Segment& other)
                     { return isOther(other) && HopsApart(other.ttl, ttl) <= 1; });
    found.hasUsualTtl = ttl == 0 ? std::nullopt : std::optional(!isForeign);
    return found.lastedNs < SHORTEST_NS ? std::nullopt : std::optional(found);
}

/// The client's last words, sent again and again, and no packet of the server's behind the first of
/// them but the end of the connection, if it acknowledges none of them. Those of full size may be
/// too large for the way (path-mtu).
std::optional<SessionBreak>
SilenceOf(const Flow& flow)
{
    constexpr std::uint32_t FEWEST = 4;
    constexpr std::uint32_t LARGE = 1000;
    SessionBreak found;
    found.how = SessionBreak::How::Silence;
    const Segment* last = nullptr;
    bool isEnded = false;
    std::int64_t endAcknowledges = 0;
    for (std::uint32_t i = static_cast<std::uint32_t>(flow.segments.size()); i-- > 0;)
    {
        const Segment& segment = flow.At(i);
        if (segment.side == SERVER && segment.Has(tcp::FIN) && segment.payloadLength == 0)
        {
            isEnded = true;
            endAcknowledges = std::max(endAcknowledges, segment.acknowledged);
            continue;
        }
        if (segment.side == SERVER)
        {
            break;
        }
        if (segment.payloadLength == 0 || (last && segment.DataStart() > last->DataStart()))
        {
            continue;
        }
        if (segment.payloadLength >= LARGE || (last && segment.DataStart() != last->DataStart()))
        {
            break;
        }
        last = last ? last : &segment;
        ++found.segments; // Copies are the capture's.
        found.at = {segment.frame, i, segment.time};
    }
    if (found.segments < FEWEST || (isEnded && endAcknowledges > last->DataStart()))
    {
        return std::nullopt;
    }
    found.endsDeaf = isEnded;
    found.lastedNs = (last->time - found.at.time).count();
    return found;
}

/// A client that ends a session in which it is owed an answer, or the greeting, for long.
std::optional<SessionBreak>
WaitedOf(const Flow& flow, const Segment& end)
{
    constexpr std::int64_t SHORTEST_NS = 30000000000;
    const Segment* last = nullptr;
    for (const Segment& segment : flow.segments)
    {
        if (&segment == &end)
        {
            break;
        }
        last = segment.Span() > 0 ? &segment : last;
    }
    const std::int64_t waitedNs = last ? (end.time - last->time).count() : 0;
    if (end.side != CLIENT || waitedNs < SHORTEST_NS)
    {
        return std::nullopt;
    }
    SessionBreak found;
    found.how = SessionBreak::How::Waited;
    found.lastedNs = waitedNs;
    found.at = {last->frame, static_cast<std::uint32_t>(last - flow.segments.data()), last->time};
    return found;
}

std::optional<bool>
HasUsualTtl(const Flow& flow, const Segment& last)
{
    if (last.ttl == 0)
    {
        return std::nullopt;
    }
    return std::any_of(flow.segments.begin(),
                       flow.segments.end(),
                       [&](const Segment& other)
                       {
                           return &other != &last && other.side == last.side &&
                                  other.ttl == last.ttl && !other.Has(tcp::RST);
                       });
}

/// A reset that answers a SYN, where the server has sent nothing else.
bool
IsRefusal(const Flow& flow, const Segment& first)
{
    return first.side == SERVER && first.Has(tcp::RST) && flow.stream[CLIENT].segments > 0 &&
           std::all_of(flow.segments.begin(),
                       flow.segments.end(),
                       [](const Segment& segment)
                       { return segment.Has(segment.side == SERVER ? tcp::RST : tcp::SYN); });
}

/// Whether two machines answered the client's SYN.
bool
HasTwoAnswers(const Flow& flow)
{
    return std::any_of(flow.segments.begin(),
                       flow.segments.end(),
                       [&](const Segment& segment)
                       {
                           return segment.side == SERVER && segment.Has(tcp::SYN) &&
                                  segment.sequence != flow.stream[SERVER].initialSequence;
                       });
}

SessionBreak
BreakAt(const Flow& flow, const Segment& last)
{
    SessionBreak found;
    found.at = {last.frame, static_cast<std::uint32_t>(&last - flow.segments.data()), last.time};
    found.hasUsualTtl = HasUsualTtl(flow, last);
    return found;
}

} // namespace

bool
IsUnfinished(const SmtpSession& session)
{
    return !StageOf(session.turns).empty();
}

std::optional<SessionBreak>
BreakOf(const Flow& flow, const SmtpSession* session)
{
    constexpr std::int64_t PATIENCE_NS = 60000000000;
    const std::vector<Turn> none;
    const std::vector<Turn>& turns = session ? session->turns : none;
    const auto first = std::find_if(flow.segments.begin(),
                                    flow.segments.end(),
                                    [](const Segment& segment)
                                    { return segment.Has(tcp::RST) || segment.Has(tcp::FIN); });
    if (first != flow.segments.end() && IsRefusal(flow, *first))
    {
        SessionBreak refused = BreakAt(flow, *first);
        refused.how = SessionBreak::How::Refused;
        refused.stage = "connect";
        return refused;
    }
    const std::string stage = session ? StageOf(turns) : StageOf(flow);
    if (stage.empty() || flow.stream[CLIENT].segments == 0 || HasTwoAnswers(flow))
    {
        return std::nullopt;
    }
    auto halted = ClosedWindowOf(flow);
    halted = halted ? halted : SilenceOf(flow);
    if (!halted && first != flow.segments.end() && IsOwed(turns) &&
        flow.stream[SERVER].segments > 0)
    {
        halted = WaitedOf(flow, *first);
    }
    if (halted)
    {
        halted->stage = stage;
        return halted;
    }
    const bool isOpened = flow.stream[SERVER].segments > 1 || flow.stream[SERVER].dataSegments > 0;
    if (first == flow.segments.end() || first->side == CLIENT || !isOpened)
    {
        return std::nullopt;
    }
    // Words that nobody understood, as those under TLS, may have been the last ones.
    const std::uint32_t understood = turns.empty()   ? 0
                                     : IsOwed(turns) ? LastInTheClear(turns).said.number
                                                     : LastInTheClear(turns).answered.number;
    const bool isAnswered =
        session && std::any_of(flow.segments.begin(),
                               std::next(first),
                               [&](const Segment& segment)
                               {
                                   return segment.side == SERVER && !segment.Has(tcp::RST) &&
                                          segment.frame > understood && segment.payloadLength > 0;
                               });
    const WallTime before = first == flow.segments.begin() ? first->time : std::prev(first)->time;
    if (isAnswered || (!IsOwed(turns) && (first->time - before).count() >= PATIENCE_NS))
    {
        return std::nullopt;
    }
    SessionBreak found = BreakAt(flow, *first);
    found.how = first->Has(tcp::RST) ? SessionBreak::How::Reset : SessionBreak::How::End;
    found.stage = stage;
    return found;
}

std::optional<SessionBreak>
BreakOf(const SmtpSession& logged)
{
    const LogSession* log = logged.log;
    const std::string stage = StageOf(logged.turns);
    if (!log || !logged.IsOwnersCall() || stage.empty())
    {
        return std::nullopt;
    }
    const bool isConnected =
        std::any_of(log->rows.begin(),
                    log->rows.end(),
                    [](const LogRow& row) { return row.event == fields::protocol::CONNECT; });
    const LogRow& last = log->rows.back();
    const std::string_view words = log->Context(last);
    if (last.event != fields::protocol::DISCONNECT || !isConnected || !StartsWith(words, "Remote"))
    {
        return std::nullopt;
    }
    SessionBreak found;
    found.how = SessionBreak::How::Logged;
    found.stage = stage;
    found.at = {last.line, static_cast<std::uint32_t>(log->rows.size() - 1), last.time};
    found.words = words;
    return found;
}

} // namespace bouncelab::detectors
