#include "models/smtp/client-session.h"

#include "models/smtp/ascii.h"
#include "models/smtp/extensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t DETAIL = 200;

Step
StepOf(Stage stage)
{
    switch (stage)
    {
    case Stage::Connect:
    case Stage::Greeting:
        return Step::Greeting;
    case Stage::Hello:
        return Step::Hello;
    case Stage::Mail:
        return Step::Mail;
    case Stage::Recipient:
        return Step::Recipient;
    case Stage::Data:
        return Step::Data;
    case Stage::Message:
        return Step::EndOfData;
    case Stage::Quit:
        break;
    }
    return Step::Quit;
}

std::uint32_t
ExactCode(Stage stage)
{
    switch (stage)
    {
    case Stage::Greeting:
        return 220;
    case Stage::Data:
        return 354;
    case Stage::Quit:
        return 221;
    default:
        return 250;
    }
}

bool
HasEightBit(const std::string& content)
{
    return std::any_of(content.begin(),
                       content.end(),
                       [](char c) { return static_cast<unsigned char>(c) > 127; });
}

} // namespace

std::string_view
NameOfStage(Stage stage)
{
    constexpr std::array<std::string_view, 8>
        NAMES{"connect", "greeting", "hello", "mail", "recipient", "data", "message", "quit"};
    return NAMES[static_cast<std::size_t>(stage)];
}

std::string_view
NameOfCause(Cause cause)
{
    constexpr std::array<std::string_view, 8> NAMES{"reply",
                                                    "malformed-reply",
                                                    "no-recipients",
                                                    "peer-closed",
                                                    "peer-reset",
                                                    "timed-out",
                                                    "connect-failed",
                                                    "overflow"};
    return NAMES[static_cast<std::size_t>(cause)];
}

ClientSession::ClientSession(const ClientPersona& persona,
                             Transaction transaction,
                             std::string helloName,
                             SessionObserver& observer,
                             RandomStream random)
    : m_persona(persona)
    , m_transaction(std::move(transaction))
    , m_helloName(std::move(helloName))
    , m_observer(observer)
    , m_random(random)
    , m_parser({persona.replyParser,
                persona.malformedReply == MalformedHabit::Skip,
                persona.maxReplyLine,
                persona.maxReplyText})
    , m_extended(persona.hello != HelloHabit::HeloOnly)
{
    if (m_transaction.recipients.empty() || !m_transaction.content)
    {
        fmt::print(stderr, "smtp: a transaction without recipients or content\n");
        std::abort();
    }
    m_result.recipients.resize(RecipientCount());
}

Stage
ClientSession::StageAt(std::size_t position) const
{
    if (position < 3)
    {
        return static_cast<Stage>(position + 1);
    }
    const std::size_t data = DataPosition();
    return position < data        ? Stage::Recipient
           : position == data     ? Stage::Data
           : position == data + 1 ? Stage::Message
                                  : Stage::Quit;
}

Stage
ClientSession::Awaiting() const
{
    return m_sent == 0 ? Stage::Connect : StageAt(m_read);
}

const StageHabit&
ClientSession::HabitOf(Stage stage) const
{
    switch (stage)
    {
    case Stage::Connect:
    case Stage::Greeting:
        return m_persona.greeting;
    case Stage::Hello:
        return m_persona.helloReply;
    case Stage::Mail:
        return m_persona.mail;
    case Stage::Recipient:
        return m_persona.rcpt;
    case Stage::Data:
        return m_persona.data;
    case Stage::Message:
    case Stage::Quit:
        break;
    }
    return m_persona.message;
}

void
ClientSession::ConnectFailed(Nanoseconds now)
{
    m_now = now;
    Break(Cause::ConnectFailed);
}

void
ClientSession::Connected(Nanoseconds now)
{
    m_now = m_waitingSince = now;
    m_sent = 1;
}

void
ClientSession::Receive(std::string_view bytes, Nanoseconds now)
{
    Tick(now);
    if (m_ended)
    {
        return;
    }
    if (m_persona.timeoutHabit == TimeoutHabit::PerRead)
    {
        m_waitingSince = now;
    }
    const bool reading = m_read < m_sent && !m_due && !m_body;
    if (!reading && bytes.size() > ReceiveRoom())
    {
        Violate(Violation::InputOverflow, {});
        Break(Cause::Overflow);
        return;
    }
    m_input.Add(bytes);
    Process();
    m_input.Settle();
}

