#include "detectors/analysis/smtp-talk.h"

#include "detectors/analysis/dialogue.h"
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

using namespace fields::protocol;

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
    explicit Pairing(Talk& talk)
        : m_talk(talk)
    {
    }

    void Command(std::string_view line, const Spot& spot)
    {
        Turn turn;
        FillCommand(turn, line);
        turn.said = spot;
        m_pending.push_back(m_talk.turns.size());
        m_talk.turns.push_back(std::move(turn));
        if (m_pending.size() > MOST_PENDING)
        {
            m_pending.pop_front();
        }
    }

    void Reply(std::uint32_t code, std::string_view text, const Spot& spot)
    {
        std::vector<Turn>& turns = m_talk.turns;
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
            Answer(turns.back(), code, text, spot);
            return;
        }
        Answer(turns[m_pending.front()], code, text, spot);
        m_pending.pop_front();
    }

  private:
    static void Answer(Turn& turn, std::uint32_t code, std::string_view text, const Spot& spot)
    {
        turn.code = code;
        turn.reply = text;
        turn.answered = spot;
    }

    Talk& m_talk;
    std::deque<std::size_t> m_pending;
};

/// From the client's last SYN before it to the server's SYN: 0 at the server, a round trip at the
/// client.
std::int64_t
HandshakeNs(const Flow& flow)
{
    std::optional<WallTime> asked;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == CLIENT && segment.Has(tcp::SYN))
        {
            asked = segment.time;
        }
        else if (segment.side == SERVER && segment.Has(tcp::SYN))
        {
            return asked ? std::max<std::int64_t>(0, (segment.time - *asked).count()) : 0;
        }
    }
    return 0;
}

void
ReadInformation(Talk& talk, const LogSession& session, const LogRow& row, const Spot& spot)
{
    if (auto delay = ParseTarpit(session.Data(row)))
    {
        talk.announced.push_back({std::move(*delay), spot});
    }
    else if (session.Context(row) == AUTHENTICATED)
    {
        talk.authenticated = InLowerCase(session.Data(row));
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
Talk::Find(std::string_view verb) const
{
    const auto found =
        std::find_if(turns.begin(), turns.end(), [&](const Turn& turn) { return turn.Is(verb); });
    return found == turns.end() ? nullptr : &*found;
}

std::string_view
Talk::Hello() const
{
    std::string_view hello;
    for (const Turn& turn : turns)
    {
        hello = turn.hello.empty() ? hello : std::string_view(turn.hello);
    }
    return hello;
}

bool
Talk::OffersAuth() const
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
Talk::TriesAuth() const
{
    return Find("AUTH") != nullptr || Find("X-EXPS") != nullptr || !authenticated.empty();
}

bool
Talk::IsAuthenticated() const
{
    return !authenticated.empty() ||
           std::any_of(turns.begin(),
                       turns.end(),
                       [](const Turn& turn)
                       { return (turn.Is("AUTH") || turn.Is("X-EXPS")) && turn.code == 235; });
}

bool
Talk::UsesTls() const
{
    return std::any_of(turns.begin(),
                       turns.end(),
                       [](const Turn& turn) { return turn.Is("STARTTLS") && turn.code == 220; });
}

WallTime
Talk::Start() const
{
    if (log)
    {
        return log->rows.front().time;
    }
    return turns.empty()              ? WallTime()
           : turns[0].said.number > 0 ? turns[0].said.time
                                      : turns[0].answered.time;
}

Talk
TalkOf(const ProtocolSessions& sessions, const LogSession& session)
{
    Talk talk;
    talk.log = &session;
    talk.logs = &sessions;
    talk.file = sessions.FileOf(session.rows.front());
    talk.atServer = session.IsServerSide();
    const LoggedEndpoint& client = talk.atServer ? session.remote : session.local;
    const LoggedEndpoint& server = talk.atServer ? session.local : session.remote;
    talk.client = client.address;
    talk.clientPort = client.port;
    talk.server = server.address;
    talk.serverPort = server.port;
    talk.incomplete = session.missing > 0 || session.rows.front().sequence > 0;
    const char says = talk.atServer ? RECEIVE : SEND;
    const char answers = talk.atServer ? SEND : RECEIVE;
    Pairing pairing(talk);
    std::string reply;
    for (std::uint32_t i = 0; i < session.rows.size(); ++i)
    {
        const LogRow& row = session.rows[i];
        const std::string_view data = session.Data(row);
        const Spot spot{row.line, i, row.time};
        if (row.event == says)
        {
            pairing.Command(data, spot);
        }
        else if (row.event == answers)
        {
            reply += reply.empty() ? "" : "\n";
            reply += data;
            const bool goesOn = data.size() > 3 && data[3] == '-' && i + 1 < session.rows.size() &&
                                session.rows[i + 1].event == answers;
            if (!goesOn)
            {
                pairing.Reply(CodeOf(reply), reply, spot);
                reply.clear();
            }
        }
        else if (row.event == INFORMATION)
        {
            ReadInformation(talk, session, row, spot);
        }
    }
    const bool isGreeted = !talk.turns.empty() && talk.turns.front().verb.empty();
    if (session.detail == LogDetail::Codes && !talk.atServer && session.start && isGreeted)
    {
        talk.roundTripNs =
            std::max<std::int64_t>(0, (talk.turns.front().answered.time - *session.start).count());
    }
    return talk;
}

Talk
TalkOf(const Flow& flow)
{
    Talk talk;
    talk.file = flow.source->name;
    talk.isText = flow.source->isText;
    talk.client = flow.address[CLIENT];
    talk.clientPort = flow.port[CLIENT];
    talk.server = flow.address[SERVER];
    talk.serverPort = flow.port[SERVER];
    talk.incomplete = !flow.stream[SERVER].sawSyn || flow.stream[SERVER].missing > 0 ||
                      flow.stream[CLIENT].missing > 0;
    talk.roundTripNs = HandshakeNs(flow);
    talk.opening = OpeningOf(flow);
    const Dialogue dialogue(flow);
    const auto spotOf = [&](const std::optional<std::uint32_t>& segment) {
        return segment ? Spot{flow.At(*segment).frame, *segment, flow.At(*segment).time} : Spot{};
    };
    for (const Exchange& exchange : dialogue.Exchanges())
    {
        std::vector<Turn>& turns = talk.turns;
        if (!turns.empty() && turns.back().Is("AUTH") && turns.back().code == 334)
        {
            turns.back().code = exchange.code;
            turns.back().reply = exchange.reply;
            turns.back().answered = spotOf(exchange.replySegment);
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
        turn.said = spotOf(exchange.commandSegment);
        turn.answered = spotOf(exchange.replySegment);
        turns.push_back(std::move(turn));
        if (turns.back().Is("STARTTLS") && turns.back().code == 220)
        {
            break;
        }
    }
    return talk;
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
