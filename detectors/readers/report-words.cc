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

using WordsFor = std::pair<std::string_view, std::string_view>;

/// Words with which bounces begin.
constexpr std::array<WordsFor, 13> BOUNCES{
    {{"this is the qmail-send program", "qmail bounce"},
     {"this is the haraka mailer program", "Haraka bounce"},
     {"this message was created automatically by mail delivery software", EXIM_BOUNCE},
     {"created automatically by mail delivery software", EXIM_BOUNCE},
     {"(exim ", EXIM_BOUNCE},
     {"this is the mail system at host", POSTFIX_BOUNCE},
     {"this is the postfix program at host", POSTFIX_BOUNCE},
     {"transcript of session follows", SENDMAIL_BOUNCE},
     {"had permanent fatal errors", SENDMAIL_BOUNCE},
     {"had transient non-fatal errors", SENDMAIL_BOUNCE},
     // "The mail was returned", "reason of the return", "mail undeliverable" of QQ, 163 and others.
     {"\xE9\x82\xAE\xE4\xBB\xB6\xE8\xA2\xAB\xE9\x80\x80\xE5\x9B\x9E", "bounce"},
     {"\xE9\x80\x80\xE4\xBF\xA1\xE5\x8E\x9F\xE5\x9B\xA0", "bounce"},
     {"\xE9\x80\x80\xE4\xBF\xA1\xE9\x80\x9A\xE7\x9F\xA5", "bounce"}}};

