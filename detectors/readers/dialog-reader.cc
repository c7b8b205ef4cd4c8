#include "detectors/readers/dialog-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/dialog-marks.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint32_t SOON = 8; //!< Lines between a call and the greeting.

constexpr std::array<std::string_view, 16> VERBS{"EHLO",
                                                 "HELO",
                                                 "MAIL",
                                                 "RCPT",
                                                 "DATA",
                                                 "STARTTLS",
                                                 "AUTH",
                                                 "QUIT",
                                                 "RSET",
                                                 "NOOP",
                                                 "VRFY",
                                                 "EXPN",
                                                 "HELP",
                                                 "BDAT",
                                                 "LHLO",
                                                 "X-EXPS"};

/// "EHLO" of "ehlo x", masked verbs too; "" where the line begins with no verb.
std::string
VerbOf(std::string_view text)
{
    const std::string word = InUpperCase(text.substr(0, text.find_first_of(" :")));
    const bool masked = word.size() >= 4 && word.find_first_not_of('X') == word.npos;
    const bool known = std::find(VERBS.begin(), VERBS.end(), word) != VERBS.end();
    return known || masked ? word : std::string();
}

/// What a command's argument has to look like where prose may begin with the same word.
bool
IsCommandLine(std::string_view text, const std::string& verb)
{
    const std::string upper = InUpperCase(text.substr(0, 12));
    if (verb == "MAIL")
    {
        return StartsWith(upper, "MAIL FROM:");
    }
    if (verb == "RCPT")
    {
        return StartsWith(upper, "RCPT TO:");
    }
    const auto words = std::count(text.begin(), text.end(), ' ');
    const bool isAlone = verb == "DATA" || verb == "QUIT" || verb == "RSET" || verb == "STARTTLS" ||
                         verb == "NOOP" || verb == "HELP" || verb[0] == 'X';
    return isAlone ? words <= 1 : words >= 1 && words <= 3;
}

/// Whether a refusal may stand where a server greets: what is about a log-on, a mailbox or a
/// relayed recipient answers a command; where no call is in sight, so does every code but those
/// that RFC 5321 has for a greeting.
bool
CanGreet(std::string_view text, bool isCalled)
{
    std::string_view rest = text.substr(3);
    scan::Skip(rest, "-");
    scan::SkipSpace(rest);
    const std::string enhanced = TakeEnhancedCode(rest);
    const bool isOfAddress = enhanced.size() > 3 && (enhanced[2] == '1' || enhanced[2] == '2');
    const bool isOfLogOn = StartsWith(text, "53") || enhanced == "5.7.8" || enhanced == "5.7.9";
    const bool isOfGreeting =
        StartsWith(text, "4") || StartsWith(text, "554") || StartsWith(text, "521");
    return !isOfAddress && !isOfLogOn && enhanced != "5.7.54" && (isCalled || isOfGreeting);
}

/// Whether a server greets with a name of FTP's, or answers what only FTP has.
bool
IsOfFtp(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    const bool isNamed = text.find("FTP") != text.npos || lower.find("ftpd") != lower.npos;
    return StartsWith(text, "331") ||
           (StartsWith(text, "220") && isNamed && lower.find("smtp") == lower.npos);
}

/// "10:00:00 ", "[10:00:00.123] " off the front, where a mark of direction follows.
Speaker
TakeClockedSpeaker(std::string_view& text)
{
    std::string_view rest = text;
    const bool isBracketed = scan::Skip(rest, "[");
    const std::string_view clock = rest.substr(0, rest.find_first_not_of("0123456789:.,"));
    if (clock.size() < 8 || clock[2] != ':' || clock[5] != ':')
    {
        return Speaker::Unknown;
    }
    rest.remove_prefix(clock.size());
    if (isBracketed && !scan::Skip(rest, "]"))
    {
        return Speaker::Unknown;
    }
    rest = Trim(rest);
    const Speaker speaker = TakeSpeaker(rest);
    text = speaker == Speaker::Unknown ? text : rest;
    return speaker;
}

} // namespace

bool
DialogReader::Line(std::uint32_t number, std::string_view line)
{
    m_isOwn = false;
    return ReadRow(number, line) || ReadLine(number, line);
}

