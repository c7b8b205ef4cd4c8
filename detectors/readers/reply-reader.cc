#include "detectors/readers/reply-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/report-words.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_COMPARED = 64; //!< Replies that one may tell once more.
constexpr std::uint32_t CONTEXT_LINES =
    12; //!< That far what was said before a reply belongs to it.
constexpr std::uint32_t LONGEST_PARAGRAPH = 30;

/// Whether one tells what the other tells, as where a report says it for people and for programs.
bool
TellTheSame(const ReportedReply& a, const ReportedReply& b)
{
    constexpr std::size_t ENOUGH = 12;
    const bool recipients =
        a.recipient == b.recipient || a.recipient.empty() || b.recipient.empty();
    const bool codes =
        a.code == b.code && (a.enhanced == b.enhanced || a.enhanced.empty() || b.enhanced.empty());
    const bool hosts = a.host == b.host || a.host.empty() || b.host.empty();
    const std::string& x = a.Words();
    const std::string& y = b.Words();
    const std::size_t common = std::min(x.size(), y.size());
    return recipients && codes && hosts &&
           (x == y || common == 0 || (common >= ENOUGH && x.compare(0, common, y, 0, common) == 0));
}

} // namespace

bool
ReplyReader::Line(std::uint32_t number, std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (text.empty())
    {
        m_isGap = m_open && IsUnfinished();
        if (!m_isGap)
        {
            Close();
        }
        m_unplaced.reset();
        m_notification.Line(number, text);
        return false;
    }
    // "11/18/2024 6:51:58 AM - Server at mx.example (203.0.113.44) returned '450 ...'" of a report.
    const bool isReportsRow = IsReport() && text.find("Server at ") != text.npos;
    const bool isRow = BeginsLikeRow(line) || IsUnstampedRow(line) || !BehindStamp(line).empty();
    if (isRow && !m_isLed && !isReportsRow)
    {
        Close();
        return false; // a log's, which has a reader of its own
    }
    ++m_texts;
    const std::string lower = InLowerCase(text.substr(0, scan::LONGEST_FIELD));
    if (BeginsCopy(lower))
    {
        Close();
        m_notification.End();
        m_isLed = false;
        m_inCopy = IsReport() || StartsWith(lower, "content-type:");
        return m_inCopy;
    }
    m_isMailbox = m_isMailbox || StartsWith(text, "From ");
    m_isDelay = m_isDelay || SaysThatItGoesOn(lower);
    m_inCopy = m_inCopy && !StartsWith(text, "From ") &&
               !StartsWith(lower, "content-type: message/delivery-status") && !BeginsBounce(lower);
    if (m_inCopy)
    {
        return false;
    }
    if (m_open && GoOn(line, text))
    {
        m_isGap = false;
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
    const std::uint32_t lone = m_lone;
    const bool isRead = ReadReply(number, text) || ReadHostCode(number, text) ||
                        ReadFields(number, text) || ReadCodeless(number, text) ||
                        ReadFailure(number, text);
    m_isLed = LeadsToNextLine(lower);
    KeepBefore(text);
    const bool isLone =
        lone < m_lone || (m_open && m_open->standing == ReportedReply::Standing::Alone);
    return isContext || (isRead && !isLone);
}

bool
ReplyReader::IsUnfinished() const
{
    if (m_isParagraph)
    {
        return EndsWith(m_words, " said:") ||
               (m_isSpaced && m_words.find("(in reply to ") == std::string::npos);
    }
    const std::string_view words = m_open->reply;
    const std::size_t bracket = words.rfind('(');
    return !m_open->enhanced.empty() &&
           (words.empty() || (bracket != words.npos && words.find(')', bracket) == words.npos));
}

bool
ReplyReader::ReadContext(std::uint32_t number, std::string_view text)
{
    const std::string lower = InLowerCase(text);
    const std::string_view program = ProgramIn(lower);
    bool isContext = !program.empty();
    if (isContext)
    {
        m_program = program;
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

void
ReplyReader::KeepBefore(std::string_view text)
{
    // "bob@fabrikam.example on 3/22/2002 5:47 PM" names whom the sentence is about.
    const std::string_view words = Trim(text, LINE_BLANKS);
    const bool isSoft = EndsWith(m_before, "="); // quoted-printable's break within a line
    const bool isHead = words.find('@') != words.npos && words.find(':') != words.npos;
    if (words.empty() || isHead || m_before.size() >= scan::LONGEST_FIELD)
    {
        m_before.clear();
        return;
    }
    if (isSoft)
    {
        m_before.pop_back();
    }
    m_before += (isSoft || m_before.empty() ? "" : " ") + std::string(words);
}

bool
ReplyReader::ReadParagraph(std::uint32_t number, std::string_view text)
{
    std::string recipient;
    const std::string_view words = WordsOfRecipient(text, recipient);
    // "host" at the line's end has its name in the next one.
    const std::string lower = InLowerCase(words) + " ";
    if (words.empty() ||
        (m_program != POSTFIX_BOUNCE && !IsPostfixReason(lower) && !FindReplyInText(words, true)))
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
    if (m_texts == 1)
    {
        scan::Skip(text, "# "); // a thread's title
    }
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
ReplyReader::GoOn(std::string_view line, std::string_view text)
{
    if (m_isParagraph)
    {
        std::string other;
        const bool isIndented = StartsWith(line, " ") || StartsWith(line, "\t");
        // Prose that follows without an empty line is not indented as the paragraph is, and begins
        // a sentence; a line that was broken once more is not indented either.
        const bool isSentence = !isIndented && text.front() >= 'A' && text.front() <= 'Z';
        const bool isOver =
            isSentence && (m_isIndented || (m_words.find("(in reply to ") != std::string::npos &&
                                            EndsWith(m_words, ")")));
        if (m_open->lines >= LONGEST_PARAGRAPH || !WordsOfRecipient(text, other).empty() ||
            StartsWith(text, "--") || !LoneRecipient(text).empty() || isOver ||
            (m_isGap && !m_isSpaced && !IsReplyCodeAt(text, 0)))
        {
            return false;
        }
        m_isSpaced = m_isSpaced || m_isGap;
        m_isIndented = m_open->lines == 1 ? isIndented : m_isIndented;
        m_words += " ";
        m_words += text;
        ++m_open->lines;
        return true;
    }
    const std::string code = std::to_string(m_open->code);
    if (m_isGap)
    {
        // "both 550-5.7.26 do not pass": an empty line stands where the reply was broken.
        constexpr std::size_t NEAR = 40;
        if (text.substr(0, NEAR).find(code + "-" + m_open->enhanced) == text.npos)
        {
            return false;
        }
        const std::string whole = code + " " + m_open->enhanced + " " + std::string(text);
        m_open->reply += " " + ReadReplyAt(whole, 0).words;
        ++m_open->lines;
        return true;
    }
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
    m_isSpaced = m_isGap = m_isIndented = false;
    // A report of success has the server's words as well.
    const std::string lower = InLowerCase(m_words);
    const bool isDone = lower.find(": 250") != lower.npos || lower.find("delivery via") == 0 ||
                        lower.find(": delivered via ") != lower.npos;
    if (m_isParagraph && isDone && !FindReply(m_words))
    {
        m_isParagraph = false;
        return;
    }
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
        if (m_kept.size() < GetCaps().replies)
        {
            m_kept.push_back(std::move(reply));
        }
        else if (reply.standing == ReportedReply::Standing::Record)
        {
            m_handler(reply); // whoever takes them counts what are too many
        }
        else
        {
            LeaveOut();
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
