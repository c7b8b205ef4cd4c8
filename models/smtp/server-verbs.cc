#include "formats/text.h"
#include "models/smtp/extensions.h"
#include "models/smtp/server-session.h"

#include <array>

namespace bouncelab::smtp
{

/// The commands that a server implements. A new one is a row here, a handler below and a name in
/// command.cc; a new parameter of MAIL or RCPT is a row in extensions.cc.
const ServerSession::VerbRow*
ServerSession::FindRow(Verb verb)
{
    static constexpr std::array ROWS{
        VerbRow{Verb::Helo, Step::Hello, true, {}, &ServerSession::OnHelo},
        VerbRow{Verb::Ehlo, Step::Hello, true, {}, &ServerSession::OnEhlo},
        VerbRow{Verb::Mail, Step::Mail, false, {}, &ServerSession::OnMail},
        VerbRow{Verb::Rcpt, Step::Recipient, false, {}, &ServerSession::OnRcpt},
        VerbRow{Verb::Data, Step::Data, true, {}, &ServerSession::OnData},
        VerbRow{Verb::Rset, Step::Reset, false, {}, &ServerSession::OnRset},
        VerbRow{Verb::Noop, Step::Neutral, true, {}, &ServerSession::OnNoop},
        VerbRow{Verb::Vrfy, Step::Neutral, true, {}, &ServerSession::OnVrfy},
        VerbRow{Verb::Help, Step::Neutral, true, {}, &ServerSession::OnHelp},
        VerbRow{Verb::Quit, Step::Quit, true, {}, &ServerSession::OnQuit},
        VerbRow{Verb::Expn, Step::Neutral, true, {}, &ServerSession::OnExpn},
        VerbRow{Verb::Etrn, Step::Neutral, true, {}, &ServerSession::OnEtrn},
        VerbRow{Verb::Auth, Step::Auth, true, "AUTH", &ServerSession::OnAuth},
        VerbRow{Verb::XExps, Step::Auth, true, "X-EXPS", &ServerSession::OnAuth},
        VerbRow{Verb::StartTls, Step::StartTls, true, "STARTTLS", &ServerSession::OnStartTls},
        VerbRow{Verb::XAnonymousTls,
                Step::StartTls,
                true,
                "X-ANONYMOUSTLS",
                &ServerSession::OnStartTls},
        VerbRow{Verb::Bdat, Step::Chunk, false, "CHUNKING", &ServerSession::OnBdat},
    };
    for (const VerbRow& row : ROWS)
    {
        if (row.verb == verb)
        {
            return &row;
        }
    }
    return nullptr;
}

void
ServerSession::Hello(const Command& command, bool extended)
{
    const std::string_view name = command.argument;
    if (name.empty() || (m_persona.checkHelloName && !IsDomainOrLiteral(name)))
    {
        Refuse(m_persona.replies.badHello, Violation::BadSyntax, m_line);
        return;
    }
    const std::string before = std::move(m_facts.helo);
    m_facts.helo = name;
    const Decision decision = m_policy.OnHello(m_facts, name, extended);
    OfferKeywords();
    const ReplyClass answer = Answer(Step::Hello,
                                     extended ? m_persona.replies.ehlo : m_persona.replies.helo,
                                     m_persona.think.hello,
                                     &decision,
                                     extended ? &Keywords() : nullptr);
    if (answer == ReplyClass::Positive)
    {
        m_facts.extended = extended;
        ForgetTransaction();
    }
    else
    {
        m_facts.helo = before;
    }
}

/// The same list decides what is offered until the next hello.
void
ServerSession::OfferKeywords()
{
    const std::vector<std::string>* chosen = m_policy.Keywords(m_facts);
    m_keywords = chosen ? chosen : m_facts.tls ? &m_keywordsInTls : &m_persona.keywords;
    m_lines.SetMaxLength(m_persona.limits.commandLine + ExtraLineLength(Keywords()));
}

void
ServerSession::OnHelo(const Command& command)
{
    Hello(command, false);
}

void
ServerSession::OnEhlo(const Command& command)
{
    Hello(command, true);
}

PathRules
ServerSession::Rules() const
{
    return {m_persona.acceptWithoutBrackets,
            m_persona.acceptWithoutDomain,
            m_persona.acceptAnyDomain};
}

bool
ServerSession::CheckPath(PathArgument& argument, Verb verb)
{
    const ServerReplies& replies = m_persona.replies;
    const bool sender = verb == Verb::Mail;
    switch (argument.status)
    {
    case PathArgument::Status::NoKeyword:
    case PathArgument::Status::BadParameter:
        Refuse(replies.syntax, Violation::BadSyntax, m_line);
        return false;
    case PathArgument::Status::BadPath:
        Refuse(sender ? replies.badSender : replies.badRecipient, Violation::BadSyntax, m_line);
        return false;
    case PathArgument::Status::Ok:
        break;
    }
    Path& path = argument.path;
    if (m_persona.appendDomain && path.domain.empty() && !path.IsNull())
    {
        path.domain = m_facts.connection.domain;
    }
    const ServerLimits& limits = m_persona.limits;
    m_address = path.Mailbox();
    if (!sender && path.IsNull())
    {
        Refuse(replies.badRecipient, Violation::BadSyntax, m_line);
        return false;
    }
    if (path.localPart.size() > limits.localPart || path.domain.size() > limits.domain ||
        path.ToString().size() > limits.path)
    {
        Refuse(replies.pathTooLong, Violation::BadSyntax, m_line);
        return false;
    }
    switch (CheckParameters(Keywords(), verb, argument.parameters))
    {
    case ParameterCheck::Unknown:
        Refuse(replies.badParameter, Violation::BadSyntax, m_line);
        return false;
    case ParameterCheck::BadValue:
        Refuse(replies.syntax, Violation::BadSyntax, m_line);
        return false;
    case ParameterCheck::Ok:
        break;
    }
    return true;
}

void
ServerSession::OnMail(const Command& command)
{
    PathArgument argument = ParsePathArgument("FROM:", command.argument, Rules());
    if (!CheckPath(argument, Verb::Mail))
    {
        return;
    }
    if (m_persona.requireTls && !m_facts.tls)
    {
        Answer(Step::Mail, m_persona.replies.tlsRequired, m_persona.think.mail);
        return;
    }
    if (m_persona.requireAuth && m_facts.user.empty())
    {
        Answer(Step::Mail, m_persona.replies.authRequired, m_persona.think.mail);
        return;
    }
    const Parameter* size = FindParameter(argument.parameters, "SIZE");
    if (size && ParseSize(size->value).value_or(0) > m_persona.limits.messageSize)
    {
        Violate(Violation::ContentTooBig, m_line);
        Answer(Step::Mail, m_persona.replies.tooBig, m_persona.think.mail);
        return;
    }
    EnvelopeEntry sender{std::move(argument.path), std::move(argument.parameters)};
    const Decision decision = m_policy.OnMail(m_facts, sender);
    if (Answer(Step::Mail, m_persona.replies.mail, m_persona.think.mail, &decision) ==
        ReplyClass::Positive)
    {
        m_facts.envelope.sender = std::move(sender);
        m_facts.envelope.recipients.clear();
    }
}

void
ServerSession::OnRcpt(const Command& command)
{
    PathArgument argument = ParsePathArgument("TO:", command.argument, Rules());
    if (!CheckPath(argument, Verb::Rcpt))
    {
        return;
    }
    const std::uint32_t limit = m_persona.limits.recipients;
    if (limit > 0 && m_facts.envelope.recipients.size() >= limit)
    {
        Violate(Violation::TooManyRecipients, m_line);
        Answer(Step::Recipient, m_persona.replies.tooManyRecipients, m_persona.think.rcpt);
        return;
    }
    EnvelopeEntry recipient{std::move(argument.path), std::move(argument.parameters)};
    const Decision decision = m_policy.OnRecipient(m_facts, recipient);
    if (decision.wait)
    {
        m_awaited = AwaitedRecipient{std::move(recipient), std::string(m_line)};
        return;
    }
    AnswerRecipient(std::move(recipient), decision);
}

/// \return whether the decision is known now.
bool
ServerSession::DecideAwaited()
{
    const Decision decision = m_policy.OnAwaited(m_facts, m_awaited->recipient);
    if (decision.wait)
    {
        return false;
    }
    AwaitedRecipient awaited = std::move(*m_awaited);
    m_awaited.reset();
    m_line = awaited.line;
    AnswerRecipient(std::move(awaited.recipient), decision);
    m_line = {};
    return true;
}

void
ServerSession::AnswerRecipient(EnvelopeEntry recipient, const Decision& decision)
{
    if (Answer(Step::Recipient, m_persona.replies.rcpt, m_persona.think.rcpt, &decision) ==
        ReplyClass::Positive)
    {
        m_facts.envelope.recipients.push_back(std::move(recipient));
    }
}

void
ServerSession::OnData(const Command& command)
{
    if (!command.argument.empty())
    {
        Refuse(m_persona.replies.syntax, Violation::BadSyntax, m_line);
        return;
    }
    const Parameter* body = FindParameter(m_facts.envelope.sender.parameters, "BODY");
    if (body && EqualIgnoringCase(body->value, "BINARYMIME"))
    {
        Refuse(m_persona.replies.needBdat, Violation::BadSequence, m_line);
        return;
    }
    const Decision decision = m_policy.OnData(m_facts);
    if (Answer(Step::Data, m_persona.replies.data, m_persona.think.data, &decision) ==
        ReplyClass::Intermediate)
    {
        m_data.Start();
        m_headerSeen = 0;
        m_headerDone = false;
    }
}

void
ServerSession::OnRset(const Command&)
{
    if (Answer(Step::Reset, m_persona.replies.rset, m_persona.think.other) == ReplyClass::Positive)
    {
        ForgetTransaction();
    }
}

void
ServerSession::OnNoop(const Command&)
{
    Answer(Step::Neutral, m_persona.replies.noop, m_persona.think.other);
}

void
ServerSession::OnVrfy(const Command& command)
{
    if (command.argument.empty())
    {
        Refuse(m_persona.replies.syntax, Violation::BadSyntax, m_line);
        return;
    }
    Answer(Step::Neutral, m_persona.replies.vrfy, m_persona.think.other);
}

void
ServerSession::OnHelp(const Command&)
{
    Answer(Step::Neutral, m_persona.replies.help, m_persona.think.other);
}

void
ServerSession::OnQuit(const Command&)
{
    Answer(Step::Quit, m_persona.replies.quit, m_persona.think.other);
}

void
ServerSession::OnExpn(const Command&)
{
    Answer(Step::Neutral, m_persona.replies.expn, m_persona.think.other);
}

void
ServerSession::OnEtrn(const Command&)
{
    Answer(Step::Neutral, m_persona.replies.etrn, m_persona.think.other);
}

} // namespace bouncelab::smtp