bool
DialogReader::ReadRow(std::uint32_t number, std::string_view line)
{
    const auto row = ParseMarkedRow(line);
    if (!row)
    {
        return false;
    }
    if (m_rows.size() >= GetCaps().dialogs && m_rows.count(row->key) == 0)
    {
        LeaveOut();
        return false;
    }
    std::unique_ptr<DialogReader>& reader = m_rows[row->key];
    if (!reader)
    {
        reader = std::make_unique<DialogReader>(m_handler, m_file);
        reader->m_isServers = row->isServers;
    }
    reader->m_address = row->address.IsKnown() ? row->address : reader->m_address;
    const bool isReply = row->speaker == Speaker::Server;
    if (isReply)
    {
        m_isOwn = IsReplyLine(row->text) && reader->ReadReply(number, row->text, line, true);
    }
    else if (!VerbOf(row->text).empty())
    {
        m_isOwn = reader->ReadCommand(number, row->text, line, true);
    }
    else
    {
        m_isOwn = reader->m_isOpen; // credentials, or the message
    }
    return m_isOwn;
}

bool
DialogReader::ReadLine(std::uint32_t number, std::string_view line)
{
    std::string_view text = Trim(line, LINE_BLANKS);
    // "sendmail -v" marks commands and no replies; who marks both is a tester of relays.
    const Speaker traced = TakeTrace(text);
    const bool isMarked = scan::Skip(text, ">>> ");
    if (text.empty() || StartsWith(text, "<<< ") || (isMarked && !m_isOpen))
    {
        return false;
    }
    SkipProcess(text);
    Speaker speaker = traced != Speaker::Unknown ? traced
                      : isMarked                 ? Speaker::Client
                                                 : TakeSpeaker(text);
    speaker = speaker == Speaker::Unknown ? TakeClockedSpeaker(text) : speaker;
    if (m_inContent)
    {
        if (speaker != Speaker::Server || !IsReplyLine(text))
        {
            m_isOwn = ReadContent(number, text, line);
            return m_isOwn;
        }
        m_inContent = false;
    }
    const bool isRow = speaker == Speaker::Unknown && BeginsLikeRow(text);
    if (isRow)
    {
        return false;
    }
    std::string_view digits = text;
    const bool isProcess = m_process > 0 && scan::Number(digits) == m_process;
    if (speaker != Speaker::Client && IsReplyLine(text) && !isProcess)
    {
        m_isOwn = ReadReply(number, text, line, speaker == Speaker::Server);
        return m_isOwn;
    }
    if (speaker != Speaker::Server && !VerbOf(text).empty() && IsCommandLine(text, VerbOf(text)))
    {
        m_isOwn = ReadCommand(number, text, line, speaker == Speaker::Client);
        return m_isOwn;
    }
    if (m_isOpen && m_lastVerb == "AUTH" && m_lastCode == "334" && text.find(' ') == text.npos)
    {
        m_pending = 1;
        m_isOwn = true; // credentials
        return true;
    }
    if (ReadTarget(Trim(line, LINE_BLANKS)))
    {
        m_calledAt = number;
        return true;
    }
    return false;
}

bool
DialogReader::ReadContent(std::uint32_t number, std::string_view text, std::string_view line)
{
    constexpr std::size_t MOST_DOUBTFUL = 100;
    if (text == "." || EqualIgnoringCase(text, "[end of data]"))
    {
        m_inContent = false;
        m_pending = 1;
        m_doubtful.clear();
        return true;
    }
    const bool isDialog =
        IsReplyLine(text) || (!VerbOf(text).empty() && IsCommandLine(text, VerbOf(text)));
    // Where somebody left the message out, its dot is missing too, and only a dialog follows.
    if (!isDialog || (m_doubtful.empty() && !IsReplyLine(text)))
    {
        m_doubtful.clear();
        return true;
    }
    if (m_doubtful.size() < MOST_DOUBTFUL)
    {
        m_doubtful.push_back({number, std::string(line)});
    }
    return true;
}

