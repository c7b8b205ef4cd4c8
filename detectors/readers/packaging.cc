#include "detectors/readers/packaging.h"

#include "detectors/readers/log-records.h"
#include "detectors/readers/page-text.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/address.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// "maillog.1:", "C:\\logs\\RECV.LOG:", and the number of the line behind it; 0 where there is
/// none.
std::size_t
FilePrefixLength(std::string_view line)
{
    const bool drive = line.size() > 2 && IsAlpha(line[0]) && line[1] == ':' &&
                       (line[2] == '\\' || line[2] == '/');
    const std::size_t colon = line.find(':', drive ? 2 : 0);
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || name.find_first_of(" \t\"<>[]|=()") != name.npos ||
        name.find_first_of("./\\") == name.npos ||
        name.find_first_not_of("0123456789.") == name.npos || name.find("//") != name.npos)
    {
        return 0;
    }
    std::size_t end = colon + 1;
    std::size_t digits = end;
    while (digits < line.size() && IsDigit(line[digits]))
    {
        ++digits;
    }
    // "/usr/lib/ruby/net/smtp.rb:642:in `open'" is a step of a program, and no line of a file.
    if (digits > end && StartsWith(line.substr(digits), ":in "))
    {
        return 0;
    }
    if (digits > end && digits < line.size() && line[digits] == ':' &&
        !BeginsLikeRow(line.substr(end)))
    {
        end = digits + 1;
    }
    return end;
}

/// "mail_1  | "
std::size_t
ServicePrefixLength(std::string_view line)
{
    std::size_t end = 0;
    while (end < line.size() &&
           (IsAlnum(line[end]) || line[end] == '_' || line[end] == '-' || line[end] == '.'))
    {
        ++end;
    }
    const std::size_t name = end;
    while (end < line.size() && line[end] == ' ')
    {
        ++end;
    }
    if (name == 0 || end == name || end >= line.size() || line[end] != '|' ||
        (end + 1 < line.size() && line[end + 1] != ' '))
    {
        return 0;
    }
    return std::min(end + 2, line.size());
}

bool
IsBlank(std::string_view line)
{
    return Trim(line, LINE_BLANKS).empty();
}

bool
IsQuoted(std::string_view line)
{
    line = Trim(line);
    return !line.empty() && line[0] == '>' && line.substr(0, 3) != ">>>";
}

/// "<joe@x.example>" of "[<joe@x.example>](mailto:joe@x.example)", "/a" of "[/a](https://b/a)".
std::string
WithoutLinks(std::string text, std::set<std::string>& undone)
{
    for (std::size_t middle = text.find("]("); middle != text.npos;)
    {
        const std::string_view target = std::string_view(text).substr(middle + 2);
        const std::size_t open = text.rfind('[', middle);
        const std::size_t close = target.find(')');
        const bool isLink = StartsWith(target, "mailto:") || StartsWith(target, "http");
        if (!isLink || open == text.npos || close == target.npos)
        {
            middle = text.find("](", middle + 2);
            continue;
        }
        text.erase(middle, close + 3);
        text.erase(open, 1);
        undone.insert("links of Markdown");
        middle = text.find("](", open);
    }
    return text;
}

/// A line that opens or closes a block of code, or is a span of code: without its marks.
std::string_view
WithoutCodeMarks(std::string_view line, std::set<std::string>& undone)
{
    std::string_view inner = Trim(line, LINE_BLANKS);
    const auto marks = std::count(inner.begin(), inner.end(), '`');
    const bool opens = StartsWith(inner, "`");
    const bool closes = EndsWith(inner, "`");
    const bool isFence = StartsWith(inner, "```") || EndsWith(inner, "```");
    if (isFence && inner.size() == static_cast<std::size_t>(marks))
    {
        return {};
    }
    if (marks == 0 || (!opens && !closes) ||
        (!isFence && marks != 1 && !(marks == 2 && opens && closes)))
    {
        return line;
    }
    undone.insert("marks of Markdown");
    const std::string_view open = StartsWith(inner, "```") ? "```" : "`";
    const std::string_view close = EndsWith(inner, "```") ? "```" : "`";
    scan::Skip(inner, open);
    inner.remove_suffix(EndsWith(inner, close) ? close.size() : 0);
    return inner;
}

