#include "detectors/readers/reply-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_KEPT = 100000;
constexpr std::size_t MOST_COMPARED = 64; //!< Replies that one may tell once more.
constexpr std::uint32_t CONTEXT_LINES =
    12; //!< That far what was said before a reply belongs to it.
constexpr std::uint32_t LONGEST_PARAGRAPH = 30;
constexpr std::uint32_t CAUSE_LINES = 4; //!< That far a nested exception tells the cause.
constexpr std::string_view POSTFIX_BOUNCE = "Postfix bounce";
constexpr std::string_view SENDMAIL_BOUNCE = "Sendmail bounce";
constexpr std::string_view EXIM_BOUNCE = "Exim bounce";

using WordsFor = std::pair<std::string_view, std::string_view>;

/// Words by which a text shows whose it is.
constexpr std::array<WordsFor, 27> PROGRAMS{
    {{"this is the qmail-send program", "qmail bounce"},
     {"this message was created automatically by mail delivery software", EXIM_BOUNCE},
     {"created automatically by mail delivery software", EXIM_BOUNCE},
     {"(exim ", EXIM_BOUNCE},
     {"this is the mail system at host", POSTFIX_BOUNCE},
     {"this is the postfix program at host", POSTFIX_BOUNCE},
     {"transcript of session follows", SENDMAIL_BOUNCE},
     {"had permanent fatal errors", SENDMAIL_BOUNCE},
     {"had transient non-fatal errors", SENDMAIL_BOUNCE},
     {"smtp-connection", "Node.js error"},
     {"nodemailer", "Node.js error"},
     {"smtplib.", "Python error"},
     {"javax.mail", "Java error"},
     {"com.sun.mail", "Java error"},
     {"jakarta.mail", "Java error"},
     {"phpmailer", "PHP error"},
     {"system.net.mail", ".NET error"},
     {"send-mailmessage", ".NET error"},
     {"net::smtp", "Ruby error"},
     {"get-queue", "Exchange queue"},
     {"lasterror", "Exchange queue"},
     {"diagnostic information for administrators", "Exchange bounce"},
     {"error occurred while sending mail", "mail program's error"},
     {"sending of the message failed", "mail program's error"},
     {"the response from the remote server was", "bounce"},
     {"mail delivery subsystem", "bounce"},
     {"delivery failure report", "Notes bounce"}}};

/// What a bounce has in front of the message that it returns.
constexpr std::array<std::string_view, 12> COPIES{"below this line is a copy of the message",
                                                  "this is a copy of the message",
                                                  "this is a copy of your message",
                                                  "content-type: message/rfc822",
                                                  "content-type: text/rfc822-headers",
                                                  "----- original message -----",
                                                  "-----original message-----",
                                                  "----- message header follows -----",
                                                  "original message follows",
                                                  "original message headers:",
                                                  "the header of the original message",
                                                  "------ this is a copy of the message"};

/// How reports say that the sender goes on trying.
constexpr std::array<std::string_view, 4> DELAYS{"this is a warning only",
                                                 "it will be retried",
                                                 "delivery attempts will continue",
                                                 "delivery to the following recipients has been "
                                                 "delayed"};

/// How Postfix begins what it says of a recipient, in bounces as in its log.
constexpr std::array<std::string_view, 22> POSTFIX_WORDS{"host ",
                                                         "connect to ",
                                                         "lost connection with ",
                                                         "conversation with ",
                                                         "delivery temporarily suspended: ",
                                                         "host or domain name not found",
                                                         "mail for ",
                                                         "message size ",
                                                         "unknown user",
                                                         "user unknown",
                                                         "unknown recipient",
                                                         "tls is required",
                                                         "server certificate",
                                                         "cannot start tls",
                                                         "maildir delivery failed",
                                                         "mailbox ",
                                                         "command died",
                                                         "bad address syntax",
                                                         "mail transport unavailable",
                                                         "domain of sender address",
                                                         "unable to look up",
                                                         "user lookup error"};

