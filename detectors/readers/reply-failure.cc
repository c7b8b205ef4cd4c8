#include "detectors/readers/reply-reader.h"
#include "detectors/readers/report-words.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint32_t CAUSE_LINES = 4;  //!< That far a nested exception tells the cause.
constexpr std::uint32_t STACK_LINES = 12; //!< That far a stack shows what the error was about.

/// Whether a line of an error's stack or fields shows that it was about sending mail. Node.js's
/// ESOCKET alone is of databases, too.
bool
IsMailStack(std::string_view lower)
{
    return EndsWith(ProgramIn(lower), " error")
               ? lower.find("'esocket'") == lower.npos || lower.find("'conn'") != lower.npos
               : (lower.find("command: '") != lower.npos && !StageIn(lower).empty()) ||
                     lower.find("\"command\":\"conn\"") != lower.npos;
}

/// Whole replies of single providers, which people and programs tell without their codes.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 2> STOCK{
    {{501, "mail from address must be same as authorization user"},
     {535, "username and password not accepted. learn more at "}}};

/// How programs tell a reply's code and its words in fields of their own, in lower case.
struct ReplyFields
{
    std::string_view code;
    std::string_view words;
};

constexpr std::array<ReplyFields, 4> FIELDS{{{"\"smtp_code\":", "\"smtp_msg\":\""},
                                             {" code=", " message=\""},
                                             {" code = ", " details = \""},
                                             {"smtp error (", "): "}}};

/// The value behind a label, up to one of some characters.
std::string_view
BehindField(std::string_view text, std::string_view label, std::string_view ends)
{
    const auto value = scan::After(text, label);
    return value ? value->substr(0, value->find_first_of(ends)) : std::string_view();
}

/// "[mx.example 203.0.113.5: timed out]", as Gmail names whom it did not reach.
bool
IsGmailsEnd(std::string_view text)
{
    return StartsWith(text, "[") && EndsWith(text, ": timed out]");
}

/// Whether a server says that it finds no name of a client's address, or none that leads back: that
/// is no delivery.
bool
IsOfClientsName(const std::string& lower)
{
    static constexpr std::array<std::string_view, 5> WORDS{"resolving client address",
                                                           "does not resolve to address",
                                                           "no host name found for ip",
                                                           "verification failed: name or service",
                                                           "verification failed: hostname nor"};
    return std::any_of(WORDS.begin(),
                       WORDS.end(),
                       [&](std::string_view words) { return lower.find(words) != lower.npos; });
}

} // namespace

bool
ReplyReader::ReadFields(std::uint32_t number, std::string_view text)
{
    const std::string lower = InLowerCase(text);
    for (const ReplyFields& form : FIELDS)
    {
        const std::size_t at = lower.find(form.code);
        const std::size_t words = at == lower.npos ? at : lower.find(form.words, at);
        std::string_view digits =
            text.substr(at == lower.npos ? text.size() : at + form.code.size());
        const auto code = scan::Number(digits);
        if (words == lower.npos || !code || *code < 400 || *code >= 600 || IsSettings(text))
        {
            continue;
        }
        std::string_view said = text.substr(words + form.words.size());
        said = form.words.back() == '"' ? said.substr(0, said.find('"')) : said;
        const bool isMails = form.code.find("smtp") != form.code.npos;
        ReportedReply reply = ReplyAt(number, text);
        reply.code = static_cast<std::uint32_t>(*code);
        const std::size_t status = lower.find("enchcode\":\"", at);
        std::string_view enhanced =
            status == lower.npos ? said : text.substr(text.find(":\"", status) + 2);
        reply.enhanced = TakeEnhancedCode(enhanced);
        said = status == lower.npos ? enhanced : said;
        if (!isMails && reply.enhanced.empty() && !IsAboutMail(said))
        {
            continue;
        }
        reply.reply = Trim(said, LINE_BLANKS);
        reply.isFinal = reply.code >= 500;
        const std::string recipient(BehindField(text, "\"rcpt\":\"", "\""));
        reply.recipient = recipient.empty() ? reply.recipient : InLowerCase(recipient);
        ReadHost(BehindField(text, " server=", ": "), reply.host, reply.address);
        Keep(std::move(reply));
        return true;
    }
    return false;
}

