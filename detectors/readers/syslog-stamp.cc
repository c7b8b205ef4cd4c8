#include "detectors/readers/syslog-stamp.h"

#include "detectors/readers/reported-reply.h"
#include "formats/log-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Months as systems in other languages abbreviate them, in lower case.
constexpr std::array<std::pair<std::string_view, int>, 55> MONTHS{{{"jan", 1},
                                                                   {"feb", 2},
                                                                   {"mar", 3},
                                                                   {"apr", 4},
                                                                   {"may", 5},
                                                                   {"jun", 6},
                                                                   {"jul", 7},
                                                                   {"aug", 8},
                                                                   {"sep", 9},
                                                                   {"oct", 10},
                                                                   {"nov", 11},
                                                                   {"dec", 12},
                                                                   {"m\xC3\xA4r", 3},
                                                                   {"mrz", 3},
                                                                   {"mai", 5},
                                                                   {"okt", 10},
                                                                   {"dez", 12},
                                                                   {"janv", 1},
                                                                   {"f\xC3\xA9vr", 2},
                                                                   {"fevr", 2},
                                                                   {"mars", 3},
                                                                   {"avr", 4},
                                                                   {"avril", 4},
                                                                   {"juin", 6},
                                                                   {"juil", 7},
                                                                   {"ao\xC3\xBBt", 8},
                                                                   {"aout", 8},
                                                                   {"sept", 9},
                                                                   {"d\xC3\xA9"
                                                                    "c",
                                                                    12},
                                                                   {"ene", 1},
                                                                   {"abr", 4},
                                                                   {"ago", 8},
                                                                   {"dic", 12},
                                                                   {"gen", 1},
                                                                   {"mag", 5},
                                                                   {"giu", 6},
                                                                   {"lug", 7},
                                                                   {"set", 9},
                                                                   {"ott", 10},
                                                                   {"fev", 2},
                                                                   {"out", 10},
                                                                   {"mrt", 3},
                                                                   {"mei", 5},
                                                                   {"1\xE6\x9C\x88", 1},
                                                                   {"2\xE6\x9C\x88", 2},
                                                                   {"3\xE6\x9C\x88", 3},
                                                                   {"4\xE6\x9C\x88", 4},
                                                                   {"5\xE6\x9C\x88", 5},
                                                                   {"6\xE6\x9C\x88", 6},
                                                                   {"7\xE6\x9C\x88", 7},
                                                                   {"8\xE6\x9C\x88", 8},
                                                                   {"9\xE6\x9C\x88", 9},
                                                                   {"10\xE6\x9C\x88", 10},
                                                                   {"11\xE6\x9C\x88", 11},
                                                                   {"12\xE6\x9C\x88", 12}}};

constexpr std::size_t SHORTEST_MONTH = 3; // in octets, of those above
constexpr std::size_t LONGEST_MONTH = 5;

int
MonthOf(std::string_view name)
{
    if (!name.empty() && name.back() == '.')
    {
        name.remove_suffix(1);
    }
    if (name.size() < SHORTEST_MONTH || name.size() > LONGEST_MONTH)
    {
        return 0;
    }
    const char first = ToLower(name.front());
    const auto* const known = std::find_if(MONTHS.begin(),
                                           MONTHS.end(),
                                           [&](const auto& month) {
                                               return month.first.front() == first &&
                                                      EqualIgnoringCase(month.first, name);
                                           });
    return known == MONTHS.end() ? 0 : known->second;
}

/// "14:46:23", with decimals or without.
bool
TakeClock(std::string_view& text, SyslogStamp& stamp)
{
    const auto hour = scan::Number(text);
    const bool colon = scan::Skip(text, ":");
    const auto minute = scan::Number(text);
    const bool secondColon = scan::Skip(text, ":");
    const auto second = scan::Number(text);
    if (!hour || !minute || !second || !colon || !secondColon || *hour > 23 || *minute > 59 ||
        *second > 60)
    {
        return false;
    }
    stamp.secondOfDay = *hour * 3600 + *minute * 60 + *second;
    if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && IsDigit(text[1]))
    {
        text.remove_prefix(1);
        stamp.nanoseconds = scan::Decimals(text, 9);
    }
    return true;
}