void
ClientSession::PeerClosed(Nanoseconds now, bool reset)
{
    Tick(now);
    if (m_ended)
    {
        return;
    }
    m_peerClosed = true;
    if (reset)
    {
        m_output.clear();
        m_body.reset();
        Break(Cause::PeerReset);
        return;
    }
    Process();
}

void
ClientSession::Tick(Nanoseconds now)
{
    while (!m_ended && m_due && *m_due <= now)
    {
        m_now = std::max(m_now, *m_due);
        m_due.reset();
        SendNext();
        Process();
    }
    m_now = std::max(m_now, now);
    const auto deadline = Deadline();
    if (!m_ended && deadline && *deadline <= m_now)
    {
        Break(Cause::TimedOut);
    }
}

std::string
ClientSession::TakeOutput(std::size_t limit)
{
    std::string taken;
    if (m_output.size() <= limit)
    {
        taken.swap(m_output);
    }
    else
    {
        taken = m_output.substr(0, limit);
        m_output.erase(0, limit);
    }
    if (m_body && taken.size() < limit)
    {
        m_body->Read(taken, limit - taken.size());
        m_waitingSince = m_now;
        if (m_body->Done())
        {
            m_body.reset();
            m_bodyOut = true;
            NoteEarlyReply();
            Process();
            const std::size_t more = std::min(m_output.size(), limit - taken.size());
            taken.append(m_output, 0, more);
            m_output.erase(0, more);
        }
    }
    return taken;
}

std::optional<Nanoseconds>
ClientSession::Deadline() const
{
    if (m_due || m_read >= m_sent)
    {
        return std::nullopt;
    }
    const Stage stage = StageAt(m_read);
    const Nanoseconds limit = m_body                 ? m_persona.dataBlockTimeout
                              : stage == Stage::Quit ? m_persona.quitTimeout
                                                     : HabitOf(stage).timeout;
    return limit.count() > 0 ? std::optional<Nanoseconds>(m_waitingSince + limit) : std::nullopt;
}

std::optional<Nanoseconds>
ClientSession::NextTimer() const
{
    return m_ended ? std::nullopt : m_due ? m_due : Deadline();
}

std::size_t
ClientSession::ReceiveRoom() const
{
    const std::size_t limit = m_persona.inputBuffer;
    return m_ended ? 0 : limit - std::min(limit, Unread());
}

void
ClientSession::Process()
{
    while (!m_ended && !m_due && !m_body && m_read < m_sent)
    {
        m_input.Take(m_parser.Feed(m_input.Rest()));
        if (!m_parser.Complete())
        {
            if (m_peerClosed)
            {
                Break(Cause::PeerClosed);
            }
            break;
        }
        OnReply(m_parser.Get());
        m_parser.Next();
    }
}

ClientVerdict
ClientSession::Judge(Stage stage, const Reply& reply)
{
    ClientVerdict verdict{Outcome::Accepted, stage, Cause::Reply, reply.code, reply.text};
    const StageHabit& habit = HabitOf(stage);
    if (m_persona.replyParser == ReplyReading::Strict && reply.code == 0)
    {
        verdict.cause = Cause::MalformedReply;
        verdict.outcome =
            m_persona.malformedReply == MalformedHabit::Fail ? Outcome::Failed : Outcome::Deferred;
        return verdict;
    }
    const ReplyClass positive =
        stage == Stage::Data ? ReplyClass::Intermediate : ReplyClass::Positive;
    const ReplyClass found = ClassOf(reply.code);
    const bool negative = found == ReplyClass::Transient || found == ReplyClass::Permanent;
    if (found != positive && !negative)
    {
        Violate(Violation::UnexpectedCode, reply.text);
    }
    const bool good = habit.reading == CodeReading::ByClass     ? found == positive
                      : habit.reading == CodeReading::Threshold ? reply.code < 400
                                                                : reply.code == ExactCode(stage);
    if (!good)
    {
        const bool permanent = habit.reading == CodeReading::ByClass
                                   ? found == ReplyClass::Permanent
                                   : reply.code >= 500;
        verdict.outcome = permanent ? habit.onPermanent : habit.onTransient;
    }
    return verdict;
}

