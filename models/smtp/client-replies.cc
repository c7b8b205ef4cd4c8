#include "formats/text.h"
#include "models/smtp/client-session.h"
#include "models/smtp/extensions.h"

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

Step
StepOf(Stage stage, HelloStep opening)
{
    switch (stage)
    {
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Greeting:
        return Step::Greeting;
    case Stage::Hello:
        return opening == HelloStep::Hello            ? Step::Hello
               : opening == HelloStep::Authentication ? Step::Auth
                                                      : Step::StartTls;
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

} // namespace

ClientVerdict
ClientSession::Judge(Stage stage, const Reply& reply)
{
    ClientVerdict verdict{TransactionOutcome::Accepted,
                          stage,
                          OutcomeReason::Reply,
                          reply.code,
                          reply.text,
                          {}};
    verdict.opening = stage == Stage::Hello ? m_opening : HelloStep::Hello;
    const StagePolicy& policy = PolicyOf(stage);
    if (m_persona.replyParser == ReplyReading::Strict && reply.code == 0)
    {
        verdict.cause = OutcomeReason::MalformedReply;
        verdict.outcome = m_persona.malformedReply == MalformedReplyPolicy::Fail
                              ? TransactionOutcome::Failed
                              : TransactionOutcome::Deferred;
        return verdict;
    }
    const ReplyClass positive =
        stage == Stage::Data ? ReplyClass::Intermediate : ReplyClass::Positive;
    const std::uint32_t exact = verdict.opening == HelloStep::StartTls         ? 220
                                : verdict.opening == HelloStep::Authentication ? 235
                                                                               : ExactCode(stage);
    const ReplyClass found = ClassOf(reply.code);
    const bool negative = found == ReplyClass::Transient || found == ReplyClass::Permanent;
    if (found != positive && !negative)
    {
        Violate(Violation::UnexpectedCode, reply.text);
    }
    const bool good = policy.reading == CodeReading::ByClass     ? found == positive
                      : policy.reading == CodeReading::Threshold ? reply.code < 400
                                                                 : reply.code == exact;
    if (!good)
    {
        const bool permanent = policy.reading == CodeReading::ByClass
                                   ? found == ReplyClass::Permanent
                                   : reply.code >= 500;
        verdict.outcome = permanent ? policy.onPermanent : policy.onTransient;
    }
    return verdict;
}

void
ClientSession::OnReply(const Reply& reply)
{
    const Stage stage = StageAt(m_read);
    m_observer.OnReply({m_now, StepOf(stage, m_opening), reply.code, reply.text});
    if (reply.faults)
    {
        Violate(Violation::MalformedReply, DescribeFaults(reply.faults) + ": " + reply.text);
    }
    m_waitingSince = m_now;
    const std::size_t position = m_read++;
    if (stage == Stage::Quit)
    {
        End(EndReason::Quit);
        return;
    }
    if (stage == Stage::Hello && m_opening == HelloStep::Authentication &&
        ClassOf(reply.code) == ReplyClass::Intermediate)
    {
        OnChallenge(reply);
        return;
    }
    ClientVerdict verdict = Judge(stage, reply);
    const bool accepted = verdict.outcome == TransactionOutcome::Accepted;
    if (verdict.cause == OutcomeReason::MalformedReply)
    {
        Conclude(SenderRefused() ? m_result.message : std::move(verdict));
        return;
    }
    switch (stage)
    {
    case Stage::Hello:
        OnOpeningReply(verdict, reply);
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
        // Without a sender there is no recipient, whatever a pipelined RCPT is answered.
        m_result.recipients[position - 3] = m_mailAccepted ? std::move(verdict) : m_result.message;
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
        if (m_chunked && accepted && !m_lastChunk)
        {
            m_read = m_sent = DataPosition() + 1;
            break;
        }
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

bool
ClientSession::AnyAccepted() const
{
    return std::any_of(m_result.recipients.begin(),
                       m_result.recipients.end(),
                       [](const auto& r) { return r.outcome == TransactionOutcome::Accepted; });
}

bool
ClientSession::SenderRefused() const
{
    return m_result.message.stage == Stage::Mail &&
           m_result.message.outcome != TransactionOutcome::Accepted;
}

void
ClientSession::Conclude(ClientVerdict verdict)
{
    m_concluded = true;
    m_result.message = std::move(verdict);
    for (ClientVerdict& recipient : m_result.recipients)
    {
        const bool undecided = recipient.stage == Stage::Connect;
        if (undecided || recipient.outcome == TransactionOutcome::Accepted)
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
        Conclude(
            {TransactionOutcome::Failed, Stage::Recipient, OutcomeReason::NoRecipients, 0, {}, {}});
    }
    else
    {
        Conclude(std::move(verdict));
    }
}

/// The connection is no more, or of no more use.
void
ClientSession::Break(OutcomeReason cause)
{
    m_due.reset();
    if (!m_concluded)
    {
        m_result.possibleDuplicate = m_bodyOut && !m_emptyBody;
        ClientVerdict verdict{TransactionOutcome::Deferred, Awaiting(), cause, 0, {}, {}};
        verdict.opening = verdict.stage == Stage::Hello ? m_opening : HelloStep::Hello;
        if (SenderRefused())
        {
            verdict = m_result.message;
        }
        m_concluded = true;
        m_result.message = verdict;
        for (ClientVerdict& recipient : m_result.recipients)
        {
            if (recipient.stage == Stage::Connect ||
                recipient.outcome == TransactionOutcome::Accepted)
            {
                recipient = verdict;
            }
        }
    }
    m_body.reset();
    TellResult();
    End(cause == OutcomeReason::PeerClosed  ? EndReason::PeerClosed
        : cause == OutcomeReason::PeerReset ? EndReason::PeerReset
        : cause == OutcomeReason::Overflow  ? EndReason::Overflow
        : cause == OutcomeReason::TlsFailed ? EndReason::TlsFailed
                                            : EndReason::TimedOut);
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

} // namespace bouncelab::smtp