/// How long a label or the columns of a page are that stand before a row.
std::size_t
LabelLength(std::string_view line)
{
    constexpr std::size_t LONGEST_LABEL = 60;
    const std::string_view head = line.substr(0, LONGEST_LABEL);
    if (const std::size_t pipe = head.rfind(" | "); pipe != head.npos)
    {
        const std::string_view row = line.substr(pipe + 3);
        return IsUnstampedRow(row) ? pipe + 3 : 0;
    }
    // "Incoming stage: 2024-12-25 15:43:28 H=mx.example [192.0.2.1] ..."; a header's date has no
    // row behind it.
    const std::size_t colon = head.find(':');
    const bool isLabel =
        colon != head.npos && std::all_of(head.begin(),
                                          head.begin() + colon,
                                          [](char c) { return IsAlpha(c) || c == ' '; });
    std::string_view row = Trim(line.substr(isLabel ? colon + 1 : line.size()));
    const auto length = static_cast<std::size_t>(row.data() - line.data());
    return SkipSyslogStamp(row) && StartsWith(row, " H=") ? length : 0;
}

/// A row that stands in quotes of its own, also as an item of a list.
std::string_view
WithoutQuotes(std::string_view line, std::set<std::string>& undone)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> QUOTES{
        {{"\xE3\x80\x8C", "\xE3\x80\x8D"}, // corner brackets
         {"\xE3\x80\x8E", "\xE3\x80\x8F"},
         {"`", "`"},
         {"\"", "\""}}};
    std::string_view inner = Trim(line, LINE_BLANKS);
    const bool isItem = StartsWith(inner, "- ") || StartsWith(inner, "* ");
    inner = isItem ? Trim(inner.substr(2)) : inner;
    for (const auto& [open, close] : QUOTES)
    {
        if (inner.size() > open.size() + close.size() && StartsWith(inner, open) &&
            EndsWith(inner, close))
        {
            const std::string_view row =
                inner.substr(open.size(), inner.size() - open.size() - close.size());
            if ((BeginsLikeRow(row) || IsUnstampedRow(row)) && row.find(close) == row.npos)
            {
                undone.insert("quotes around each line");
                return row;
            }
        }
    }
    return line;
}

/// Whether a number before the row is a packet's, in a list or table, and no line's.
bool
IsPacketRow(std::string_view row)
{
    constexpr std::ptrdiff_t CELLS = 3;
    if (row.find(" -> ") != row.npos || row.find("\xE2\x86\x92") != row.npos ||
        std::count(row.begin(), row.end(), '\t') >= CELLS)
    {
        return true;
    }
    std::string_view rest = row;
    const std::string_view stamp = scan::Word(rest);
    if (stamp.find('-') != stamp.npos && stamp.find(':') == stamp.npos)
    {
        scan::Word(rest); // a date has its time behind it
    }
    return HostAddress::Parse(scan::Word(rest)) && HostAddress::Parse(scan::Word(rest));
}

} // namespace

std::vector<std::string>
Packaging::Learn(const std::vector<std::string>& head)
{
    std::size_t lines = 0;
    std::size_t quoted = 0;
    bool answers = false;
    m_indent = std::string::npos;
    for (const std::string& line : head)
    {
        m_isPage = m_isPage || HasPageTag(line);
        if (IsBlank(line))
        {
            continue;
        }
        ++lines;
        quoted += IsQuoted(line) ? 1 : 0;
        const std::string_view trimmed = Trim(line);
        answers = answers || trimmed.substr(0, 2) == "< " || trimmed.substr(0, 2) == "<-";
        m_indent = std::min(m_indent, std::min(line.find_first_not_of(" \t"), line.size()));
    }
    m_isQuoted = quoted > 0 && !answers && quoted * 2 >= lines;
    m_indent = lines == 0 ? 0 : m_indent;
    LearnPrefix(head);
    LearnDates(head);
    std::vector<std::string> undone;
    undone.reserve(head.size());
    for (const std::string& line : head)
    {
        undone.push_back(Undo(line));
    }
    return undone;
}