/// What Exim and others say of a recipient for whom they called nobody.
constexpr std::array<std::string_view, 12> OWN_WORDS{"unrouteable address",
                                                     "unroutable address",
                                                     "retry timeout exceeded",
                                                     "retry time not reached",
                                                     "all relevant mx records point to",
                                                     "no such user here",
                                                     "mailbox is full",
                                                     "mta-imposed quota exceeded",
                                                     "message too big",
                                                     "an mx or srv record indicated no smtp",
                                                     "too many \"received\" headers",
                                                     "lowest numbered mx record points to"};

/// Outlook's codes for what kept a connection from being made or held.
constexpr std::array<WordsFor, 9> OUTLOOK_CODES{{{"0x800ccc0f", "Connection lost"},
                                                 {"0x800ccc0e", "No connection to the server"},
                                                 {"0x80042109", "No connection to the server"},
                                                 {"0x800ccc67", "No connection to the server"},
                                                 {"0x8004210b", "Connection timed out"},
                                                 {"0x800ccc19", "Connection timed out"},
                                                 {"0x800ccc0d", "Host not found"},
                                                 {"0x800ccc1a", "TLS handshake failed"},
                                                 {"0x800ccc7d", "TLS is not offered"}}};

/// Words at a line's end that lead to a reply in the next one.
constexpr std::array<std::string_view, 9> LEADS_TO_NEXT{"responded:",
                                                        "response was:",
                                                        "server was:",
                                                        "server said:",
                                                        "server responded:",
                                                        "server replied:",
                                                        "server returned:",
                                                        "error was:",
                                                        "error message:"};

template <std::size_t N>
bool
HasOneOf(std::string_view text, const std::array<std::string_view, N>& words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
}

template <std::size_t N>
bool
BeginsWithOneOf(std::string_view text, const std::array<std::string_view, N>& words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return StartsWith(text, word); });
}

bool
IsMailbox(std::string_view text)
{
    const std::size_t at = text.find('@');
    return at != text.npos && at > 0 && at + 1 < text.size() && text.size() < 320 &&
           text.find_first_of(" \t,;<>()\"") == text.npos;
}

/// "joe@example.com" of "<joe@example.com>:", or of the address alone on a line.
std::string
LoneRecipient(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (!text.empty() && text.back() == ':')
    {
        text.remove_suffix(1);
    }
    const bool bracketed = StartsWith(text, "<");
    text = Trim(text, "<>");
    return IsMailbox(text) || (bracketed && text.find('@') != text.npos &&
                               text.find_first_of(" \t<>") == text.npos)
               ? InLowerCase(text)
               : std::string();
}

/// The words behind "<joe@example.com>: " or "<a@b> (expanded from <c@d>): "; sets the recipient.
std::string_view
WordsOfRecipient(std::string_view text, std::string& recipient)
{
    const std::size_t close = text.find('>');
    if (!StartsWith(text, "<") || close == text.npos || !IsMailbox(text.substr(1, close - 1)))
    {
        return {};
    }
    std::string_view rest = text.substr(close + 1);
    if (StartsWith(rest, " (expanded from") && rest.find("): ") != rest.npos)
    {
        rest = rest.substr(rest.find("): ") + 1);
    }
    if (!scan::Skip(rest, ": "))
    {
        return {};
    }
    recipient = InLowerCase(text.substr(1, close - 1));
    return Trim(rest, LINE_BLANKS);
}

/// Sets host and address by "H=mx.example [203.0.113.5]" and other labels; both are of this line.
bool
ReadLabelled(std::string_view text, std::string& host, HostAddress& address)
{
    for (const std::string_view label : {" host ",
                                         "(host ",
                                         "host ",
                                         " H=",
                                         "while talking to ",
                                         "relay=",
                                         "SMTP host: ",
                                         "Remote Server at ",
                                         "Remote server ",
                                         "transferring to ",
                                         "Connecting To ",
                                         "Trying "})
    {
        const auto rest = scan::After(text, label);
        if (!rest || StartsWith(*rest, "said") ||
            (label == "host " && !StartsWith(Trim(text), "host ")))
        {
            continue;
        }
        std::string name;
        HostAddress found;
        const std::size_t close = rest->substr(0, rest->find("...")).find(']');
        ReadHost(rest->substr(0,
                              close != rest->npos               ? close + 1
                              : rest->find("...") != rest->npos ? rest->find("...")
                                                                : rest->find_first_of(",;")),
                 name,
                 found);
        if (!name.empty() || found.IsKnown())
        {
            host = name;
            address = found;
            return true;
        }
    }
    return false;
}