void
DialogReader::EndContent()
{
    m_inContent = false;
    m_pending = m_doubtful.empty() ? m_pending : 1;
    for (const Doubtful& doubtful : std::exchange(m_doubtful, {}))
    {
        ReadLine(doubtful.number, doubtful.text);
    }
}

void
DialogReader::SkipProcess(std::string_view& text)
{
    // "  759   SMTP<< 250-mx.example", "  759          250-SIZE 35651584": Exim's debug output.
    std::string_view rest = text;
    const auto process = scan::Number(rest);
    if (!process || !StartsWith(rest, "  "))
    {
        return;
    }
    rest = Trim(rest);
    // What answers no command that is shown, Exim's own line behind it tells better.
    const bool isCut = StartsWith(rest, "SMTP<<") && m_isOpen && !m_hasCommands;
    if (StartsWith(rest, "SMTP<<") || StartsWith(rest, "SMTP>>"))
    {
        m_process = *process;
        text = isCut ? text : rest;
    }
    else if (m_process == *process && IsReplyLine(rest))
    {
        text = rest;
    }
}

bool
DialogReader::ReadTarget(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    if (lower.find("connection closed") != lower.npos ||
        lower.find("connection to host lost") != lower.npos)
    {
        Close();
        return true;
    }
    if (StartsWith(lower, "escape character is") || StartsWith(lower, "to escape to local shell") ||
        StartsWith(lower, "connection established"))
    {
        return true;
    }
    std::string_view rest;
    for (const std::string_view call : {"trying ",
                                        "connected to ",
                                        "connecting to ",
                                        "telnet ",
                                        "-connect ",
                                        " nc ",
                                        "ncat ",
                                        "swaks "})
    {
        const std::size_t at = lower.find(call);
        const bool fits = at != lower.npos && (at == 0 || lower[at] == ' ' ||
                                               lower[at - 1] == ' ' || lower[at - 1] == '*');
        if (fits && (call[0] != 't' || at < 16 || call == "telnet "))
        {
            rest = text.substr(at + call.size());
            break;
        }
    }
    if (rest.empty())
    {
        return lower.find("telnet") != lower.npos && lower.find(" 421") != lower.npos;
    }
    const bool isCall = lower.find("telnet ") != lower.npos ||
                        lower.find("connecting to ") != lower.npos ||
                        lower.find("trying ") != lower.npos || lower.find(" nc ") != lower.npos ||
                        lower.find("-connect ") != lower.npos;
    if (isCall && m_isOpen)
    {
        Close();
    }
    if (isCall && lower.find("trying ") == lower.npos)
    {
        m_name.clear(); // another one is called
        m_address = HostAddress();
    }
    for (std::string_view word = scan::Word(rest); !word.empty(); word = scan::Word(rest))
    {
        word = Trim(word, "()[],;'\"");
        while (EndsWith(word, "..."))
        {
            word.remove_suffix(3);
        }
        word = TrimEnd(word, ".,;");
        const std::size_t colon = word.rfind(':');
        const bool single = colon != word.npos && word.find(':') == colon;
        std::string_view host = single ? word.substr(0, colon) : word;
        std::string_view digits = single ? word.substr(colon + 1) : std::string_view();
        const auto port = scan::Number(digits);
        if (port && digits.empty() && *port < 65536)
        {
            m_port = static_cast<std::uint16_t>(*port);
        }
        const auto address = HostAddress::ParseAny(host);
        if (address && address->IsNumeric())
        {
            m_address = *address;
        }
        else if (address && !address->IsMasked() && m_name.empty())
        {
            m_name = address->ToString();
        }
        std::string_view plain = word;
        const auto number = scan::Number(plain);
        if (number && plain.empty() && *number > 0 && *number < 65536)
        {
            m_port = static_cast<std::uint16_t>(*number);
        }
    }
    m_isExpected = true;
    return true;
}

