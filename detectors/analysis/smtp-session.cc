#include "detectors/analysis/smtp-session.h"

#include "detectors/analysis/flow-dialog.h"
#include "detectors/readers/scan.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <deque>

namespace bouncelab::detectors
{

namespace
{

/// What stands between the first '<' and the last '>' behind it, or the first word.
std::string
MailboxIn(std::string_view argument)
{
    const std::size_t colon = argument.find(':');
    argument.remove_prefix(colon == std::string_view::npos ? 0 : colon + 1);
    const std::size_t open = argument.find('<');
    if (open == std::string_view::npos)
    {
        return InLowerCase(scan::Word(argument));
    }
    argument.remove_prefix(open + 1);
    return InLowerCase(argument.substr(0, argument.find('>')));
}

void
FillCommand(Turn& turn, std::string_view line)
{
    std::string_view rest = line;
    turn.verb = InUpperCase(scan::Word(rest));
    if (turn.Is("MAIL") || turn.Is("RCPT"))
    {
        turn.mailbox = MailboxIn(rest);
    }
    else if (turn.Is("EHLO") || turn.Is("HELO"))
    {
        turn.hello = InLowerCase(Trim(rest, LINE_BLANKS));
    }
}

std::uint32_t
CodeOf(std::string_view reply)
{
    if (reply.size() < 3 || !IsDigit(reply[0]) || !IsDigit(reply[1]) || !IsDigit(reply[2]))
    {
        return 0;
    }
    return static_cast<std::uint32_t>((reply[0] - '0') * 100 + (reply[1] - '0') * 10 +
                                      (reply[2] - '0'));
}

/// Pairs commands and replies as they come, in pipelines too.
class Pairing
{
  public:
    explicit Pairing(SmtpSession& session)
        : m_session(session)
    {
    }

    void Command(std::string_view line, const EvidenceRef& ref)
    {
        Turn turn;
        FillCommand(turn, line);
        turn.said = ref;
        m_pending.push_back(m_session.turns.size());
        m_session.turns.push_back(std::move(turn));
        if (m_pending.size() > MOST_PENDING)
        {
            m_pending.pop_front();
        }
    }

    void Reply(std::uint32_t code, std::string_view text, const EvidenceRef& ref)
    {
        std::vector<Turn>& turns = m_session.turns;
        if (m_pending.empty())
        {
            // The steps of an AUTH exchange have no commands of their own, and neither has content.
            const bool goesOn =
                !turns.empty() && turns.back().Is("AUTH") && turns.back().code == 334;
            if (!goesOn)
            {
                Turn turn;
                turn.verb = !turns.empty() && turns.back().Is("DATA") && turns.back().code == 354
                                ? "."
                                : "";
                turns.push_back(std::move(turn));
            }
            Answer(turns.back(), code, text, ref);
            return;
        }
        Answer(turns[m_pending.front()], code, text, ref);
        m_pending.pop_front();
    }

  private:
    static void Answer(Turn& turn,
                       std::uint32_t code,
                       std::string_view text,
                       const EvidenceRef& ref)
    {
        turn.code = code;
        turn.reply = text;
        turn.answered = ref;
    }

    SmtpSession& m_session;
    std::deque<std::size_t> m_pending;
};

/// From the client's SYN to the server's: 0 at the server, a round trip at the client. Of a SYN
/// that was sent again it is not known which one was answered: then what was acknowledged sooner
/// counts.
std::int64_t
HandshakeNs(const Flow& flow, const std::optional<TcpOpening>& opening)
{
    std::optional<WallTime> asked;
    bool isAskedAgain = false;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == CLIENT && segment.Has(tcp::SYN))
        {
            isAskedAgain = asked.has_value();
            asked = asked.value_or(segment.time);
        }
        else if (segment.side == SERVER && segment.Has(tcp::SYN))
        {
            const std::int64_t elapsed = asked ? (segment.time - *asked).count() : 0;
            const auto quickest = opening ? opening->fastestAckNs : std::nullopt;
            return std::max<std::int64_t>(
                0,
                isAskedAgain ? std::min(elapsed, quickest.value_or(elapsed)) : elapsed);
        }
    }
    return 0;
}

void
ReadInformation(SmtpSession& session,
                const LogSession& logSession,
                const LogRow& row,
                const EvidenceRef& ref)
{
    if (auto delay = ParseTarpit(logSession.Data(row)))
    {
        session.announced.push_back({std::move(*delay), ref});
    }
    else if (logSession.Context(row) == fields::protocol::AUTHENTICATED)
    {
        session.authenticated = InLowerCase(logSession.Data(row));
    }
}

/// Second levels that countries sell names below.
constexpr std::array<std::string_view, 10>
    SHARED_LABELS{"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"};