void
SkipZone(std::string_view& text)
{
    if (scan::Skip(text, "Z") || text.empty() || (text[0] != '+' && text[0] != '-'))
    {
        return;
    }
    std::size_t length = 1;
    while (length < text.size() && length < 6 && (IsDigit(text[length]) || text[length] == ':'))
    {
        ++length;
    }
    text.remove_prefix(length >= 5 ? length : 0);
}

/// "2016-09-26T14:46:23.000000+00:00", "2016-09-26 14:46:23"
std::optional<SyslogStamp>
TakeIso(std::string_view& text)
{
    std::string_view rest = text;
    SyslogStamp stamp{};
    const auto year = scan::Number(rest);
    if (!year || *year < 1970 || *year > 2200 || !scan::Skip(rest, "-"))
    {
        return std::nullopt;
    }
    const auto month = scan::Number(rest);
    const bool secondDash = scan::Skip(rest, "-");
    const auto day = scan::Number(rest);
    const bool mark = scan::Skip(rest, "T") || scan::Skip(rest, " ");
    if (!month || *month < 1 || *month > 12 || !secondDash || !day || *day < 1 || *day > 31 ||
        !mark || !TakeClock(rest, stamp))
    {
        return std::nullopt;
    }
    SkipZone(rest);
    stamp.year = static_cast<int>(*year);
    stamp.month = static_cast<int>(*month);
    stamp.day = static_cast<int>(*day);
    text = rest;
    return stamp;
}

bool
IsProgram(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(),
                                        name.end(),
                                        [](char c) {
                                            return IsAlnum(c) || c == '/' || c == '-' || c == '_' ||
                                                   c == '.' || c == '@';
                                        });
}

/// "2004/12/22 08:15:15", "07.07.19 17:23:12"
bool
SkipNumericStamp(std::string_view& text)
{
    std::string_view rest = text;
    SyslogStamp stamp{};
    const auto first = scan::Number(rest);
    const std::string_view mark = rest.substr(0, 1);
    const bool isDate = first && (mark == "/" || mark == ".") && scan::Skip(rest, mark) &&
                        scan::Number(rest) && scan::Skip(rest, mark) && scan::Number(rest) &&
                        scan::Skip(rest, " ");
    if (!isDate || !TakeClock(rest, stamp))
    {
        return false;
    }
    text = rest;
    return true;
}

/// Postfix's programs, where its log has another name in the place of "postfix".
constexpr std::array<std::string_view, 16> POSTFIX_SERVICES{"smtp",
                                                            "smtpd",
                                                            "lmtp",
                                                            "relay",
                                                            "local",
                                                            "virtual",
                                                            "pipe",
                                                            "error",
                                                            "bounce",
                                                            "discard",
                                                            "qmgr",
                                                            "cleanup",
                                                            "pickup",
                                                            "postscreen",
                                                            "trivial-rewrite",
                                                            "scache"};

/// "postfix/smtpd[19677]:"
bool
IsNamedProcess(std::string_view word)
{
    const std::size_t open = word.find('[');
    return open != word.npos && open > 0 && EndsWith(word, "]:") && open + 2 < word.size() &&
           word.substr(open + 1, word.size() - open - 3).find_first_not_of("0123456789") ==
               word.npos &&
           IsProgram(word.substr(0, open));
}

/// Takes "postfix/smtpd[19677]: " off the front, and what is left as the row's text.
bool
TakeProgram(std::string_view text, SyslogRow& row)
{
    // Some write a tag between: "mail.info postfix/smtpd[1]:", "(postfix) ...".
    for (int skipped = 0; skipped < 2; ++skipped)
    {
        const std::size_t end = text.find_first_of("[: ");
        if (end == text.npos)
        {
            return false;
        }
        row.program = text.substr(0, end);
        if (text[end] != ' ')
        {
            text.remove_prefix(end);
            break;
        }
        text.remove_prefix(end + 1);
    }
    if (scan::Skip(text, "["))
    {
        const std::size_t close = text.find(']');
        row.process = text.substr(0, close);
        text.remove_prefix(close == text.npos ? text.size() : close + 1);
    }
    if (!IsProgram(row.program) || !scan::Skip(text, ":"))
    {
        return false;
    }
    row.text = Trim(text, LINE_BLANKS);
    return true;
}

