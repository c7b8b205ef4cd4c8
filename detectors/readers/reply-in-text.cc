#include "detectors/readers/reply-in-text.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view QUOTES = "\"'`";

/// Words by which mail programs lead to a reply: they end right before it, whatever quotes or
/// brackets stand between.
constexpr std::array<std::string_view, 40> MAIL_LEADS{
    "smtp server said ->",
    "remote host said:",
    "mail server responded:",
    "mail server said:",
    "from the remote server was:",
    "smtp;",
    "reject=",
    "stat=",
    "smtpmsg=",
    "(reason:",
    "smtp error:",
    "smtp error",
    "smtp error code",
    "smtp reply:",
    // Swift Mailer's: "Expected response code 250 but got code "550", with message "550 ...""
    "with message",
    "responded with:",
    "responded with",
    "failed to send email:",
    "failed to send mail:",
    "error sending email:",
    "error sending mail:",
    "error while sending mail:",
    "smtp code:",
    "smtp server:",
    "rcpt failed:",
    "mail failed:",
    "permanent error",
    "transient error",
    // "The server answered" in German, French, Spanish, Portuguese, Italian, Chinese and Japanese.
    "server antwortete:",
    "serveur a r\303\251pondu :",
    "serveur a r\303\251pondu:",
    "servidor respondi\303\263:",
    "servidor de correo respondi\303\263:",
    "servidor respondeu:",
    "servidor respondeu",
    "server ha risposto:",
    "\346\234\215\345\212\241\345\231\250\345\223\215\345\272\224",
    "\346\234\215\345\212\241\345\231\250\350\277\224\345\233\236\351\224\231\350\257\257",
    "\346\234\215\345\212\241\345\231\250\350\277\224\345\233\236",
    "\343\202\265\343\203\274\343\203\220\343\203\274\343\201\256\345\277\234\347\255\224"};

/// Those of programs that may speak of something else.
constexpr std::array<std::string_view, 23> LEADS_OF_ANY{
    "error message:",   "message was:",      "raw error:",
    "server said:",     "server responded:", "server responded",
    "server replied:",  "server returned",   "server returned:",
    "server answered:", "server error:",     "response:",
    "response was:",    "lasterror:",        "last error:",
    "lasterror",        "exception:",        "failed:",
    "rejected:",        "refused:",          "error:",
    "status code:",     "returned:"};

/// Words of replies, as servers' programs have them.
constexpr std::array<std::string_view, 52> MAIL_WORDS{"mailbox",
                                                      "recipient",
                                                      "relay",
                                                      "user unknown",
                                                      "unknown user",
                                                      "no such user",
                                                      "sender",
                                                      "blacklist",
                                                      "blocklist",
                                                      "block list",
                                                      "blocked",
                                                      "spam",
                                                      "greylist",
                                                      "graylist",
                                                      "authentication",
                                                      "authenticate",
                                                      "quota",
                                                      "starttls",
                                                      "tls",
                                                      "rcpt",
                                                      "mail from",
                                                      "smtp",
                                                      "dnsbl",
                                                      "rbl",
                                                      "spamhaus",
                                                      "spf",
                                                      "dkim",
                                                      "dmarc",
                                                      "reverse dns",
                                                      "ptr",
                                                      "hostname",
                                                      "message size",
                                                      "too large",
                                                      "virus",
                                                      "helo",
                                                      "too many",
                                                      "try again",
                                                      "user not local",
                                                      "temporarily",
                                                      "transaction failed",
                                                      "closing transmission",
                                                      "local error",
                                                      "system storage",
                                                      "not our customer",
                                                      "reputation",
                                                      "postmaster",
                                                      "dt:spm",
                                                      "login fail",
                                                      "authorization code",
                                                      "\346\216\210\346\235\203\347\240\201",
                                                      "login denied",
                                                      "connection refused"};

/// Words by which a refusal shows itself, in lower case.
constexpr std::array<std::string_view, 41> REFUSALS{
    "reject",      "refus",     "denied",      "deny",          "block",        "prohibit",
    "invalid",     "limit",     "not allowed", "not permitted", "not accepted", "not found",
    "not exist",   "not valid", "not sent",    "weren't",       "unknown",      "unavailable",
    "unable",      "cannot",    "can't",       "could not",     "failed",       "failure",
    "policy",      "forbidden", "disabled",    "exceed",        "illegal",      "unauthori",
    "unauthentic", "banned",    "blacklist",   "junk",          "spam",         "suspicio",
    "too large",   "too many",  "too long",    "too big",       "reputation"};