bool
DialogReader::ReadReply(std::uint32_t number,
                        std::string_view text,
                        std::string_view line,
                        bool marked)
{
    if (!m_hasCommands && IsOfFtp(text))
    {
        m_session = LogSession();
        Close();
        return false;
    }
    const bool isGreeting = StartsWith(text, "220") && m_lastVerb != "STARTTLS";
    const bool called = m_isExpected && number <= m_calledAt + SOON;
    const bool isRefusal = !m_isOpen && (text[0] == '4' || text[0] == '5');
    const bool refused = called && isRefusal;
    if (isGreeting && !m_inReply && (m_isOpen && !m_session.rows.empty()))
    {
        Close();
    }
    if ((!m_isOpen && !isGreeting && !refused && !marked) || (isRefusal && !CanGreet(text, called)))
    {
        return false;
    }
    // Where commands are shown, each reply has one; what else looks like a reply is told of.
    if (m_isOpen && m_hasCommands && m_pending == 0 && !m_inReply && !isGreeting && !marked &&
        !StartsWith(text, "421"))
    {
        return false;
    }
    // What was piped into nc or openssl stands nowhere; a list of keywords answers an EHLO.
    if (m_isOpen && m_lastVerb.empty() && !m_inReply && StartsWith(text, "250-"))
    {
        m_lastVerb = "EHLO";
        Append(number, fields::protocol::SEND, "EHLO", line);
    }
    m_isOpen = true;
    m_isExpected = false;
    Append(number, fields::protocol::RECEIVE, text, line);
    m_inReply = text.size() > 3 && text[3] == '-';
    m_pending -= !m_inReply && m_pending > 0 ? 1 : 0;
    m_lastCode = text.substr(0, 3);
    if (StartsWith(text, "354"))
    {
        m_inContent = true;
    }
    if (m_lastVerb == "QUIT" && !m_inReply)
    {
        Close();
    }
    return true;
}

bool
DialogReader::ReadCommand(std::uint32_t number,
                          std::string_view text,
                          std::string_view line,
                          bool marked)
{
    const std::string verb = VerbOf(text);
    const bool begins = verb == "EHLO" || verb == "HELO" || verb == "LHLO";
    if (!m_isOpen && !marked && !begins)
    {
        return false;
    }
    m_isOpen = true;
    m_hasCommands = true;
    ++m_pending;
    m_lastVerb = verb;
    Append(number, fields::protocol::SEND, text, line);
    return true;
}

void
DialogReader::Append(std::uint32_t number, char event, std::string_view data, std::string_view line)
{
    LogRow row;
    row.line = number;
    row.file = m_file;
    const char other =
        event == fields::protocol::SEND ? fields::protocol::RECEIVE : fields::protocol::SEND;
    m_session.Append(row, m_isServers ? other : event, data, line);
}

void
DialogReader::Close()
{
    if (m_inContent)
    {
        EndContent();
    }
    const char answer = m_isServers ? fields::protocol::SEND : fields::protocol::RECEIVE;
    const bool answered = std::any_of(m_session.rows.begin(),
                                      m_session.rows.end(),
                                      [&](const LogRow& row) { return row.event == answer; });
    if (answered)
    {
        m_session.id = ++m_number;
        m_session.type = m_isServers ? ProtocolLogType::Receive : ProtocolLogType::Send;
        m_session.quotesLines = true;
        m_session.local.address = HostAddress::Masked(0);
        m_session.connector = m_name; // that the server was called by
        const std::string_view first = m_session.Data(m_session.rows.front());
        std::string_view rest = IsReplyLine(first)
                                    ? first.substr(std::min<std::size_t>(first.size(), 4))
                                    : std::string_view();
        const auto named = HostAddress::ParseAny(m_name.empty() ? scan::Word(rest) : m_name);
        const bool isNamed = named && !m_isServers;
        m_session.remote.address = m_address.IsKnown() ? m_address
                                   : isNamed           ? *named
                                                       : HostAddress::Masked(0);
        (m_isServers ? m_session.local : m_session.remote).port = m_port == 0 ? 25 : m_port;
        m_handler(std::move(m_session));
    }
    m_session = LogSession();
    m_isOpen = m_isExpected = m_inContent = m_inReply = m_hasCommands = false;
    m_pending = 0;
    m_lastCode.clear();
    m_lastVerb.clear();
    m_address = HostAddress();
    m_name.clear();
    m_port = 0;
}

void
DialogReader::End()
{
    Close();
    for (auto& [key, reader] : m_rows)
    {
        reader->Close();
    }
    m_rows.clear();
}

} // namespace bouncelab::detectors