bool
ReplyReader::ReadCodeless(std::uint32_t number, std::string_view text)
{
    // "The server response was: 5.7.60 SMTP; Client does not have permissions ..."
    std::string_view rest = text;
    const std::size_t behind = m_isLed ? 0 : BehindLead(InLowerCase(text));
    const bool isLed = behind != text.npos;
    rest = Trim(text.substr(isLed ? behind : 0), " \t\"':");
    const bool isRefusal =
        IsRefusing(rest) && (IsAboutMail(rest) || HasParticulars(rest)) && !IsSettings(text);
    if (!isLed && !isRefusal)
    {
        return false;
    }
    // MailKit puts a colon behind the code: "535: 5.7.3 Authentication unsuccessful".
    std::string_view digits = rest;
    const std::int64_t code = scan::Number(digits).value_or(0);
    const bool isCoded = code >= 400 && code < 600 && scan::Skip(digits, ": ");
    rest = isCoded ? digits : rest;
    const std::string enhanced = TakeEnhancedCode(rest);
    if (enhanced.empty() || enhanced[0] == '2' || Trim(rest).empty())
    {
        return false;
    }
    ReportedReply reply = ReplyAt(number, text);
    reply.code = isCoded ? static_cast<std::uint32_t>(code) : 0;
    reply.enhanced = enhanced;
    scan::SkipSpace(rest);
    scan::Skip(rest, "SMTP; ");
    reply.reply = Trim(rest, " \t\"'");
    reply.isFinal = enhanced[0] == '5';
    reply.standing = isLed || IsReport() || HasParticulars(rest) ? ReportedReply::Standing::Record
                                                                 : ReportedReply::Standing::Alone;
    Keep(std::move(reply));
    return true;
}

bool
ReplyReader::ReadStock(std::uint32_t number, std::string_view text, std::string_view lower)
{
    const auto* const stock =
        std::find_if(STOCK.begin(),
                     STOCK.end(),
                     [&](const auto& known) { return lower.find(known.second) != lower.npos; });
    if (stock == STOCK.end() || IsSettings(text) || lower.find('?') < lower.find(stock->second))
    {
        return false;
    }
    ReportedReply reply = ReplyAt(number, text);
    reply.code = stock->first;
    reply.isCodeTold = text.find(std::to_string(stock->first)) != text.npos;
    reply.reply = text.substr(lower.find(stock->second), scan::LONGEST_FIELD);
    reply.isFinal = true;
    reply.standing = ReportedReply::Standing::Alone;
    ++m_lone;
    Keep(std::move(reply));
    return true;
}

bool
ReplyReader::ReadClientsWords(std::string_view text, std::string_view lower, ReportedReply& reply)
{
    // Thunderbird compares with the limit that the server announces.
    if (lower.find("size of the message") != lower.npos && lower.find("size limit (") != lower.npos)
    {
        reply.program = "mail program's error";
        reply.failure = text.substr(0, scan::LONGEST_FIELD);
        reply.enhanced = "5.3.4";
        reply.isFinal = true;
        Keep(std::move(reply));
        return true;
    }
    // Swift Mailer's: what should be a reply is empty.
    if (lower.find("but got code \"\", with message \"\"") != lower.npos)
    {
        const bool isGreeting = lower.find("code 220 ") != lower.npos;
        reply.program = "PHP error";
        reply.stage = isGreeting ? "greeting" : "";
        reply.failure = isGreeting ? "Connection lost before a greeting" : "Connection lost";
        Keep(std::move(reply));
        return true;
    }
    return false;
}