void
Packaging::LearnPrefix(const std::vector<std::string>& head)
{
    std::size_t lines = 0;
    std::size_t services = 0;
    std::size_t most = 0;
    std::map<std::string, std::size_t> files;
    for (const std::string& line : head)
    {
        if (IsBlank(line))
        {
            continue;
        }
        ++lines;
        services += ServicePrefixLength(line) > 0 ? 1 : 0;
        if (FilePrefixLength(line) > 0)
        {
            const std::string_view name = std::string_view(line).substr(0, line.find(':', 2));
            most = std::max(most, ++files[std::string(name)]);
        }
    }
    constexpr std::size_t MOSTLY = 60;
    for (const auto& [name, count] : files)
    {
        if (lines > 1 && most * 100 >= lines * MOSTLY && count > 1)
        {
            m_fileNames.insert(name);
        }
    }
    m_hasServicePrefix = lines > 1 && services * 100 >= lines * MOSTLY;
}

void
Packaging::LearnDates(const std::vector<std::string>& head)
{
    for (const std::string& line : head)
    {
        std::string_view rest = line;
        const auto first = scan::Number(rest);
        const bool slash = scan::Skip(rest, "/");
        const auto second = scan::Number(rest);
        m_isMonthFirst =
            m_isMonthFirst || (first && slash && second && *first <= 12 && *second > 12);
    }
}

std::string
Packaging::Undo(std::string_view raw)
{
    std::string text;
    std::string_view line = raw;
    if (m_isPage || raw.find('&') != raw.npos)
    {
        text = WithoutTags(raw, m_isPage, m_undone);
        line = text;
    }
    if (std::any_of(line.begin(),
                    line.end(),
                    [](char c) { return (c & 0x80) != 0 || c == '\x1B'; }))
    {
        text = WithPlainCharacters(line, m_undone);
        line = text;
    }
    if (line.find('\t') != line.npos)
    {
        text = WithCommas(std::string(line));
        line = text;
    }
    if (line.find("](") != line.npos)
    {
        text = WithoutLinks(std::string(line), m_undone);
        line = text;
    }
    line = WithoutQuotes(WithoutCodeMarks(line, m_undone), m_undone);
    const std::vector<std::string> rows = RowsBehindPrefixes(line);
    if (rows.empty())
    {
        return WithIsoDate(line);
    }
    std::string all;
    for (const std::string& row : rows)
    {
        std::string_view rest = row;
        RowsBehindPrefixes(rest);
        all += (all.empty() ? "" : "\n") + WithIsoDate(rest);
    }
    return all;
}

std::vector<std::string>
Packaging::RowsBehindPrefixes(std::string_view& line)
{
    constexpr int MOST_LAYERS = 4;
    std::vector<std::string> rows = RowsInRecord(line, m_undone);
    for (int layer = 0; layer < MOST_LAYERS && rows.empty() && SkipPrefix(line); ++layer)
    {
        rows = RowsInRecord(line, m_undone);
    }
    return rows;
}

std::string
Packaging::WithCommas(std::string text)
{
    // A log in columns of a spreadsheet: every comma has become a tab.
    const auto replaceTabs = [&](const char* with)
    {
        for (std::size_t at = text.find('\t'); at != text.npos; at = text.find('\t', at))
        {
            text.replace(at, 1, with);
        }
        m_undone.insert("tabs for commas");
    };
    const std::size_t tab = text.find('\t');
    if (tab == text.npos || tab == 0)
    {
        return text;
    }
    const bool isFields = StartsWith(text, "#Fields:");
    const auto spaces = std::count(text.begin(), text.end(), ' ');
    if (isFields)
    {
        replaceTabs(spaces > 4 || text.find("c-ip\t") != text.npos ? " " : ",");
    }
    else if (BeginsLikeRow(text) &&
             (text.find("\t ") != text.npos || text.find("\t+") != text.npos) && spaces > 4)
    {
        replaceTabs(",");
    }
    return text;
}