/// Whatever in a line looks like the other end of a connection.
void
ReadEnd(std::string_view text, ReportedReply& reply)
{
    std::string host;
    HostAddress address;
    if (!ReadLabelled(text, host, address))
    {
        for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
        {
            word = Trim(word, "()[],;:'\"<>");
            const std::size_t colon = word.rfind(':');
            const bool isPort = colon != word.npos && colon == word.find(':');
            const auto end =
                HostAddress::ParseAny(TrimEnd(isPort ? word.substr(0, colon) : word, ".,"));
            if (end && end->IsNumeric())
            {
                address = *end;
            }
            else if (end && !end->IsMasked() && word.find('@') == word.npos && host.empty())
            {
                host = end->ToString();
            }
        }
    }
    if (!host.empty() || address.IsKnown())
    {
        reply.host = host;
        reply.address = address;
    }
}

bool
SpeaksOfMail(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    static constexpr std::array<std::string_view, 11> SIGNS{"smtp",
                                                            ":25",
                                                            ":465",
                                                            ":587",
                                                            ":2525",
                                                            "telnet",
                                                            "port 25",
                                                            "port: 25",
                                                            "port 587",
                                                            "port: 587",
                                                            "port: 465"};
    return HasOneOf(lower, SIGNS);
}

/// Whether one tells what the other tells, as where a report says it for people and for programs.
bool
TellTheSame(const ReportedReply& a, const ReportedReply& b)
{
    constexpr std::size_t ENOUGH = 12;
    const bool recipients =
        a.recipient == b.recipient || a.recipient.empty() || b.recipient.empty();
    const bool codes =
        a.code == b.code && (a.enhanced == b.enhanced || a.enhanced.empty() || b.enhanced.empty());
    const std::string& x = a.Words();
    const std::string& y = b.Words();
    const std::size_t common = std::min(x.size(), y.size());
    return recipients && codes &&
           (x == y || common == 0 || (common >= ENOUGH && x.compare(0, common, y, 0, common) == 0));
}

} // namespace

bool
ReplyReader::Line(std::uint32_t number, std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (text.empty())
    {
        Close();
        m_notification.Line(number, text);
        return false;
    }
    if (BeginsLikeRow(line) && !m_isLed)
    {
        Close();
        return false; // a log's, which has a reader of its own
    }
    ++m_texts;
    const std::string lower = InLowerCase(text.substr(0, scan::LONGEST_FIELD));
    if (HasOneOf(lower, COPIES))
    {
        Close();
        m_notification.End();
        m_isLed = false;
        m_inCopy = IsReport() || StartsWith(lower, "content-type:");
        return m_inCopy;
    }
    m_isMailbox = m_isMailbox || StartsWith(text, "From ");
    m_isDelay = m_isDelay || HasOneOf(lower, DELAYS);
    m_inCopy =
        m_inCopy && !StartsWith(text, "From ") &&
        !StartsWith(lower, "content-type: message/delivery-status") &&
        std::none_of(PROGRAMS.begin(),
                     PROGRAMS.begin() + 9,
                     [&](const WordsFor& known) { return lower.find(known.first) != lower.npos; });
    if (m_inCopy)
    {
        return false;
    }
    if (m_open && GoOn(text))
    {
        return true;
    }
    Close();
    if (m_notification.Line(number, line))
    {
        return true;
    }
    if (StartsWith(text, ">>> ") || StartsWith(text, "<<< "))
    {
        return ReadTranscript(number, text);
    }
    if (ReadParagraph(number, text))
    {
        return true;
    }
    const bool isContext = ReadContext(number, text);
    const bool isRead =
        ReadReply(number, text) || ReadCodeless(number, text) || ReadFailure(number, text);
    m_isLed = BeginsWithOneOf(lower, LEADS_TO_NEXT) ||
              std::any_of(LEADS_TO_NEXT.begin(),
                          LEADS_TO_NEXT.end(),
                          [&](std::string_view lead) { return EndsWith(lower, lead); });
    return isContext || isRead;
}

