#include "models/probe/harvester.h"

#include "models/smtp/path.h"
#include "models/smtp/reply.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::probe
{

namespace
{

constexpr std::uint32_t TOO_MANY_RECIPIENTS = 452;
constexpr std::size_t MOST_POSTPONED = 10000;

} // namespace

std::string_view
NameOfHarvestEnd(HarvestEnd end)
{
    static constexpr std::string_view NAMES[] = {"running",
                                                 "dictionary-done",
                                                 "accepts-all",
                                                 "banned",
                                                 "tarpitted",
                                                 "authentication-needed",
                                                 "gave-up"};
    return NAMES[static_cast<std::size_t>(end)];
}

std::vector<std::string>
CheckHarvester(const HarvesterConfig& config)
{
    std::vector<std::string> faults;
    if (config.words.empty())
    {
        faults.emplace_back("words: found none, expected a dictionary");
    }
    for (std::size_t i = 0; i < config.words.size(); ++i)
    {
        if (!smtp::IsLocalPart(config.words[i]))
        {
            faults.push_back(
                fmt::format("words[{}]: found \"{}\", expected a local part", i, config.words[i]));
        }
    }
    if (!smtp::IsDomain(config.domain))
    {
        faults.push_back(fmt::format("domain: found \"{}\", expected a domain", config.domain));
    }
    if (!smtp::IsDomainOrLiteral(config.hello))
    {
        faults.push_back(fmt::format("hello: found \"{}\", expected a domain or an address literal",
                                     config.hello));
    }
    const std::string path = "<" + config.sender + ">";
    std::string_view rest = path;
    if (!smtp::TakePath(rest, {}) || !rest.empty())
    {
        faults.push_back(
            fmt::format("sender: found \"{}\", expected a mailbox or nothing", config.sender));
    }
    return faults;
}

Harvester::Harvester(HarvesterConfig config, HarvestObserver& observer, DrawKey draws)
    : m_config(std::move(config))
    , m_observer(observer)
    , m_draws(draws)
    , m_checked(!m_config.checksForCatchAll)
{
}

std::uint64_t
Harvester::DictionarySize() const
{
    return m_config.words.size() * (std::uint64_t(m_config.numbers) + 1);
}

std::string
Harvester::WordAt(std::uint64_t index) const
{
    const std::uint64_t number = index / m_config.words.size();
    const std::string& word = m_config.words[index % m_config.words.size()];
    return number == 0 ? word : word + std::to_string(number);
}

std::string
Harvester::Nonsense() const
{
    constexpr std::size_t LENGTH = 14;
    return Letters(m_draws("nonsense", m_nonsenseTries), "abcdefghijklmnopqrstuvwxyz", LENGTH);
}

void
Harvester::Start(Nanoseconds now)
{
    m_now = m_report.started = m_report.lastAnswer = now;
    m_next = now;
}

std::optional<Nanoseconds>
Harvester::NextConnection() const
{
    return m_next;
}

std::unique_ptr<smtp::Session>
Harvester::Open()
{
    m_next.reset();
    ++m_report.connections;
    m_phase = Phase::Greeting;
    m_open = m_answered = m_banned = false;
    m_inConnection = m_slowInRow = 0;
    return std::make_unique<LockstepSession>(static_cast<Script&>(*this));
}

void
Harvester::ConnectFailed(Nanoseconds now)
{
    m_now = now;
    LoseConnection();
}

ScriptLine
Harvester::Say(Phase phase, std::string line)
{
    m_phase = phase;
    ++m_said;
    return {std::move(line) + "\r\n",
            Drawn(m_config.think, m_draws("think", m_said)),
            m_config.timeout};
}

ScriptLine
Harvester::SayMail()
{
    m_inMessage = m_accepted = 0;
    return Say(Phase::Mail, "MAIL FROM:<" + m_config.sender + ">");
}

ScriptLine
Harvester::Leave(HarvestEnd end)
{
    m_leaving = end;
    return Say(Phase::Quit, "QUIT");
}

std::optional<ScriptLine>
Harvester::OnReply(const smtp::Reply& reply, Nanoseconds now)
{
    m_now = now;
    const smtp::ReplyClass answer = smtp::ClassOf(reply.code);
    const bool positive = answer == smtp::ReplyClass::Positive;
    if (m_phase == Phase::Quit || reply.code == smtp::SERVICE_CLOSING)
    {
        return std::nullopt;
    }
    if (reply.code == smtp::AUTHENTICATION_REQUIRED)
    {
        return Leave(HarvestEnd::AuthenticationNeeded);
    }
    switch (m_phase)
    {
    case Phase::Greeting:
        return positive ? Say(m_config.extendedHello ? Phase::Ehlo : Phase::Helo,
                              (m_config.extendedHello ? "EHLO " : "HELO ") + m_config.hello)
                        : Say(Phase::Quit, "QUIT");
    case Phase::Ehlo:
        if (answer == smtp::ReplyClass::Permanent)
        {
            return Say(Phase::Helo, "HELO " + m_config.hello);
        }
        [[fallthrough]];
    case Phase::Helo:
        return positive ? GoOn() : Say(Phase::Quit, "QUIT");
    case Phase::Reset:
        m_open = m_open && !positive;
        return positive ? SayMail() : Say(Phase::Quit, "QUIT");
    case Phase::Mail:
        m_open = positive;
        return positive ? GoOn() : Say(Phase::Quit, "QUIT");
    case Phase::Rcpt:
        return OnAnswer(reply);
    case Phase::Quit:
        break;
    }
    return std::nullopt;
}

/// What it says next where it is free to choose.
ScriptLine
Harvester::GoOn()
{
    if (m_inConnection >= m_config.guessesPerConnection)
    {
        return Say(Phase::Quit, "QUIT");
    }
    if (!m_asking && !ChooseQuestion())
    {
        return Leave(HarvestEnd::DictionaryDone);
    }
    if (!m_open)
    {
        return SayMail();
    }
    if (m_inMessage >= m_config.recipientsPerMessage)
    {
        return Say(Phase::Reset, "RSET");
    }
    ++m_inMessage;
    ++m_inConnection;
    return Say(Phase::Rcpt, "RCPT TO:<" + m_address + ">");
}

bool
Harvester::ChooseQuestion()
{
    m_asking = true;
    if (!m_checked)
    {
        m_question = ProbeQuestion::Nonsense;
        m_address = Nonsense() + "@" + m_config.domain;
        return true;
    }
    if (m_config.suspicion > 0 && m_doubted.size() >= m_config.suspicion)
    {
        if (!m_report.found.empty())
        {
            m_question = ProbeQuestion::Known;
            const Draw draw = m_draws("known", m_report.guesses);
            m_address = m_report.found[draw.Below(m_report.found.size())];
            return true;
        }
        m_doubted.clear();
    }
    m_question = ProbeQuestion::Guess;
    if (m_position < DictionarySize())
    {
        m_guess = {m_position++, 0};
    }
    else if (!m_again.empty())
    {
        m_guess = m_again.front();
        m_again.pop_front();
    }
    else
    {
        m_asking = false;
        return false;
    }
    m_address = WordAt(m_guess.word) + "@" + m_config.domain;
    return true;
}

std::optional<ScriptLine>
Harvester::OnAnswer(const smtp::Reply& reply)
{
    const Nanoseconds waited = m_now - m_saidAt;
    ++m_report.guesses;
    m_report.lastAnswer = m_now;
    m_report.waited += waited;
    m_answered = true;
    m_observer.OnGuess(m_now, m_address, reply.code, waited);
    if (reply.code == TOO_MANY_RECIPIENTS && m_accepted > 0)
    {
        return Say(Phase::Reset, "RSET");
    }
    TakeAnswer(smtp::ClassOf(reply.code));
    if (m_banned)
    {
        return Say(Phase::Quit, "QUIT");
    }
    if (m_leaving)
    {
        return Leave(*m_leaving);
    }
    const bool slow = waited >= m_config.slowReply;
    m_report.slow += slow ? 1 : 0;
    m_slowInRow = slow ? m_slowInRow + 1 : 0;
    if (m_slowInRow >= m_config.patience && m_config.whenSlow != SlowServerPolicy::Endure)
    {
        return OnTooSlow();
    }
    return GoOn();
}

void
Harvester::TakeAnswer(smtp::ReplyClass answer)
{
    const bool yes = answer == smtp::ReplyClass::Positive;
    m_accepted += yes ? 1 : 0;
    if (!yes && answer != smtp::ReplyClass::Permanent)
    {
        Postpone();
        return;
    }
    m_asking = false;
    switch (m_question)
    {
    case ProbeQuestion::Nonsense:
        m_checked = true;
        if (yes)
        {
            m_leaving = HarvestEnd::AcceptsAll;
        }
        break;
    case ProbeQuestion::Guess:
        if (yes)
        {
            m_report.found.push_back(m_address);
            m_doubted.clear();
            m_observer.OnFound(m_now, m_address);
        }
        else
        {
            ++m_report.refused;
            m_doubted.push_back(m_guess.word);
        }
        break;
    case ProbeQuestion::Known:
        if (!yes)
        {
            OnBan();
        }
        m_doubted.clear();
        break;
    }
}

/// The question in hand has no answer.
void
Harvester::Postpone()
{
    m_asking = false;
    switch (m_question)
    {
    case ProbeQuestion::Nonsense:
        m_checked = ++m_nonsenseTries >= m_config.tries;
        break;
    case ProbeQuestion::Guess:
        if (++m_guess.tries < m_config.tries && m_again.size() < MOST_POSTPONED)
        {
            m_again.push_back(m_guess);
        }
        else
        {
            ++m_report.unknown;
        }
        break;
    case ProbeQuestion::Known:
        m_doubted.clear();
        break;
    }
}

/// What was refused lately tells nothing.
void
Harvester::OnBan()
{
    m_report.refused -= m_doubted.size();
    if (++m_report.bans >= m_config.bans || m_config.banPause.count() == 0)
    {
        m_report.unknown += m_doubted.size();
        m_leaving = HarvestEnd::Banned;
        return;
    }
    m_banned = true;
    for (const std::uint64_t word : m_doubted)
    {
        m_again.push_back({word, 0});
    }
}

std::optional<ScriptLine>
Harvester::OnTooSlow()
{
    if (m_config.whenSlow == SlowServerPolicy::GiveUp)
    {
        return Leave(HarvestEnd::Tarpitted);
    }
    if (++m_slowConnections >= m_config.slowConnections)
    {
        m_leaving = HarvestEnd::Tarpitted;
    }
    m_phase = Phase::Quit;
    return std::nullopt;
}

void
Harvester::OnSaid(std::string_view, Nanoseconds now)
{
    m_saidAt = now;
}

void
Harvester::OnEnd(smtp::EndReason, Nanoseconds now)
{
    m_now = now;
    LoseConnection();
}

void
Harvester::LoseConnection()
{
    if (m_asking && m_phase == Phase::Rcpt)
    {
        Postpone();
    }
    m_fruitless = m_answered ? 0 : m_fruitless + 1;
    m_phase = Phase::Greeting;
    if (m_leaving)
    {
        Finish(*m_leaving);
    }
    else if (m_fruitless >= m_config.fruitlessConnections)
    {
        Finish(HarvestEnd::GaveUp);
    }
    else
    {
        m_next = m_now + (m_banned ? m_config.banPause : m_config.reconnectPause);
    }
}

void
Harvester::Finish(HarvestEnd end)
{
    m_report.end = end;
    m_observer.OnDone(m_now, m_report);
}

} // namespace bouncelab::probe