/// Words by which other texts show whose they are.
constexpr std::array<WordsFor, 34> PROGRAMS{
    {{"smtp-connection", "Node.js error"},
     {"'esocket'", "Node.js error"},
     {"-starttls smtp", "openssl s_client"},
     {"nodemailer", "Node.js error"},
     {"smtplib.", "Python error"},
     {"javax.mail", "Java error"},
     {"com.sun.mail", "Java error"},
     {"jakarta.mail", "Java error"},
     {"angus.mail", "Java error"},
     {"phpmailer", "PHP error"},
     {"swift_", "PHP error"},
     {"expected response code ", "PHP error"},
     {"sendmail: cannot connect to ", "msmtp error"},
     {"smtp error from remote mail server", EXIM_BOUNCE},
     {"was rejected by a remote mail server", "bounce"},
     {"system.net.mail", ".NET error"},
     {"send-mailmessage", ".NET error"},
     {"net::smtp", "Ruby error"},
     {"net/smtp.rb", "Ruby error"},
     {"actionmailer::", "Ruby error"},
     {"php warning:  mail()", "PHP error"},
     {"mailkit.", ".NET error"},
     {"msmtp: ", "msmtp error"},
     {"posttls-finger: ", "posttls-finger"},
     {"did not accept our requests to connect", "bounce"},
     {"get-queue", "Exchange queue"},
     {"lasterror", "Exchange queue"},
     {"dnsconnectordelivery", "Exchange queue"},
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
constexpr std::array<std::string_view, 13> OWN_WORDS{"unrouteable address",
                                                     "local delivery failed",
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
constexpr std::array<std::string_view, 24> LEADS_TO_NEXT{"responded:",
                                                         "message was:",
                                                         "smtp error: permanent:",
                                                         "response was:",
                                                         "server was:",
                                                         "server said:",
                                                         "server responded:",
                                                         "server replied:",
                                                         "server returned:",
                                                         "error was:",
                                                         "error message:",
                                                         // The same of Thunderbird, in German,
                                                         // French, Spanish, Italian, Portuguese
                                                         // and Dutch.
                                                         "mail-server antwortete:",
                                                         "mailserver antwortete:",
                                                         "le serveur a r\xC3\xA9pondu",
                                                         "servidor de correo respondi\xC3\xB3:",
                                                         "mail server ha risposto:",
                                                         "server di posta ha risposto:",
                                                         "servidor de correio respondeu:",
                                                         "servidor de e-mail respondeu:",
                                                         "mailserver antwoordde:",
                                                         "smtpcommandexception:",
                                                         "security.authenticationexception:",
                                                         "server antwortete:",
                                                         "server ha risposto"};

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

/// The last of the words that a text holds; null where it holds none.
template <std::size_t N>
const WordsFor*
LastIn(std::string_view lower, const std::array<WordsFor, N>& words)
{
    const auto last =
        std::find_if(words.rbegin(),
                     words.rend(),
                     [&](const WordsFor& known) { return lower.find(known.first) != lower.npos; });
    return last == words.rend() ? nullptr : &*last;
}

/// "smtplib.SMTPServerDisconnected": a host's name has no capital inside its last label.
bool
IsClassName(std::string_view word)
{
    const std::string_view last = word.substr(word.rfind('.') + 1);
    const auto isSmall = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto isCapital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto hump =
        std::adjacent_find(last.begin(),
                           last.end(),
                           [&](char a, char b) { return isSmall(a) && isCapital(b); });
    return hump != last.end();
}

/// "30014.11ms": no top-level domain begins with a digit.
bool
IsMeasure(std::string_view word)
{
    const std::size_t dot = word.rfind('.');
    return dot != word.npos && dot + 1 < word.size() && IsDigit(word[dot + 1]);
}

/// "2001:db8::1b:25" without its port, which some programs write without brackets.
std::string_view
WithoutMailPort(std::string_view word)
{
    for (const std::string_view port : {":25", ":465", ":587", ":2525"})
    {
        const std::string_view bare =
            word.substr(0, word.size() - std::min(word.size(), port.size()));
        if (EndsWith(word, port) && std::count(word.begin(), word.end(), ':') > 2 &&
            HostAddress::Parse(bare))
        {
            return bare;
        }
    }
    return word;
}

} // namespace

std::string_view
ProgramIn(std::string_view lower)
{
    const WordsFor* known = LastIn(lower, PROGRAMS);
    known = known ? known : LastIn(lower, BOUNCES);
    return known ? known->second : std::string_view();
}

bool
BeginsBounce(std::string_view lower)
{
    return LastIn(lower, BOUNCES) != nullptr;
}

bool
BeginsCopy(std::string_view lower)
{
    return HasOneOf(lower, COPIES);
}

bool
SaysThatItGoesOn(std::string_view lower)
{
    return HasOneOf(lower, DELAYS);
}

bool
IsPostfixReason(std::string_view lower)
{
    return BeginsWithOneOf(lower, POSTFIX_WORDS);
}

bool
IsOwnReason(std::string_view lower)
{
    return HasOneOf(lower, OWN_WORDS);
}

std::string_view
OutlookFailureIn(std::string_view lower)
{
    const WordsFor* const known = LastIn(lower, OUTLOOK_CODES);
    return known ? known->second : std::string_view();
}

std::size_t
BehindLead(std::string_view lower)
{
    const auto* const lead =
        std::find_if(LEADS_TO_NEXT.begin(),
                     LEADS_TO_NEXT.end(),
                     [&](std::string_view words) { return lower.find(words) != lower.npos; });
    return lead == LEADS_TO_NEXT.end() ? lower.npos : lower.find(*lead) + lead->size();
}

bool
LeadsToNextLine(std::string_view lower)
{
    return BeginsWithOneOf(lower, LEADS_TO_NEXT) ||
           std::any_of(LEADS_TO_NEXT.begin(),
                       LEADS_TO_NEXT.end(),
                       [&](std::string_view lead) { return EndsWith(lower, lead); });
}

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

std::string_view
WordsOfRecipient(std::string_view text, std::string& recipient)
{
    // "<hidden (expanded from <joe@x.example>): ...": somebody cut the first address.
    const std::size_t first = text.find('>');
    const std::size_t inner = text.substr(0, first).rfind('<');
    if (StartsWith(text, "<") && first != text.npos && inner > 0 &&
        EndsWith(text.substr(0, inner), " (expanded from ") &&
        StartsWith(text.substr(first), ">): "))
    {
        recipient = InLowerCase(text.substr(inner + 1, first - inner - 1));
        return Trim(text.substr(first + 4), LINE_BLANKS);
    }
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
                                         "Server at ",
                                         "Remote server ",
                                         "transferring to ",
                                         "Connecting To ",
                                         "Trying ",
                                         "Postausgangs-Server (SMTP) \"",
                                         "mailserver at \"",
                                         "{FQDN=<",
                                         "{FQDN="})
    {
        const auto rest = scan::After(text, label);
        if (!rest || StartsWith(*rest, "said") ||
            (label == "host " && !StartsWith(Trim(text), "host ")))
        {
            continue;
        }
        std::string name = StartsWith(*rest, "localhost\"") ? "localhost" : "";
        HostAddress found;
        const std::size_t close = rest->substr(0, rest->find("...")).find(']');
        ReadHost(rest->substr(0,
                              close != rest->npos               ? close + 1
                              : rest->find("...") != rest->npos ? rest->find("...")
                                                                : rest->find_first_of(",;\"")),
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

void
ReadEnd(std::string_view text, ReportedReply& reply)
{
    std::string host;
    HostAddress address;
    bool isHere = false;
    if (!ReadLabelled(text, host, address))
    {
        for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
        {
            word = Trim(word, "()[],;:'\"<>");
            if (EndsWith(word, ":53"))
            {
                continue; // "lookup mx.example on 192.0.2.53:53" names who was asked.
            }
            isHere = isHere || word.substr(0, word.find(':')) == "localhost";
            word = WithoutMailPort(word);
            const std::size_t colon = word.rfind(':');
            const bool isPort = colon != word.npos && colon == word.find(':');
            const auto end =
                HostAddress::ParseAny(TrimEnd(isPort ? word.substr(0, colon) : word, ".,"));
            if (end && end->IsNumeric())
            {
                address = *end;
            }
            else if (end && !end->IsMasked() && word.find('@') == word.npos && host.empty() &&
                     !IsClassName(word) && !IsMeasure(word))
            {
                host = end->ToString();
            }
        }
    }
    if (isHere && host.empty() && !address.IsKnown())
    {
        host = "localhost";
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
    static constexpr std::array<std::string_view, 20> SIGNS{
        "smtp",     "status=deferred", "for name=", "data: unexpected eof",
        "starttls", "send mail:",      "'esocket'", " : 25)",
        " : 465)",  " : 587)",         ":25",       ":465",
        ":587",     ":2525",           "telnet",    "port 25",
        "port: 25", "port 587",        "port: 587", "port: 465"};
    // Node.js tells at which step of the session it failed.
    return HasOneOf(lower, SIGNS) ||
           (lower.find("command: '") != lower.npos && !StageIn(text).empty());
}

} // namespace bouncelab::detectors