bool
ReplyReader::ReadContext(std::uint32_t number, std::string_view text)
{
    const std::string lower = InLowerCase(text);
    bool isContext = false;
    for (const auto& [words, program] : PROGRAMS)
    {
        if (lower.find(words) != lower.npos)
        {
            m_program = program;
            isContext = true;
        }
    }
    if (const std::string recipient = LoneRecipient(text);
        !recipient.empty() && (IsReport() || StartsWith(text, "<")))
    {
        m_context = Context();
        m_context.recipient = recipient;
        m_context.line = number;
        return true;
    }
    // What stands behind the reply's code is the server's, and no context.
    std::string_view before = text;
    if (const auto found = FindReplyInText(text, true))
    {
        before = text.substr(0, found->at);
    }
    if (number > m_context.line + CONTEXT_LINES)
    {
        m_context = Context();
    }
    if (ReadLabelled(before, m_context.host, m_context.address))
    {
        m_context.line = number;
        isContext = isContext || IsReport();
    }
    if (const std::string stage = StageIn(before); !stage.empty())
    {
        m_context.stage = stage;
        m_context.line = number;
        isContext = isContext || IsReport();
        // "203.0.113.5 failed after I sent the message."
        std::string_view rest = before;
        if (const auto address = HostAddress::Parse(scan::Word(rest)))
        {
            m_context.address = *address;
            m_context.host.clear();
            isContext = true;
        }
    }
    return isContext;
}

bool
ReplyReader::ReadParagraph(std::uint32_t number, std::string_view text)
{
    std::string recipient;
    const std::string_view words = WordsOfRecipient(text, recipient);
    if (words.empty() ||
        (m_program != POSTFIX_BOUNCE && !BeginsWithOneOf(InLowerCase(words), POSTFIX_WORDS) &&
         !FindReplyInText(words, true)))
    {
        return false;
    }
    m_context = Context();
    m_open = ReplyAt(number, text);
    m_open->recipient = recipient;
    m_open->program = m_program.empty() ? POSTFIX_BOUNCE : m_program;
    m_isParagraph = true;
    m_words = words;
    return true;
}

bool
ReplyReader::ReadTranscript(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    if (scan::Skip(rest, ">>> "))
    {
        m_command = rest.substr(0, scan::LONGEST_FIELD);
        return m_program == SENDMAIL_BOUNCE;
    }
    scan::Skip(rest, "<<< ");
    // An error of sequence follows from the refusal before it.
    if (m_program == SENDMAIL_BOUNCE && !StartsWith(rest, "503"))
    {
        m_context.stage = StageIn("after " + m_command);
        ReadReply(number, rest);
    }
    return m_program == SENDMAIL_BOUNCE;
}

bool
ReplyReader::ReadReply(std::uint32_t number, std::string_view text)
{
    auto found = FindReplyInText(text, IsReport());
    if (!found && !IsReport() && (m_texts == 1 || m_lone > 0) && IsReplyCodeAt(text, 0))
    {
        // A reply and nothing else.
        ReplyInText lone;
        static_cast<FoundReply&>(lone) = ReadReplyAt(text, 0);
        lone.standing = ReportedReply::Standing::Alone;
        if (IsAboutMail(lone.words) && !IsSettings(text))
        {
            found = lone;
        }
    }
    if (!found)
    {
        return false;
    }
    if (m_program == SENDMAIL_BOUNCE && found->words.find(">... ") != std::string::npos)
    {
        // Sendmail's own line behind the server's reply says the same once more.
        const std::string recipient =
            InLowerCase(found->words.substr(1, found->words.find('>') - 1));
        const bool isTold =
            std::any_of(m_kept.begin(),
                        m_kept.end(),
                        [&](const ReportedReply& reply)
                        {
                            return reply.recipient == recipient ||
                                   InLowerCase(reply.reply).find(recipient) != std::string::npos;
                        });
        if (isTold)
        {
            return true;
        }
    }
    m_unexplained.reset();
    Begin(number, text, *found);
    return true;
}