bool
ReplyReader::ReadFailure(std::uint32_t number, std::string_view text)
{
    const std::string lower = InLowerCase(text);
    ReportedReply reply = ReplyAt(number, text);
    const std::string_view outlook = OutlookFailureIn(lower);
    if (!outlook.empty() && lower.find("receiving") == lower.npos)
    {
        reply.program = "Outlook error";
        reply.stage = "connect";
        reply.failure = outlook;
        Keep(std::move(reply));
        return true;
    }
    if (ReadClientsWords(text, lower, reply))
    {
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
    if (ReadStock(number, text, lower))
    {
        return true;
    }
    // "Failure Reason: ...", "Reason: <joe@x.example>... User unknown": without a code
    std::string_view reason = text;
    if (IsReport() && (scan::Skip(reason, "Failure Reason: ") || scan::Skip(reason, "Reason: ")) &&
        ConnectFailureIn(reason).empty())
    {
        ReadOwnWords(reason, reply);
        reply.isFinal = !m_isDelay;
        Keep(std::move(reply));
        return true;
    }
    if (m_program == EXIM_BOUNCE && !m_context.recipient.empty() && IsOwnReason(lower))
    {
        ReadOwnWords(text, reply);
        reply.isFinal = true;
        Keep(std::move(reply));
        return true;
    }
    if (m_unplaced && number <= m_unplaced->line + STACK_LINES && IsMailStack(lower) &&
        ConnectFailureIn(text).empty())
    {
        m_unplaced->program = m_program.empty() ? "mail library's error" : m_program;
        Keep(*std::exchange(m_unplaced, std::nullopt));
        return true;
    }
    const bool isNested = m_unexplained && number <= m_unexplained->line + CAUSE_LINES;
    const std::string failure = IsGmailsEnd(text) ? "Connection timed out" : ConnectFailureIn(text);
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
        // JavaMail's for a connection that ends in the place of a greeting.
        if (lower.find("response: -1") != lower.npos)
        {
            reply.stage = "greeting";
            reply.failure =
                lower.find("port: 465") == lower.npos
                    ? "Connection lost before a greeting"
                    : "Connection lost before a greeting; port 465 encrypts from the first octet";
            Keep(std::move(reply));
            return true;
        }
        reply.failure = "No connection to the server";
        m_unexplained = std::move(reply);
        return true;
    }
    if (failure.empty() || IsSettings(text) || IsOfClientsName(lower))
    {
        return false;
    }
    if (lower.find("connect to milter service ") != lower.npos)
    {
        reply.ownTrouble = "its milter";
        reply.stage = "connect";
        reply.failure = failure;
        Keep(std::move(reply));
        return true;
    }
    StartsWith(text, "connect to ") ? ReadOwnWords(text, reply) : ReadEnd(text, reply);
    reply.stage = "connect";
    reply.failure = failure;
    if (IsReport() || SpeaksOfMail(text))
    {
        Keep(std::move(reply));
        return true;
    }
    m_unplaced = std::move(reply);
    return false;
}

bool
ReplyReader::ReadHostCode(std::uint32_t number, std::string_view text)
{
    // "<exch01.corp.example #4.4.7>" behind a sentence, as Exchange writes it in every language
    std::string_view rest = text;
    if (!scan::Skip(rest, "<") || !EndsWith(rest, ">"))
    {
        return false;
    }
    const std::string_view host = scan::Word(rest);
    scan::SkipSpace(rest);
    if (!StartsWith(rest, "#") || host.find('.') == host.npos || host.find('@') != host.npos)
    {
        return false;
    }
    const std::string enhanced = TakeEnhancedCode(rest);
    if (enhanced.empty() || enhanced[0] == '2' || rest != ">" || m_before.empty())
    {
        return false;
    }
    ReportedReply reply = ReplyAt(number, text);
    reply.program = "Exchange bounce";
    reply.enhanced = enhanced;
    reply.failure = m_before;
    reply.isFinal = true;
    // Whose rule a refusal for a policy's sake was, the code does not tell.
    reply.standing =
        enhanced[2] == '7' ? ReportedReply::Standing::Alone : ReportedReply::Standing::Record;
    Keep(std::move(reply));
    return true;
}

} // namespace bouncelab::detectors