bool
Packaging::SkipPrefix(std::string_view& line)
{
    const auto isQuotedRow = [&line]
    {
        const std::string_view row = Trim(Trim(line).substr(1));
        return TakeSyslogStamp(row) || IsUnstampedRow(row);
    };
    if (IsQuoted(line) && (m_isQuoted || isQuotedRow()))
    {
        line = Trim(line);
        line.remove_prefix(line.size() > 1 && line[1] == ' ' ? 2 : 1);
        m_undone.insert("quoting");
        return true;
    }
    const std::size_t service = ServicePrefixLength(line);
    if (service > 0 && (m_hasServicePrefix || BeginsLikeRow(line.substr(service))))
    {
        line.remove_prefix(service);
        m_undone.insert("a service's name before each line");
        return true;
    }
    const std::size_t file = FilePrefixLength(line);
    if (file > 0 && (m_fileNames.count(line.substr(0, line.find(':', 2))) > 0 ||
                     BeginsLikeRow(line.substr(file))))
    {
        line.remove_prefix(file);
        m_undone.insert("a file's name before each line");
        return true;
    }
    if (const std::size_t label = LabelLength(line); label > 0)
    {
        line.remove_prefix(label);
        m_undone.insert("a label before the row");
        return true;
    }
    // A log driver's own stamp, a number, the priority of syslog, or space before the row's.
    std::string_view rest = line;
    if (SkipSyslogStamp(rest) && scan::Skip(rest, " "))
    {
        for (const std::string_view stream : {"stdout F ", "stderr F ", "stdout P ", "stderr P "})
        {
            scan::Skip(rest, stream);
        }
        if (BeginsLikeRow(rest) && rest[0] != '#')
        {
            line = rest;
            m_undone.insert("a second stamp before each line");
            return true;
        }
    }
    rest = Trim(line);
    if (scan::Skip(rest, "<") && scan::Number(rest) && scan::Skip(rest, ">"))
    {
        scan::Skip(rest, "1 ");
        if (BeginsLikeRow(rest))
        {
            line = rest;
            m_undone.insert("syslog's priority");
            return true;
        }
    }
    rest = Trim(line);
    if (scan::Number(rest) &&
        (scan::Skip(rest, ":") || scan::Skip(rest, "\t") || scan::Skip(rest, "  ")))
    {
        rest = Trim(rest);
        if (BeginsLikeRow(rest) && !BeginsLikeRow(Trim(line)) && !IsPacketRow(rest))
        {
            line = rest;
            m_undone.insert("numbers of lines");
            return true;
        }
    }
    const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
    const bool isRow = blanks > 0 && BeginsLikeRow(line.substr(blanks));
    if (blanks > 0 && (isRow || m_indent > 0))
    {
        line.remove_prefix(isRow ? blanks : std::min(blanks, m_indent));
        m_undone.insert("indentation");
        return isRow;
    }
    return false;
}

std::string
Packaging::WithIsoDate(std::string_view line)
{
    std::string_view rest = line;
    auto first = scan::Number(rest);
    if (!first)
    {
        return std::string(line);
    }
    const char mark = rest.empty() ? '\0' : rest.front();
    const bool marked = mark == '/' || mark == '.';
    rest.remove_prefix(marked ? 1 : 0);
    auto second = scan::Number(rest);
    const bool again = marked && scan::Skip(rest, std::string_view(&mark, 1));
    const auto year = scan::Number(rest);
    const bool space = scan::Skip(rest, " ");
    auto hour = scan::Number(rest);
    const bool colon = scan::Skip(rest, ":");
    const auto minute = scan::Number(rest);
    const auto second60 =
        scan::Skip(rest, ":") ? scan::Number(rest) : std::optional<std::int64_t>(0);
    const bool afternoon = scan::Skip(rest, " PM");
    const bool morning = !afternoon && scan::Skip(rest, " AM");
    if (!second || !again || !year || *year < 1970 || *year > 2200 || !space || !hour || !colon ||
        !minute || !second60 || rest.empty() ||
        (rest.front() != ',' && rest.front() != ';' && rest.front() != '\t'))
    {
        return std::string(line);
    }
    if (mark == '/' && m_isMonthFirst)
    {
        std::swap(first, second);
    }
    hour = (afternoon || morning) ? *hour % 12 + (afternoon ? 12 : 0) : *hour;
    m_undone.insert("dates as a spreadsheet writes them (fractions of seconds are lost)");
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z{}",
                       *year,
                       *second,
                       *first,
                       *hour,
                       *minute,
                       *second60,
                       rest);
}

} // namespace bouncelab::detectors