/// Words of servers for files and pages.
constexpr std::array<std::string_view, 14> OF_OTHERS{"file",
                                                     "directory",
                                                     "folder",
                                                     "path",
                                                     "gateway",
                                                     "http error",
                                                     "service unavailable",
                                                     "internal server error",
                                                     "legal reasons",
                                                     "not implemented",
                                                     "login incorrect",
                                                     "permission denied",
                                                     "too many requests",
                                                     "request entity"};

/// Words that stand behind a number that is no reply.
constexpr std::array<std::string_view, 24> UNITS{
    "euros", "euro",  "eur",     "dollars", "usd",   "pounds", "kg",    "km",
    "items", "pages", "people",  "users",   "times", "mb",     "kb",    "gb",
    "bytes", "ms",    "seconds", "minutes", "hours", "days",   "lines", "percent"};

/// How an explanation goes on behind a code.
constexpr std::array<std::string_view, 14> EXPLAINING{"means",
                                                      "mean",
                                                      "is",
                                                      "are",
                                                      "was",
                                                      "stands",
                                                      "indicates",
                                                      "errors",
                                                      "codes",
                                                      "replies",
                                                      "responses",
                                                      "refers",
                                                      "tells",
                                                      "or"};

template <std::size_t N>
bool
IsOneWordOf(std::string_view word, const std::array<std::string_view, N>& words)
{
    word = Trim(word, ".,;:!?)\"'");
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view known) { return EqualIgnoringCase(known, word); });
}

/// What stands before a reply.
enum class Lead
{
    Nothing, //!< The line begins with it.
    Mail,    //!< Words by which mail programs lead to replies.
    Program, //!< Words by which programs lead to what others told them.
    Colon,
    Equals, //!< Exchange's "a.example=421 4.2.1 ...", and "{LED=450 4.4.316 ..." of traces.
    Words,
};

template <std::size_t N>
bool
EndsWithLead(std::string_view before, const std::array<std::string_view, N>& leads)
{
    return std::any_of(leads.begin(),
                       leads.end(),
                       [&](std::string_view lead)
                       {
                           if (!EndsWith(before, lead))
                           {
                               return false;
                           }
                           const std::size_t rest = before.size() - lead.size();
                           // "AuthenticationFailedException:", "SMTPDataError:"
                           const bool isClass = lead == "exception:" || lead == "error:";
                           return rest == 0 || isClass ||
                                  !(IsAlpha(before[rest - 1]) || before[rest - 1] == '_');
                       });
}

Lead
LeadOf(std::string_view before, std::string_view after)
{
    // What JSON has for a line's end.
    while (EndsWith(before, "\\n") || EndsWith(before, "\\r"))
    {
        before.remove_suffix(2);
    }
    const std::string lower = InLowerCase(before);
    // Around quotes, brackets, and the marks by which tuples and objects are shown.
    const std::string_view bare = Trim(lower, " \t\"'`([{<b*\\");
    // Behind words of Chinese and Japanese stands a colon of either kind.
    const std::string_view words = TrimEnd(bare, ":\xEF\xBC\x9A");
    const bool isForeign =
        words.size() < bare.size() && !words.empty() && (words.back() & 0x80) != 0;
    if (Trim(before, " \t-*>|\"'").empty())
    {
        return Lead::Nothing;
    }
    // "(550, b'5.1.1 ...')"
    const bool isTuple =
        TrimEnd(before).back() == '(' && (StartsWith(after, ", b") || StartsWith(after, ", '"));
    // "host mx.example[192.0.2.1] said:"
    const bool isSaid = EndsWith(bare, "said:") || EndsWith(bare, "said") ||
                        EndsWith(bare, "to me:") || EndsWith(bare, "returned");
    const bool isOfHost = lower.find(']') != lower.npos || StartsWith(Trim(lower), "host ") ||
                          lower.find(" host ") != lower.npos ||
                          lower.find("server at ") != lower.npos;
    // "SMTP error from remote mail server after RCPT TO:<joe@example>:"
    const bool isOfStep = !StageIn(lower).empty() && EndsWith(bare, ":");
    // "mx.example #550 5.1.1", "#<mx.example #5.1.1 smtp;550 5.1.1", "#550 4.4.7 ... ##"
    // "Net::SMTPFatalError (554 ..."
    const bool isRuby = EndsWith(bare, "error") && lower.find("net::smtp") != lower.npos;
    const bool isHash = EndsWith(bare, "#") && (bare.size() > 1 || EndsWith(TrimEnd(after), "##"));
    if (isTuple || (isSaid && isOfHost) || isOfStep || isHash || isRuby ||
        EndsWithLead(bare, MAIL_LEADS) || (isForeign && EndsWithLead(words, MAIL_LEADS)))
    {
        return Lead::Mail;
    }
    if (EndsWithLead(bare, LEADS_OF_ANY))
    {
        return Lead::Program;
    }
    if (EndsWith(bare, "="))
    {
        return Lead::Equals;
    }
    // U+FF1A is the colon of Chinese and Japanese.
    return EndsWith(bare, ":") || EndsWith(bare, "\xEF\xBC\x9A") ? Lead::Colon : Lead::Words;
}