void
ClientSession::OnReply(const Reply& reply)
{
    const Stage stage = StageAt(m_read);
    m_observer.OnReply({m_now, StepOf(stage), reply.code, reply.text});
    if (reply.faults)
    {
        Violate(Violation::MalformedReply,
                DescribeFaults(reply.faults) + ": " + reply.text.substr(0, DETAIL));
    }
    m_waitingSince = m_now;
    const std::size_t position = m_read++;
    if (stage == Stage::Quit)
    {
        End(EndReason::Quit);
        return;
    }
    ClientVerdict verdict = Judge(stage, reply);
    const bool accepted = verdict.outcome == Outcome::Accepted;
    if (verdict.cause == Cause::MalformedReply)
    {
        Conclude(std::move(verdict));
        return;
    }
    switch (stage)
    {
    case Stage::Hello:
        OnHelloReply(verdict, reply);
        return;
    case Stage::Mail:
        m_mailAccepted = accepted;
        m_result.message = verdict;
        if (!accepted && !m_pipelined)
        {
            Conclude(std::move(verdict));
            return;
        }
        break;
    case Stage::Recipient:
        m_result.recipients[position - 3] = std::move(verdict);
        break;
    case Stage::Data:
        if (!accepted)
        {
            ConcludeTransaction(std::move(verdict));
            return;
        }
        m_emptyBody = !m_mailAccepted || !AnyAccepted();
        break;
    case Stage::Message:
        m_bodyOut = false;
        ConcludeTransaction(std::move(verdict));
        return;
    default:
        if (!accepted)
        {
            Conclude(std::move(verdict));
            return;
        }
        break;
    }
    if (m_read == m_sent)
    {
        Advance();
    }
}

void
ClientSession::OnHelloReply(const ClientVerdict& verdict, const Reply& reply)
{
    if (verdict.outcome == Outcome::Accepted)
    {
        for (std::string_view rest = reply.text; m_extended && !rest.empty();)
        {
            const std::size_t stop = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, stop);
            m_keywords.emplace_back(Trim(line.substr(std::min<std::size_t>(4, stop))));
            rest.remove_prefix(std::min(stop + 1, rest.size()));
        }
        if (!m_keywords.empty())
        {
            m_keywords.erase(m_keywords.begin());
        }
        m_pipelined = m_persona.pipelining && Offers(m_keywords, "PIPELINING");
    }
    else if (m_extended && m_persona.hello == HelloHabit::EhloThenHelo && reply.code >= 500)
    {
        m_extended = false;
        m_read = m_sent = 1;
    }
    else
    {
        Conclude(verdict);
        return;
    }
    Advance();
}

bool
ClientSession::AnyAccepted() const
{
    return std::any_of(m_result.recipients.begin(),
                       m_result.recipients.end(),
                       [](const auto& r) { return r.outcome == Outcome::Accepted; });
}

void
ClientSession::Advance()
{
    if (!m_concluded && m_sent == DataPosition() && !AnyAccepted())
    {
        ConcludeTransaction({});
        return;
    }
    const Nanoseconds due = m_now + Draw(m_persona.think, m_random);
    if (due > m_now)
    {
        m_due = due;
    }
    else
    {
        SendNext();
    }
}

void
ClientSession::SendNext()
{
    if (m_concluded)
    {
        Leave();
        return;
    }
    m_waitingSince = m_now;
    const Stage stage = StageAt(m_sent);
    if (stage != Stage::Message)
    {
        NoteEarlyReply();
    }
    switch (stage)
    {
    case Stage::Hello:
        SendHello();
        break;
    case Stage::Mail:
        SendMail();
        for (std::size_t i = 0; m_pipelined && i < RecipientCount(); ++i)
        {
            SendRecipient(i);
        }
        if (m_pipelined)
        {
            SendData();
        }
        break;
    case Stage::Recipient:
        SendRecipient(m_sent - 3);
        break;
    case Stage::Data:
        SendData();
        break;
    default:
        StartBody();
        break;
    }
}