/// "[1:mail1:postfix/lmtp]", as a node's journal names host and program.
bool
TakeTag(std::string_view word, std::string_view text, SyslogRow& row)
{
    if (!StartsWith(word, "[") || !EndsWith(word, "]"))
    {
        return false;
    }
    word = word.substr(1, word.size() - 2);
    const std::size_t last = word.rfind(':');
    const std::string_view program = word.substr(last == word.npos ? word.size() : last + 1);
    if (PostfixService(program).empty())
    {
        return false;
    }
    const std::string_view host = word.substr(0, last);
    row.host = host.substr(host.rfind(':') == host.npos ? 0 : host.rfind(':') + 1);
    row.program = program;
    row.text = Trim(text, LINE_BLANKS);
    return true;
}

/// The program that writes a text which begins with a queue id; "" where it is not Postfix's.
std::string_view
WriterOf(std::string_view text)
{
    if (StartsWith(text, "NOQUEUE: reject: ") || StartsWith(text, "milter-reject: ") ||
        StartsWith(text, "NOQUEUE: milter-reject: ") ||
        StartsWith(text, "warning: TLS library problem: "))
    {
        return "postfix/smtpd";
    }
    std::size_t end = 0;
    while (end < text.size() && IsAlnum(text[end]))
    {
        ++end;
    }
    const auto relay = scan::After(text, ", relay=");
    if (end < 6 || text.substr(end, 6) != ": to=<" || !relay || text.find(", status=") == text.npos)
    {
        return {};
    }
    return StartsWith(*relay, "virtual,") ? "postfix/virtual"
           : StartsWith(*relay, "local,") ? "postfix/local"
           : StartsWith(*relay, "none,") ||
                   relay->substr(0, relay->find(',')).find('[') != relay->npos
               ? "postfix/smtp"
               : "postfix/pipe";
}

/// A row of Postfix that has no stamp: "mail postfix/smtp[2097]: ...", "NOQUEUE: reject: ...".
std::optional<SyslogRow>
ParseUnstamped(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    SyslogRow row{{}, {}, {}, {}, {}};
    row.program = WriterOf(text);
    row.text = text;
    if (!row.program.empty())
    {
        return row;
    }
    std::string_view rest = text;
    std::string_view word = scan::Word(rest);
    if (!IsNamedProcess(word) && word != "dovecot:")
    {
        row.host = word;
        scan::SkipSpace(rest);
        text = rest;
        word = scan::Word(rest);
    }
    const bool isOwn = (IsNamedProcess(word) && TakeProgram(text, row) &&
                        (!PostfixService(row.program).empty() || row.program == "spampd")) ||
                       (word == "dovecot:" && TakeProgram(text, row));
    return isOwn ? std::optional(row) : std::nullopt;
}

} // namespace

std::optional<SyslogStamp>
SkipSyslogStamp(std::string_view& text)
{
    if (auto iso = TakeIso(text))
    {
        return iso;
    }
    std::string_view rest = text;
    SyslogStamp stamp{};
    std::string_view first = scan::Word(rest);
    std::string_view second = scan::Word(rest);
    int month = MonthOf(first);
    if (month == 0)
    {
        month = MonthOf(second);
        std::swap(first, second);
    }
    if (month == 0)
    {
        return std::nullopt;
    }
    std::string_view digits = second;
    const auto day = scan::Number(digits);
    // A stamp with its year: "Sep 26 2006 14:46:23".
    std::string_view clock = rest;
    scan::SkipSpace(clock);
    std::string_view maybeYear = clock;
    const auto year = scan::Number(maybeYear);
    if (year && *year >= 1970 && *year <= 2200 && !maybeYear.empty() && maybeYear.front() == ' ')
    {
        stamp.year = static_cast<int>(*year);
        clock = maybeYear;
        scan::SkipSpace(clock);
    }
    const bool bare = digits.empty() || digits == "." || digits == "\xE6\x97\xA5";
    if (!day || !bare || *day < 1 || *day > 31 || !TakeClock(clock, stamp))
    {
        return std::nullopt;
    }
    stamp.month = month;
    stamp.day = static_cast<int>(*day);
    text = clock;
    // Behind the time: "Sep 26 14:46:23 2006".
    if (stamp.year == 0 && scan::Skip(clock, " "))
    {
        const auto behind = scan::Number(clock);
        const bool isYear = behind && *behind >= 1970 && *behind <= 2200 && StartsWith(clock, " ");
        stamp.year = isYear ? static_cast<int>(*behind) : 0;
        text = isYear ? clock : text;
    }
    return stamp;
}