/// Where a quote closes that opens right before `at`: an apostrophe inside a word closes none.
std::size_t
CloseOf(std::string_view text, char quote, std::size_t at)
{
    std::size_t close = text.find(quote, at);
    while (close != text.npos && quote == '\'' && close > 0 && close + 1 < text.size() &&
           IsAlpha(text[close - 1]) && IsAlpha(text[close + 1]))
    {
        close = text.find(quote, close + 1);
    }
    return close;
}

/// Whether the reply is quoted within a sentence, which goes on behind it.
bool
IsQuotedInSentence(std::string_view text, std::size_t at, Lead lead)
{
    const char quote = at > 0 ? text[at - 1] : '\0';
    if (QUOTES.find(quote) == QUOTES.npos)
    {
        return false;
    }
    const std::size_t close = CloseOf(text, quote, at);
    const std::string_view rest =
        close == text.npos ? std::string_view() : Trim(text.substr(close + 1));
    const bool goesOn = !rest.empty() && (IsAlpha(rest.front()) || rest.front() == '?' ||
                                          (rest.front() & 0x80) != 0);
    return lead == Lead::Words || goesOn;
}

/// Whether the reply stands in quotes of its own, with which the line and its sentence end.
bool
IsQuotedAtEnd(std::string_view text, std::size_t at)
{
    const char quote = at > 0 ? text[at - 1] : '\0';
    if (QUOTES.find(quote) == QUOTES.npos)
    {
        return false;
    }
    const std::size_t close = CloseOf(text, quote, at);
    // Without a full stop the sentence goes on in the next line.
    return close != text.npos && close > at && Trim(text.substr(close + 1), " \t.!)").empty() &&
           (text[close - 1] == '.' || text.find('.', close) != text.npos);
}

/// Whether the place is in a span of code within a sentence, as Markdown has them: `550 ...`.
bool
IsInCodeSpan(std::string_view text, std::size_t at)
{
    const std::string_view before = text.substr(0, at);
    const std::size_t close = text.find('`', at);
    // What leads to it from the line's front on is a program's.
    const bool isLine =
        StartsWith(before, "`") && LeadOf(before, text.substr(at + 3)) == Lead::Mail;
    return close != text.npos && std::count(before.begin(), before.end(), '`') % 2 == 1 &&
           !isLine &&
           (!Trim(before.substr(0, before.find('`'))).empty() ||
            !Trim(text.substr(close + 1)).empty());
}

/// The line up to where the quotes around a reply close.
std::string_view
WithinQuotes(std::string_view text, std::size_t at)
{
    char quote = at > 0 ? text[at - 1] : '\0';
    // "\"diagnosticCode\":\"smtp; 550 5.1.1 ...\"": the words before it are within them too.
    const std::string_view before = text.substr(0, at);
    const bool isWithin = std::count(before.begin(), before.end(), '"') % 2 == 1;
    quote = QUOTES.find(quote) == QUOTES.npos && isWithin ? '"' : quote;
    const bool isSpan = StartsWith(text, "`") || IsInCodeSpan(text, at);
    quote = QUOTES.find(quote) == QUOTES.npos && isSpan ? '`' : quote;
    if (quote != '`' && QUOTES.find(quote) == QUOTES.npos)
    {
        return text;
    }
    std::size_t close = CloseOf(text, quote, at);
    while (close != text.npos && text[close - 1] == '\\')
    {
        close = CloseOf(text, quote, close + 1);
    }
    return text.substr(0, close);
}