std::string_view
RegisteredDomain(std::string_view name)
{
    while (!name.empty() && name.back() == '.')
    {
        name.remove_suffix(1);
    }
    const std::size_t last = name.rfind('.');
    if (last == std::string_view::npos || last == 0)
    {
        return name;
    }
    std::size_t before = name.rfind('.', last - 1);
    const std::string_view label = before == std::string_view::npos
                                       ? name.substr(0, last)
                                       : name.substr(before + 1, last - before - 1);
    const bool shared = name.size() - last == 3 &&
                        std::find(SHARED_LABELS.begin(), SHARED_LABELS.end(), InLowerCase(label)) !=
                            SHARED_LABELS.end();
    if (shared && before != std::string_view::npos && before > 0)
    {
        before = name.rfind('.', before - 1);
    }
    return before == std::string_view::npos ? name : name.substr(before + 1);
}

/// What of the time between a command and its reply TCP's timers took.
void
NoteRepeats(Turn& turn, const Flow& flow, std::uint32_t command, std::uint32_t reply)
{
    const Segment& asked = flow.At(command);
    bool isAcknowledged = false; // A copy behind that says nothing.
    for (std::uint32_t i = command + 1; i < reply; ++i)
    {
        const Segment& segment = flow.At(i);
        if (segment.side == SERVER)
        {
            // It goes on behind a reply that is not here yet.
            turn.isReplyRepeated |= segment.start > flow.At(reply).DataStart();
            isAcknowledged |= segment.Has(tcp::ACK) && segment.acknowledged >= asked.End();
        }
        else if (!isAcknowledged && segment.payloadLength > 0 && segment.DataStart() < asked.End())
        {
            turn.repeatedNs = (segment.time - asked.time).count();
        }
    }
}

/// The segment that first acknowledges a command's octets; the reply does, too.
const Segment*
AcknowledgmentOf(const Flow& flow, const FlowTurn& turn)
{
    if (!turn.commandSegment || !turn.replySegment)
    {
        return nullptr;
    }
    const Segment& said = flow.At(*turn.commandSegment);
    for (std::uint32_t i = *turn.commandSegment + 1; i <= *turn.replySegment; ++i)
    {
        const Segment& answer = flow.At(i);
        if (answer.side != said.side && answer.Has(tcp::ACK) && answer.acknowledged >= said.End())
        {
            return &answer;
        }
    }
    return nullptr;
}

/// Whether a capture shows a packet that only acknowledges a command; many are made without.
bool
ShowsAcknowledgments(const Flow& flow, const FlowDialog& dialog)
{
    return std::any_of(dialog.Turns().begin(),
                       dialog.Turns().end(),
                       [&flow](const FlowTurn& turn)
                       {
                           const Segment* answer = AcknowledgmentOf(flow, turn);
                           return answer && answer->payloadLength == 0;
                       });
}

} // namespace

std::optional<std::int64_t>
Turn::DelayNs() const
{
    if (said.number == 0 || answered.number == 0 || answered.time < said.time || Is("AUTH"))
    {
        return std::nullopt;
    }
    return (answered.time - said.time).count();
}

const Turn*
SmtpSession::Find(std::string_view verb) const
{
    const auto found =
        std::find_if(turns.begin(), turns.end(), [&](const Turn& turn) { return turn.Is(verb); });
    return found == turns.end() ? nullptr : &*found;
}

std::string_view
SmtpSession::Hello() const
{
    std::string_view hello;
    for (const Turn& turn : turns)
    {
        hello = turn.hello.empty() ? hello : std::string_view(turn.hello);
    }
    return hello;
}

bool
SmtpSession::OffersAuth() const
{
    bool offers = false;
    for (const Turn& turn : turns)
    {
        if (!turn.Is("EHLO") || turn.code != 250)
        {
            continue;
        }
        offers = false;
        std::string_view rest = turn.reply;
        while (!rest.empty())
        {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            // Later versions log the whole answer in one row.
            offers = offers || (line.size() > 8 && InUpperCase(line.substr(4, 4)) == "AUTH") ||
                     line.find(" AUTH ") != std::string_view::npos;
        }
    }
    return offers;
}

bool
SmtpSession::TriesAuth() const
{
    return Find("AUTH") != nullptr || Find("X-EXPS") != nullptr || !authenticated.empty();
}

bool
SmtpSession::IsAuthenticated() const
{
    return !authenticated.empty() ||
           std::any_of(turns.begin(),
                       turns.end(),
                       [](const Turn& turn)
                       { return (turn.Is("AUTH") || turn.Is("X-EXPS")) && turn.code == 235; });
}

bool
SmtpSession::IsTakenAtServer() const
{
    constexpr std::int64_t NEAR_NS = 1000000;
    // A printed packet or two without the handshake shows nothing of where it was taken.
    return log ? atServer : roundTripNs < NEAR_NS && !(isText && roundTripNs == 0);
}

bool
SmtpSession::UsesTls() const
{
    return std::any_of(turns.begin(),
                       turns.end(),
                       [](const Turn& turn) { return turn.Is("STARTTLS") && turn.code == 220; });
}

WallTime
SmtpSession::Start() const
{
    if (log)
    {
        return log->rows.front().time;
    }
    return turns.empty()              ? WallTime()
           : turns[0].said.number > 0 ? turns[0].said.time
                                      : turns[0].answered.time;
}