bool
ReplyReader::ReadCodeless(std::uint32_t number, std::string_view text)
{
    // "The server response was: 5.7.60 SMTP; Client does not have permissions ..."
    std::string_view rest = text;
    if (!m_isLed)
    {
        const std::string lower = InLowerCase(text);
        const auto* const lead =
            std::find_if(LEADS_TO_NEXT.begin(),
                         LEADS_TO_NEXT.end(),
                         [&](std::string_view words) { return lower.find(words) != lower.npos; });
        if (lead == LEADS_TO_NEXT.end())
        {
            return false;
        }
        rest = text.substr(lower.find(*lead) + lead->size());
    }
    rest = Trim(rest, " \t\"'");
    const std::string enhanced = TakeEnhancedCode(rest);
    if (enhanced.empty() || enhanced[0] == '2' || Trim(rest).empty())
    {
        return false;
    }
    ReportedReply reply = ReplyAt(number, text);
    reply.enhanced = enhanced;
    scan::SkipSpace(rest);
    scan::Skip(rest, "SMTP; ");
    reply.reply = Trim(rest, " \t\"'");
    reply.isFinal = enhanced[0] == '5';
    Keep(std::move(reply));
    return true;
}

bool
ReplyReader::ReadFailure(std::uint32_t number, std::string_view text)
{
    const std::string lower = InLowerCase(text);
    ReportedReply reply = ReplyAt(number, text);
    const auto* const outlook =
        std::find_if(OUTLOOK_CODES.begin(),
                     OUTLOOK_CODES.end(),
                     [&](const WordsFor& known) { return lower.find(known.first) != lower.npos; });
    if (outlook != OUTLOOK_CODES.end() && lower.find("receiving") == lower.npos)
    {
        reply.program = "Outlook error";
        reply.stage = "connect";
        reply.failure = outlook->second;
        Keep(std::move(reply));
        return true;
    }
    // qmail's own words end in a status: "Sorry, no mailbox here by that name. (#5.1.1)".
    if (EndsWith(text, ")") && text.find("(#") != text.npos && IsReport())
    {
        ReadOwnWords(text, reply);
        reply.isFinal = reply.Class() == 5;
        Keep(std::move(reply));
        return true;
    }
    if (m_program == EXIM_BOUNCE && !m_context.recipient.empty() && HasOneOf(lower, OWN_WORDS))
    {
        ReadOwnWords(text, reply);
        reply.isFinal = true;
        Keep(std::move(reply));
        return true;
    }
    const bool isNested = m_unexplained && number <= m_unexplained->line + CAUSE_LINES;
    const std::string failure = ConnectFailureIn(text);
    if (!failure.empty() && isNested)
    {
        m_unexplained->failure = failure;
        Keep(*std::exchange(m_unexplained, std::nullopt));
        return true;
    }
    if (failure.empty() && lower.find("could not connect to smtp host") != lower.npos)
    {
        ReadEnd(text, reply);
        reply.stage = "connect";
        reply.failure = "No connection to the server";
        m_unexplained = std::move(reply);
        return true;
    }
    if (failure.empty() || !(IsReport() || SpeaksOfMail(text)) || IsSettings(text))
    {
        return false;
    }
    ReadEnd(text, reply);
    reply.stage = "connect";
    reply.failure = failure;
    Keep(std::move(reply));
    return true;
}

ReportedReply
ReplyReader::ReplyAt(std::uint32_t number, std::string_view text) const
{
    ReportedReply reply;
    reply.line = number;
    reply.text = text;
    reply.program = m_program.empty() ? "text" : m_program;
    reply.recipient = m_context.recipient;
    reply.host = m_context.host;
    reply.address = m_context.address;
    reply.stage = m_context.stage;
    return reply;
}

void
ReplyReader::Begin(std::uint32_t number, std::string_view text, const ReplyInText& found)
{
    m_open = ReplyAt(number, text);
    m_isParagraph = false;
    const std::string stage = StageIn(text);
    m_open->stage = stage.empty() ? m_open->stage : stage;
    m_open->code = found.code;
    m_open->enhanced = found.enhanced;
    m_open->reply = found.words;
    m_open->isFinal = found.code >= 500;
    m_open->standing = found.standing;
}

