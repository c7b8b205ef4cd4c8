#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/sequence.h"
#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <set>

/// EHLO, its answer and the next command of the case's session, to the byte and the millisecond.
namespace bouncelab::score
{

namespace
{

using detectors::LogRow;
using detectors::LogSession;

constexpr std::size_t LINE_END = 2; // CR LF
constexpr std::size_t CODE = 4;     // "250-"

/// The rows that S000-10 to S000-17 tell of.
struct Opening
{
    explicit Opening(const Subject& subject)
        : session(subject.CaseLogSession())
        , dialogue(session)
        , hello(dialogue.Hello())
        , mail(dialogue.Find("MAIL"))
    {
        if (!hello || hello->answer.empty() || !mail)
        {
            throw NotMeasurable("the case's session has no EHLO with an answer, or no MAIL");
        }
    }

    std::string Line(const LogRow& row) const { return std::string(session.Data(row)); }

    /// A line of the answer without its code.
    std::string Word(std::size_t index) const
    {
        const std::string line = Line(*hello->answer[index]);
        return line.size() > CODE ? line.substr(CODE) : std::string();
    }

    const LogSession& session;
    LoggedDialogue dialogue;
    const LoggedTurn* hello;
    const LoggedTurn* mail;
};

/// As a number, so that a claim can allow for milliseconds.
Fact
TimeOfDay(std::int64_t timeNs)
{
    constexpr std::int64_t DAY = 86400 * NANOSECONDS_PER_SECOND;
    const std::int64_t milliseconds = (timeNs - FloorDivide(timeNs, DAY) * DAY) / 1000000;
    return {"time of day", fmt::format("{}.{:03} s", milliseconds / 1000, milliseconds % 1000)};
}

Facts
DescribeRow(const Opening& opening, const LogRow& row)
{
    return {{"stamp", UtcStamp(row.timeNs)},
            TimeOfDay(row.timeNs),
            {"event", std::string(1, row.event)},
            Count("seq", row.sequence),
            {"text", opening.Line(row)}};
}

Facts
HelloLine(const Subject& subject)
{
    const Opening opening(subject);
    return DescribeRow(opening, *opening.hello->command);
}

Facts
HelloAnswer(const Subject& subject)
{
    const Opening opening(subject);
    const std::string greeting = opening.Word(0);
    return {{"text", opening.Line(*opening.hello->answer.front())},
            {"name", greeting.substr(0, greeting.find(' '))}};
}

Facts
Keywords(const Subject& subject)
{
    const Opening opening(subject);
    const auto& answer = opening.hello->answer;
    std::string list;
    for (std::size_t i = 1; i < answer.size(); ++i)
    {
        list += list.empty() ? "" : ", ";
        list += opening.Word(i);
    }
    const auto lines = static_cast<std::int64_t>(answer.size());
    return {{"list", list},
            Count("keywords", lines - 1),
            Count("lines", lines),
            Count("first seq", answer.front()->sequence),
            Count("last seq", answer.back()->sequence),
            {"last", opening.Line(*answer.back())}};
}

Facts
SizeKeyword(const Subject& subject)
{
    const Opening opening(subject);
    for (std::size_t i = 1; i < opening.hello->answer.size(); ++i)
    {
        const std::string word = opening.Word(i);
        if (word.substr(0, word.find(' ')) == "SIZE")
        {
            return {{"text", opening.Line(*opening.hello->answer[i])},
                    {"value", word.size() > 5 ? word.substr(5) : "none"}};
        }
    }
    throw NotMeasurable("the answer to EHLO has no SIZE");
}

Facts
AnswerTimes(const Subject& subject)
{
    const Opening opening(subject);
    std::set<std::int64_t> stamps;
    for (const LogRow* row : opening.hello->answer)
    {
        stamps.insert(row->timeNs);
    }
    return {Count("lines", static_cast<std::int64_t>(opening.hello->answer.size())),
            Count("stamps", static_cast<std::int64_t>(stamps.size())),
            Milliseconds("after EHLO", *stamps.begin() - opening.hello->command->timeNs)};
}

Facts
NextCommand(const Subject& subject)
{
    const Opening opening(subject);
    Facts facts = DescribeRow(opening, *opening.mail->command);
    std::int64_t between = 0;
    bool auth = false;
    bool tls = false;
    for (const LoggedTurn& turn : opening.dialogue.Turns())
    {
        const std::uint32_t at = turn.command->sequence;
        if (at > opening.hello->command->sequence && at < opening.mail->command->sequence)
        {
            const std::string_view text = opening.dialogue.TextOf(turn);
            ++between;
            auth = auth || text.substr(0, 4) == "AUTH" || text.substr(0, 6) == "X-EXPS";
            tls = tls || text.substr(0, 8) == "STARTTLS" || text.substr(0, 14) == "X-ANONYMOUSTLS";
        }
    }
    facts.push_back(Count("commands between", between));
    facts.push_back(YesNo("AUTH between", auth));
    facts.push_back(YesNo("STARTTLS between", tls));
    return facts;
}

/// From the answer to EHLO to the client's next command.
Facts
TurnRound(const Subject& subject)
{
    const Opening opening(subject);
    const LogRow& answered = *opening.hello->answer.back();
    for (const LoggedTurn& turn : opening.dialogue.Turns())
    {
        if (turn.command->sequence > answered.sequence)
        {
            return {Milliseconds("turn-round", turn.command->timeNs - answered.timeNs)};
        }
    }
    throw NotMeasurable("the client says nothing after the answer to EHLO");
}

Facts
LineSizes(const Subject& subject)
{
    const Opening opening(subject);
    const auto size = [&](const LogRow& row) { return opening.Line(row).size() + LINE_END; };
    std::size_t answer = 0;
    for (const LogRow* row : opening.hello->answer)
    {
        answer += size(*row);
    }
    return {Count("EHLO", static_cast<std::int64_t>(size(*opening.hello->command)), "B"),
            Count("answer", static_cast<std::int64_t>(answer), "B"),
            Count("MAIL", static_cast<std::int64_t>(size(*opening.mail->command)), "B")};
}

bool
IsFrom(const CaptureFrame& frame,
       const detectors::LoggedEndpoint& from,
       const detectors::LoggedEndpoint& to)
{
    return frame.tcp && frame.ip->source == from.address && frame.tcp->sourcePort == from.port &&
           frame.ip->destination == to.address && frame.tcp->destinationPort == to.port;
}

/// The same three in the capture: segments that begin with the commands, and what the server sends
/// between its answer's first byte and the client's next one. Repeated bytes count once.
Facts
WireSizes(const Subject& subject)
{
    const LogSession& session = subject.CaseLogSession();
    const CaptureFrame* hello = nullptr;
    const CaptureFrame* mail = nullptr;
    std::uint32_t answerEnd = 0;
    std::int64_t segments = 0;
    bool isAnswered = false;
    for (const CaptureFrame& frame : subject.Packets().Frames())
    {
        if (frame.tcp && frame.Payload().empty())
        {
            continue;
        }
        if (IsFrom(frame, session.remote, session.local))
        {
            const std::string_view verb = frame.Payload().substr(0, 5);
            if (!mail && (verb == "EHLO " || verb == "HELO "))
            {
                hello = &frame;
                segments = 0;
            }
            mail = !mail && verb == "MAIL " ? &frame : mail;
            isAnswered = hello && &frame != hello;
        }
        else if (hello && !isAnswered && !mail && IsFrom(frame, session.local, session.remote))
        {
            const bool isNew = segments == 0 || !SequenceAtMost(frame.EndSequence(), answerEnd);
            answerEnd = isNew ? frame.EndSequence() : answerEnd;
            segments += isNew ? 1 : 0;
        }
    }
    if (!hello || !mail || segments == 0)
    {
        throw NotMeasurable("the capture does not show EHLO, its answer and MAIL of the case's "
                            "session");
    }
    const auto bytes = [](const CaptureFrame& frame)
    { return static_cast<std::int64_t>(frame.Payload().size()); };
    return {Count("EHLO", bytes(*hello), "B"),
            Count("answer", answerEnd - hello->tcp->acknowledgment, "B"),
            Count("answer segments", segments),
            Count("MAIL", bytes(*mail), "B")};
}

} // namespace

void
AddExchangeHelloMeasures(MeasureTable& table)
{
    const std::vector<std::string> row{"stamp", "time of day", "event", "seq", "text"};
    std::vector<std::string> next = row;
    next.insert(next.end(), {"commands between", "AUTH between", "STARTTLS between"});
    table["hello-line"] = {"The row of the client's EHLO.", row, HelloLine};
    table["hello-answer"] = {"The first line of the answer to it.", {"text", "name"}, HelloAnswer};
    table["keywords"] = {"What the server offers, in order.",
                         {"list", "keywords", "lines", "first seq", "last seq", "last"},
                         Keywords};
    table["size-keyword"] = {"Its SIZE line.", {"text", "value"}, SizeKeyword};
    table["answer-times"] = {"When the lines of that answer are stamped.",
                             {"lines", "stamps", "after EHLO"},
                             AnswerTimes};
    table["next-command"] = {"The row of MAIL, and what came before it.", next, NextCommand};
    table["turn-round"] = {"From the answer to EHLO to the client's next command.",
                           {"turn-round"},
                           TurnRound};
    table["line-sizes"] = {"Sizes of lines in the log, with their line ends.",
                           {"EHLO", "answer", "MAIL"},
                           LineSizes};
    table["wire-sizes"] = {"The same in the capture.",
                           {"EHLO", "answer", "answer segments", "MAIL"},
                           WireSizes};
}

} // namespace bouncelab::score