bool
StandsAlone(Lead lead, bool isReport, bool hasParticulars)
{
    switch (lead)
    {
    case Lead::Mail:
    case Lead::Program:
        return false;
    case Lead::Equals:
    case Lead::Words:
        return !isReport;
    default:
        return !isReport && !hasParticulars;
    }
}

/// Whether a code is one by which mail servers refuse, and web servers do not answer: 45x, 52x,
/// 53x, 55x, 57x.
bool
IsRefusingCode(std::uint32_t code)
{
    return code / 10 == 45 || (code >= 520 && code != 524);
}

/// Whether a reply without an enhanced code is one.
bool
IsBareReply(const FoundReply& found, Lead lead, bool isReport, bool hasParticulars)
{
    // 40x and 41x are of HTTP.
    if (found.words.empty() || (found.code < 500 && found.code / 10 % 10 < 2))
    {
        return false;
    }
    switch (lead)
    {
    case Lead::Nothing:
        return isReport || (IsRefusingCode(found.code) && IsRefusing(found.words));
    case Lead::Mail:
        return isReport || hasParticulars || IsAboutMail(found.words) || found.code == 500 ||
               IsRefusing(found.words) || IsRefusingCode(found.code);
    case Lead::Program:
        return isReport || IsAboutMail(found.words);
    case Lead::Colon:
        return (isReport || hasParticulars) && IsAboutMail(found.words);
    case Lead::Equals:
    case Lead::Words:
        break;
    }
    return false;
}

/// Statements and maps of configuration, by how they begin.
constexpr std::array<std::string_view, 22> STATEMENTS{
    "# ",     "//",     "/*",      "dnl ",     "if ",       "elsif ", "require ", "return ",
    "raise ", "throw ", "define(", "FEATURE(", "R$",        "deny ",  "accept ",  "warn ",
    "drop ",  "case ",  "print",   "echo ",    "function ", "def "};

/// Actions of maps and filters, right before the reply that they make.
constexpr std::array<std::string_view, 12> ACTIONS{"REJECT",
                                                   "DEFER",
                                                   "DEFER_IF_PERMIT",
                                                   "DENY",
                                                   "ERROR:",
                                                   "ERROR:\"",
                                                   "reject \"",
                                                   "reject '",
                                                   "ereject \"",
                                                   "$@",
                                                   "$#error",
                                                   "reject text:"};

} // namespace

bool
IsSettings(std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (std::any_of(STATEMENTS.begin(),
                    STATEMENTS.end(),
                    [&](std::string_view start) { return StartsWith(text, start); }))
    {
        return true;
    }
    // "smtpd_reject_code = 550", "deny message = 550 ..."
    const std::size_t assigned = text.find(" = ");
    const std::string_view name = text.substr(0, assigned);
    if (assigned != text.npos && std::count(name.begin(), name.end(), ' ') < 3 &&
        std::all_of(name.begin(),
                    name.end(),
                    [](char c)
                    { return IsAlnum(c) || c == '_' || c == '-' || c == '.' || c == ' '; }))
    {
        return true;
    }
    // "reject_message: 550 ..."
    const std::string key = InLowerCase(text.substr(0, text.find_first_of(":= ")));
    for (const std::string_view verb : {"reject", "deny", "block", "defer", "bounce"})
    {
        if (key.find('_') != key.npos && key.find(verb) != key.npos)
        {
            return true;
        }
    }
    // "/^spam@/ REJECT 550 ...": a map of regular expressions.
    if (StartsWith(text, "/") && text.find("/ ") != text.npos)
    {
        return true;
    }
    for (const std::string_view close : {"\";", "';", "\");", "');", "\"; }"})
    {
        if (text.find(close) != text.npos)
        {
            return true;
        }
    }
    return std::any_of(ACTIONS.begin(),
                       ACTIONS.end(),
                       [&](std::string_view action)
                       {
                           const auto rest = scan::After(text, action);
                           const std::string_view reply = rest ? Trim(*rest) : std::string_view();
                           return reply.size() > 3 && (reply[0] == '4' || reply[0] == '5') &&
                                  (IsReplyCodeAt(reply, 0) || reply[1] == '.');
                       });
}