SmtpSession
SessionOf(const ProtocolSessions& logSessions, const LogSession& logSession)
{
    SmtpSession session;
    session.log = &logSession;
    session.logs = &logSessions;
    session.file = logSessions.FileOf(logSession.rows.front());
    session.atServer = logSession.IsServerSide();
    const LoggedEndpoint& client = session.atServer ? logSession.remote : logSession.local;
    const LoggedEndpoint& server = session.atServer ? logSession.local : logSession.remote;
    session.client = client.address;
    session.clientPort = client.port;
    session.server = server.address;
    session.serverPort = server.port;
    session.incomplete = logSession.missing > 0 || logSession.rows.front().sequence > 0;
    const char says = session.atServer ? fields::protocol::RECEIVE : fields::protocol::SEND;
    const char answers = session.atServer ? fields::protocol::SEND : fields::protocol::RECEIVE;
    Pairing pairing(session);
    std::string reply;
    for (std::uint32_t i = 0; i < logSession.rows.size(); ++i)
    {
        const LogRow& row = logSession.rows[i];
        const std::string_view data = logSession.Data(row);
        const EvidenceRef ref{row.line, i, row.time};
        if (row.event == says)
        {
            pairing.Command(data, ref);
        }
        else if (row.event == answers)
        {
            reply += reply.empty() ? "" : "\n";
            reply += data;
            const bool goesOn = data.size() > 3 && data[3] == '-' &&
                                i + 1 < logSession.rows.size() &&
                                logSession.rows[i + 1].event == answers;
            if (!goesOn)
            {
                pairing.Reply(CodeOf(reply), reply, ref);
                reply.clear();
            }
        }
        else if (row.event == fields::protocol::INFORMATION)
        {
            ReadInformation(session, logSession, row, ref);
        }
    }
    const bool isGreeted = !session.turns.empty() && session.turns.front().verb.empty();
    if (logSession.detail == LogDetail::Codes && !session.atServer && logSession.start && isGreeted)
    {
        session.roundTripNs = std::max<std::int64_t>(
            0,
            (session.turns.front().answered.time - *logSession.start).count());
    }
    return session;
}

SmtpSession
SessionOf(const Flow& flow)
{
    SmtpSession session;
    session.file = flow.source->name;
    session.isText = flow.source->isText;
    session.client = flow.address[CLIENT];
    session.clientPort = flow.port[CLIENT];
    session.server = flow.address[SERVER];
    session.serverPort = flow.port[SERVER];
    session.incomplete = !flow.stream[SERVER].sawSyn || flow.stream[SERVER].missing > 0 ||
                         flow.stream[CLIENT].missing > 0;
    session.opening = OpeningOf(flow);
    session.roundTripNs = HandshakeNs(flow, session.opening);
    const FlowDialog dialog(flow);
    const bool showsAcknowledgments = ShowsAcknowledgments(flow, dialog);
    const auto refOf = [&](const std::optional<std::uint32_t>& segment)
    {
        return segment ? EvidenceRef{flow.At(*segment).frame, *segment, flow.At(*segment).time}
                       : EvidenceRef{};
    };
    for (const FlowTurn& exchange : dialog.Turns())
    {
        std::vector<Turn>& turns = session.turns;
        if (!turns.empty() && turns.back().Is("AUTH") && turns.back().code == 334)
        {
            turns.back().code = exchange.code;
            turns.back().reply = exchange.reply;
            turns.back().answered = refOf(exchange.replySegment);
            continue;
        }
        Turn turn;
        if (exchange.command == ".")
        {
            turn.verb = ".";
            turn.content = exchange.content;
        }
        else
        {
            FillCommand(turn, exchange.line);
        }
        turn.code = exchange.code;
        turn.reply = exchange.reply;
        turn.said = refOf(exchange.commandSegment);
        turn.answered = refOf(exchange.replySegment);
        if (exchange.commandSegment && exchange.replySegment)
        {
            NoteRepeats(turn, flow, *exchange.commandSegment, *exchange.replySegment);
        }
        if (const Segment* answer = AcknowledgmentOf(flow, exchange);
            answer && showsAcknowledgments)
        {
            turn.acknowledgedNs = (answer->time - turn.said.time).count();
            // A lost command is acknowledged a round trip behind its copy; this one was kept.
            const bool isLost =
                *turn.acknowledgedNs - turn.repeatedNs <= session.roundTripNs + LATEST_ACK_NS;
            turn.repeatedNs = isLost ? turn.repeatedNs : 0;
        }
        if (!flow.window.Judges(turn.said.number > 0 ? turn.said.number : turn.answered.number))
        {
            continue;
        }
        turns.push_back(std::move(turn));
        if (turns.back().Is("STARTTLS") && turns.back().code == 220)
        {
            break;
        }
    }
    return session;
}

std::string_view
DomainOf(std::string_view mailbox)
{
    const std::size_t at = mailbox.rfind('@');
    return at == std::string_view::npos ? std::string_view() : mailbox.substr(at + 1);
}

bool
SameOrganization(std::string_view a, std::string_view b)
{
    const std::string x = InLowerCase(RegisteredDomain(a));
    return !x.empty() && x == InLowerCase(RegisteredDomain(b));
}

} // namespace bouncelab::detectors