bool
ReplyReader::GoOn(std::string_view text)
{
    if (m_isParagraph)
    {
        std::string other;
        if (m_open->lines >= LONGEST_PARAGRAPH || !WordsOfRecipient(text, other).empty() ||
            StartsWith(text, "--") || !LoneRecipient(text).empty())
        {
            return false;
        }
        m_words += " ";
        m_words += text;
        ++m_open->lines;
        return true;
    }
    const std::string code = std::to_string(m_open->code);
    if (text.size() < 4 || text.substr(0, 3) != code || (text[3] != '-' && text[3] != ' '))
    {
        return false;
    }
    text.remove_prefix(4);
    scan::SkipSpace(text);
    if (!m_open->enhanced.empty())
    {
        scan::Skip(text, m_open->enhanced);
    }
    m_open->reply += " ";
    m_open->reply += Trim(text, LINE_BLANKS);
    ++m_open->lines;
    // No prose has a code in front of each line.
    m_open->standing = ReportedReply::Standing::Record;
    return true;
}

void
ReplyReader::Close()
{
    if (!m_open)
    {
        return;
    }
    ReportedReply reply = *std::exchange(m_open, std::nullopt);
    if (m_isParagraph)
    {
        reply.isFinal = !m_isDelay;
        ReadReason(m_words, reply);
        reply.isFinal = reply.Class() == 5;
    }
    m_isParagraph = false;
    Keep(std::move(reply));
}

void
ReplyReader::Keep(ReportedReply reply)
{
    // Of the reports that a mailbox collects, those count that have words.
    if (m_isMailbox && StartsWith(reply.failure, "status "))
    {
        return;
    }
    m_lone += reply.standing == ReportedReply::Standing::Alone ? 1 : 0;
    const std::size_t first = m_kept.size() - std::min(m_kept.size(), MOST_COMPARED);
    const auto same =
        std::find_if(m_kept.begin() + static_cast<std::ptrdiff_t>(first),
                     m_kept.end(),
                     [&](const ReportedReply& kept) { return TellTheSame(kept, reply); });
    if (same == m_kept.end())
    {
        if (m_kept.size() < MOST_KEPT)
        {
            m_kept.push_back(std::move(reply));
        }
        return;
    }
    // What the second telling has and the first lacks.
    const bool isFuller = same->Words().size() < reply.Words().size();
    const bool wasEmpty = same->Words().empty();
    std::string& words = reply.reply.empty() ? same->failure : same->reply;
    words = isFuller ? reply.Words() : words;
    if (wasEmpty && isFuller)
    {
        same->line = reply.line;
        same->text = reply.text;
    }
    same->status = reply.status.empty() ? same->status : reply.status;
    same->enhanced = same->enhanced.empty() ? reply.enhanced : same->enhanced;
    same->recipient = same->recipient.empty() ? reply.recipient : same->recipient;
    same->stage = same->stage.empty() ? reply.stage : same->stage;
    if (same->host.empty() && !same->address.IsKnown())
    {
        same->host = reply.host;
        same->address = reply.address;
    }
    if (reply.standing == ReportedReply::Standing::Record)
    {
        same->standing = reply.standing;
    }
}

void
ReplyReader::End()
{
    Close();
    m_notification.End();
    if (m_unexplained)
    {
        Keep(*std::exchange(m_unexplained, std::nullopt));
    }
    // Replies of several codes that are about nobody are a list of codes.
    std::set<std::string> codes;
    for (const ReportedReply& reply : m_kept)
    {
        if (reply.standing == ReportedReply::Standing::Alone)
        {
            codes.insert(std::to_string(reply.code) + " " + reply.enhanced);
        }
    }
    for (const ReportedReply& reply : m_kept)
    {
        if (reply.standing == ReportedReply::Standing::Record || codes.size() == 1)
        {
            m_handler(reply);
        }
    }
    m_kept.clear();
}

} // namespace bouncelab::detectors