bool
HasParticulars(std::string_view text)
{
    for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1))
    {
        if (at > 0 && at + 1 < text.size() && IsAlnum(text[at - 1]) && IsAlnum(text[at + 1]))
        {
            return true;
        }
    }
    constexpr std::string_view BETWEEN = " \t[](){}<>,;'\"=/";
    while (!text.empty())
    {
        const std::size_t end = std::min(text.find_first_of(BETWEEN), text.size());
        const auto address = HostAddress::Parse(Trim(text.substr(0, end), ".:"));
        if (end > 6 && address && address->IsNumeric())
        {
            return true;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

bool
IsAboutMail(std::string_view words)
{
    const std::string lower = InLowerCase(words);
    return std::any_of(MAIL_WORDS.begin(),
                       MAIL_WORDS.end(),
                       [&](std::string_view word)
                       {
                           for (std::size_t at = lower.find(word); at != lower.npos;
                                at = lower.find(word, at + 1))
                           {
                               // "rbl" is one in "an rbl", and none in "surbl".
                               if (word.size() > 4 || at == 0 || !IsAlnum(lower[at - 1]))
                               {
                                   return true;
                               }
                           }
                           return false;
                       });
}

bool
IsRefusing(std::string_view words)
{
    const std::string lower = InLowerCase(words);
    const auto has = [&](std::string_view word) { return lower.find(word) != lower.npos; };
    return std::any_of(REFUSALS.begin(), REFUSALS.end(), has) &&
           std::none_of(OF_OTHERS.begin(), OF_OTHERS.end(), has);
}

std::optional<ReplyInText>
FindReplyInText(std::string_view line, bool isReport)
{
    std::optional<bool> isSettings;
    std::optional<bool> hasParticulars;
    for (std::size_t at = 0; at + 4 <= line.size(); ++at)
    {
        if (!IsReplyCodeAt(line, at))
        {
            continue;
        }
        isSettings = isSettings ? isSettings : IsSettings(line);
        hasParticulars = hasParticulars ? hasParticulars : HasParticulars(line);
        if (*isSettings)
        {
            return std::nullopt;
        }
        const Lead words = LeadOf(line.substr(0, at), line.substr(at + 3));
        const bool isAtEnd = words == Lead::Words && IsQuotedAtEnd(line, at);
        const Lead lead = isAtEnd ? Lead::Nothing : words;
        ReplyInText found;
        static_cast<FoundReply&>(found) = ReadReplyAt(WithinQuotes(line, at), at);
        std::string_view behind = line.substr(at + 4);
        TakeEnhancedCode(behind);
        const std::string_view next = scan::Word(behind);
        const bool isLed = lead == Lead::Mail || lead == Lead::Program;
        const bool isEnhanced = !found.enhanced.empty() && found.enhanced[0] != '2';
        // A span of code that a message trace's field begins is as whole as a line of its own.
        const bool isField = lead == Lead::Equals && EndsWith(line.substr(0, at), "`{LED=");
        const bool isQuoted =
            IsQuotedInSentence(line, at, lead) || (IsInCodeSpan(line, at) && !isField && !isAtEnd);
        if (IsOneWordOf(next, UNITS) || (!isLed && IsOneWordOf(next, EXPLAINING)) ||
            (isQuoted && !(isEnhanced && *hasParticulars)) ||
            (isEnhanced ? lead == Lead::Words && !isReport && !*hasParticulars
                        : !IsBareReply(found, lead, isReport, *hasParticulars)))
        {
            continue;
        }
        found.isLed = isLed;
        const bool isBare = !isEnhanced && lead == Lead::Nothing && !isReport;
        found.standing =
            isQuoted || isAtEnd || isBare || StandsAlone(lead, isReport, *hasParticulars)
                ? ReportedReply::Standing::Alone
                : ReportedReply::Standing::Record;
        return found;
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
