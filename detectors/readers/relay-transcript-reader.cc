#include "detectors/readers/relay-transcript-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// The path of "MAIL FROM:<path>", with whatever spaces, behind a verb in lower case.
std::optional<std::string>
PathBehind(const std::string& command, std::string_view verb)
{
    std::string_view rest = command;
    if (!scan::Skip(rest, verb))
    {
        return std::nullopt;
    }
    const std::size_t open = rest.find('<');
    if (open == rest.npos)
    {
        return std::string(Trim(rest, LINE_BLANKS));
    }
    rest.remove_prefix(open + 1);
    return std::string(rest.substr(0, rest.find('>')));
}

} // namespace

bool
RelayTranscriptReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string_view whole = text;
    if (scan::Skip(text, ">>> "))
    {
        Said(number, whole, text);
    }
    else if (scan::Skip(text, "<<< "))
    {
        Heard(number, text);
    }
    else if (scan::Skip(text, "*** "))
    {
        m_open.reset();
    }
    else if (ReadMethod(text))
    {
        return true;
    }
    else if (scan::Skip(text, "Relay test "))
    {
        if (scan::Skip(text, "of "))
        {
            ReadTitle(text);
        }
        else if (const auto test = scan::Number(text); test && *test < 100000 && text.empty())
        {
            m_test = static_cast<std::uint32_t>(*test);
            ForgetAnswers();
        }
    }
    else
    {
        return false;
    }
    return true;
}

bool
RelayTranscriptReader::ReadMethod(std::string_view text)
{
    // Another tester's title of a test, and its verdict.
    if (!scan::Skip(text, "[Method "))
    {
        return text.substr(0, 6) == "[TEST " && text.back() == ']';
    }
    const auto test = scan::Number(text);
    m_test = static_cast<std::uint32_t>(test.value_or(0) % 100000);
    ForgetAnswers();
    return true;
}

void
RelayTranscriptReader::End()
{
    m_open.reset();
    TellAnswered();
}

void
RelayTranscriptReader::TellAnswered()
{
    for (const RelayTrial& trial : m_answered)
    {
        m_handler(trial);
    }
    m_answered.clear();
    m_inMessage = false;
}

void
RelayTranscriptReader::ReadTitle(std::string_view rest)
{
    m_server = scan::Word(rest).substr(0, scan::LONGEST_FIELD);
    scan::SkipSpace(rest);
    m_address.reset();
    if (scan::Skip(rest, "["))
    {
        m_address = HostAddress::Parse(rest.substr(0, rest.find(']')));
    }
    m_test = 0;
    ForgetAnswers();
}

void
RelayTranscriptReader::ForgetAnswers()
{
    m_resetReply.clear();
    m_senderReply.clear();
    m_answer = nullptr;
    TellAnswered();
}

void
RelayTranscriptReader::Said(std::uint32_t number, std::string_view line, std::string_view command)
{
    m_open.reset();
    m_answer = nullptr;
    const std::string lower = InLowerCase(command.substr(0, scan::LONGEST_FIELD));
    if (StartsWith(lower, "rset"))
    {
        TellAnswered();
        m_answer = &m_resetReply;
    }
    else if (auto sender = PathBehind(lower, "mail from:"))
    {
        m_sender = std::move(*sender);
        m_answer = &m_senderReply;
    }
    else if (auto recipient = PathBehind(lower, "rcpt to:"))
    {
        RelayTrial trial;
        trial.line = number;
        trial.text = line.substr(0, scan::LONGEST_FIELD);
        trial.number = m_test;
        trial.server = m_server;
        trial.address = m_address;
        trial.resetReply = m_resetReply;
        trial.senderReply = m_senderReply;
        trial.sender = m_sender;
        trial.recipient = std::move(*recipient);
        trial.greeting = m_greeting;
        m_open = std::move(trial);
    }
}

void
RelayTranscriptReader::Heard(std::uint32_t number, std::string_view reply)
{
    if (StartsWith(reply, "220 ") || StartsWith(reply, "220-"))
    {
        TellAnswered();
        m_greeting = reply.substr(4, scan::LONGEST_FIELD);
    }
    if (StartsWith(reply, "250") && m_inMessage)
    {
        for (RelayTrial& trial : m_answered)
        {
            trial.takenLine = number;
        }
        TellAnswered();
    }
    m_inMessage = StartsWith(reply, "354");
    if (m_answer)
    {
        *m_answer = reply.substr(0, scan::LONGEST_FIELD);
    }
    if (!m_open || reply.size() < 3 || (reply.size() > 3 && reply[3] == '-'))
    {
        return;
    }
    std::string_view rest = reply;
    const auto code = scan::Number(rest);
    if (!code || *code < 200 || *code > 599)
    {
        return;
    }
    m_open->replyLine = number;
    m_open->code = static_cast<std::uint32_t>(*code);
    m_open->reply = reply.substr(0, scan::LONGEST_FIELD);
    constexpr std::size_t MOST_ANSWERED = 1000;
    if (m_answered.size() >= MOST_ANSWERED)
    {
        TellAnswered();
    }
    m_answered.push_back(std::move(*m_open));
    m_open.reset();
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::RelayTranscript::Readers(detectors::ServerLogs& logs,
                                              const std::string& file,
                                              ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::RelayTranscriptReader>(detectors::KeepIn(logs.trials, file)));
}