void
ClientSession::Write(Verb verb, std::string line)
{
    m_observer.OnCommand({m_now, verb, line});
    m_output += line;
    m_output += "\r\n";
    ++m_sent;
}

void
ClientSession::SendHello()
{
    const Verb verb = m_extended ? Verb::Ehlo : Verb::Helo;
    Write(verb, fmt::format("{} {}", NameOfVerb(verb), m_helloName));
}

void
ClientSession::SendMail()
{
    std::string line = fmt::format("MAIL FROM:<{}>", m_transaction.sender);
    if (m_persona.announceSize && Offers(m_keywords, "SIZE"))
    {
        line += fmt::format(" SIZE={}", m_transaction.content->size());
    }
    if (m_persona.announceBody && Offers(m_keywords, "8BITMIME") &&
        HasEightBit(*m_transaction.content))
    {
        line += " BODY=8BITMIME";
    }
    Write(Verb::Mail, std::move(line));
}

void
ClientSession::SendRecipient(std::size_t index)
{
    Write(Verb::Rcpt, fmt::format("RCPT TO:<{}>", m_transaction.recipients[index]));
}

void
ClientSession::SendData()
{
    Write(Verb::Data, "DATA");
}

void
ClientSession::StartBody()
{
    static const auto EMPTY = std::make_shared<const std::string>();
    m_body.emplace(m_emptyBody ? EMPTY : m_transaction.content, m_persona.lineEnds);
    ++m_sent;
}

void
ClientSession::Conclude(ClientVerdict verdict)
{
    m_concluded = true;
    m_result.message = std::move(verdict);
    for (ClientVerdict& recipient : m_result.recipients)
    {
        const bool undecided = recipient.stage == Stage::Connect;
        if (undecided || recipient.outcome == Outcome::Accepted)
        {
            recipient = m_result.message;
        }
    }
    Advance();
}

/// With the verdict on DATA or the message, unless an earlier reply had settled it (pipelining).
void
ClientSession::ConcludeTransaction(ClientVerdict verdict)
{
    if (!m_mailAccepted)
    {
        Conclude(std::move(m_result.message));
    }
    else if (!AnyAccepted())
    {
        Conclude({Outcome::Failed, Stage::Recipient, Cause::NoRecipients, 0, {}});
    }
    else
    {
        Conclude(std::move(verdict));
    }
}

void
ClientSession::Leave()
{
    if (m_persona.quit != QuitHabit::None)
    {
        m_read = m_sent = DataPosition() + 2;
        NoteEarlyReply();
        Write(Verb::Quit, "QUIT");
        m_waitingSince = m_now;
    }
    TellResult();
    if (m_persona.quit != QuitHabit::Wait)
    {
        End(EndReason::Quit);
    }
}

/// The connection is no more, or of no more use.
void
ClientSession::Break(Cause cause)
{
    m_due.reset();
    if (!m_concluded)
    {
        m_result.possibleDuplicate = m_bodyOut && !m_emptyBody;
        const ClientVerdict verdict{Outcome::Deferred, Awaiting(), cause, 0, {}};
        m_concluded = true;
        m_result.message = verdict;
        for (ClientVerdict& recipient : m_result.recipients)
        {
            if (recipient.stage == Stage::Connect || recipient.outcome == Outcome::Accepted)
            {
                recipient = verdict;
            }
        }
    }
    m_body.reset();
    TellResult();
    End(cause == Cause::PeerClosed  ? EndReason::PeerClosed
        : cause == Cause::PeerReset ? EndReason::PeerReset
        : cause == Cause::Overflow  ? EndReason::Overflow
                                    : EndReason::TimedOut);
}

void
ClientSession::NoteEarlyReply()
{
    if (Unread() > 0)
    {
        Violate(Violation::EarlyReply, m_input.Rest());
    }
}

void
ClientSession::TellResult()
{
    if (!m_told)
    {
        m_told = true;
        m_observer.OnResult(m_now, m_result);
    }
}

void
ClientSession::End(EndReason reason)
{
    m_ended = true;
    m_due.reset();
    m_observer.OnEnd({m_now, reason});
}

void
ClientSession::Violate(Violation violation, std::string_view detail)
{
    m_observer.OnViolation({m_now, violation, detail.substr(0, DETAIL)});
}

} // namespace bouncelab::smtp