std::optional<SyslogStamp>
TakeSyslogStamp(std::string_view text)
{
    return SkipSyslogStamp(text);
}

std::string_view
PostfixService(std::string_view program)
{
    const std::size_t slash = program.rfind('/');
    if (slash == program.npos)
    {
        return {};
    }
    const std::string_view service = program.substr(slash + 1);
    const bool isKnown = std::find(POSTFIX_SERVICES.begin(), POSTFIX_SERVICES.end(), service) !=
                         POSTFIX_SERVICES.end();
    return isKnown || StartsWith(program, "postfix") ? service : std::string_view();
}

bool
IsUnstampedRow(std::string_view text)
{
    return !TakeSyslogStamp(text) && ParseUnstamped(text);
}

std::optional<SyslogRow>
ParseSyslogRow(std::string_view text)
{
    const auto stamp = SkipSyslogStamp(text);
    if (!stamp)
    {
        return ParseUnstamped(text);
    }
    if (text.empty() || !scan::IsSpace(text.front()))
    {
        return std::nullopt;
    }
    SyslogRow row{*stamp, {}, {}, {}, {}};
    std::string_view rest = text;
    const std::string_view first = scan::Word(rest);
    if (IsNamedProcess(first))
    {
        return TakeProgram(Trim(text), row) ? std::optional(row) : std::nullopt;
    }
    row.host = first;
    scan::SkipSpace(rest);
    return TakeTag(first, rest, row) || TakeProgram(rest, row) ? std::optional(row) : std::nullopt;
}

std::string_view
BehindStamp(std::string_view text)
{
    if (const auto row = TakeSyslogStamp(text) ? ParseSyslogRow(text) : std::nullopt;
        row && !row->process.empty())
    {
        return row->text;
    }
    // "[MTA ] 2004/12/22 08:15:15 550 ...", "07.07.19 17:23:12 smtp: 220 ..."
    constexpr std::size_t LONGEST_TAG = 10;
    const std::size_t tag = text.find("] ");
    const bool isTagged = StartsWith(text, "[") && tag < LONGEST_TAG && !IsDigit(text[1]);
    std::string_view rest = isTagged ? Trim(text.substr(tag + 2)) : text;
    if (!SkipSyslogStamp(rest) && !SkipNumericStamp(rest))
    {
        return {};
    }
    scan::SkipSpace(rest);
    scan::Skip(rest, "smtp: ");
    return rest;
}

bool
BeginsLikeRow(std::string_view text)
{
    if (text.size() < 8)
    {
        return false;
    }
    if (text[0] == '#')
    {
        return IsAlpha(text[1]) && text.find(':') != text.npos;
    }
    if (TakeSyslogStamp(text) || text.substr(0, 4) == "@400")
    {
        return true;
    }
    std::string_view rest = text;
    const auto first = scan::Number(rest);
    if (!first || rest.empty())
    {
        return false;
    }
    const std::size_t digits = text.size() - rest.size();
    const char behind = rest.front();
    if (StartsWith(rest, fields::traceroute::REPORT_HOP))
    {
        return true;
    }
    rest.remove_prefix(1);
    const auto second = scan::Number(rest);
    if (!second || rest.empty())
    {
        return false;
    }
    if (behind == ':' && digits == 2)
    {
        std::string_view clock = text;
        SyslogStamp stamp{};
        return TakeClock(clock, stamp) && !clock.empty() && clock.front() != ':';
    }
    std::string_view tail = rest.substr(1);
    const bool isAddress =
        behind == '.' && rest.front() == '.' && scan::Number(tail) && scan::Skip(tail, ".");
    // "4.7.0 [TSS04] Messages from ...": behind a date stands a time.
    std::string_view behindStatus = text;
    if (digits == 1 && !TakeEnhancedCode(behindStatus).empty() && StartsWith(behindStatus, " ") &&
        !(behindStatus.size() > 1 && IsDigit(behindStatus[1])))
    {
        return false;
    }
    // A qmail epoch; a date with slashes or points, as spreadsheets and snort write them.
    return (digits == 10 && behind == '.') ||
           (!isAddress && (behind == '/' || behind == '.') &&
            (rest.front() == behind || rest.front() == '-') && digits <= 2 && *second <= 31);
}

} // namespace bouncelab::detectors
