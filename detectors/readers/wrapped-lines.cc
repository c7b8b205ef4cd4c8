#include "detectors/readers/wrapped-lines.h"

#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

bool
IsBlank(std::string_view line)
{
    return Trim(line, LINE_BLANKS).empty();
}

constexpr std::size_t LEAST_WIDTH = 40;
constexpr std::size_t MOST_WIDTH = 250;
/// Of terminals and mail programs: that far a text without rows is believed to be wrapped.
constexpr std::array<std::size_t, 9> USUAL_WIDTHS{72, 76, 77, 78, 79, 80, 100, 120, 132};

/// Characters of UTF-8.
std::size_t
Width(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Whether a line begins one of the records that no stamp begins: JSON, qmail's and syslog's
/// marks, pairs of a firewall, PowerMTA's rows.
bool
BeginsRecord(std::string_view line)
{
    std::string_view rest = Trim(line);
    if (StartsWith(rest, "{\"") || StartsWith(rest, "[{\"") || StartsWith(rest, "@40000000") ||
        StartsWith(rest, "id=firewall") || StartsWith(rest, "device=\"") ||
        StartsWith(rest, "date=20"))
    {
        return true;
    }
    if (scan::Skip(rest, "<"))
    {
        return scan::Number(rest) && scan::Skip(rest, ">");
    }
    return rest.size() > 8 && IsAlpha(rest[0]) && rest.substr(1, 3) == ",20" && rest[6] == '-';
}

/// "0x0010:  4006 b1e6": a row of a packet's octets.
bool
BeginsOctets(std::string_view line)
{
    constexpr std::size_t DIGITS = 4;
    std::string_view rest = Trim(line);
    const bool isHex = scan::Skip(rest, "0x");
    const std::size_t before = rest.size();
    return isHex && scan::HexNumber(rest) && before - rest.size() == DIGITS && !rest.empty() &&
           (rest.front() == ':' || scan::IsSpace(rest.front()));
}

/// "0.951333 port1 in": seconds since a sniffer's first packet.
bool
BeginsSeconds(std::string_view line)
{
    constexpr std::size_t MICROSECONDS = 6;
    std::string_view rest = Trim(line);
    const bool isNumber = scan::Number(rest) && scan::Skip(rest, ".");
    const std::size_t before = rest.size();
    scan::Decimals(rest, MICROSECONDS);
    return isNumber && before - rest.size() == MICROSECONDS && StartsWith(rest, " ");
}

/// Whether a line begins something. Within a record only another one, or a whole stamp, does: what
/// looks like a time alone or a hop's number may be a piece of it.
bool
Begins(std::string_view line, bool inRecord)
{
    return BeginsRecord(line) || BeginsOctets(line) || BeginsSeconds(line) ||
           (BeginsLikeRow(line) && (!inRecord || TakeSyslogStamp(line).has_value())) ||
           IsUnstampedRow(line);
}

/// Whether a line ends right behind the code of a reply to which words lead: "said: 550 5.7.1".
bool
EndsInReplyCode(std::string_view line)
{
    line = TrimEnd(line, LINE_BLANKS);
    std::size_t blank = std::min(line.rfind(' '), line.size());
    std::string_view last = line.substr(blank);
    scan::SkipSpace(last);
    if (!TakeEnhancedCode(last).empty() && last.empty())
    {
        line = TrimEnd(line.substr(0, blank), LINE_BLANKS);
        blank = std::min(line.rfind(' '), line.size());
    }
    const std::string code = std::string(Trim(line.substr(blank))) + " ";
    const std::string_view lead = TrimEnd(line.substr(0, blank), LINE_BLANKS);
    return code.size() == 4 && IsReplyCodeAt(code, 0) &&
           (EndsWith(lead, " said:") || EndsWith(lead, " to me:") || EndsWith(lead, "responded:"));
}

/// Whether a row of a delivery has no end yet: its status is still to come, or its words are.
bool
IsOpenDelivery(std::string_view row)
{
    const std::size_t status = row.find("status=");
    return row.find(": to=<") != row.npos &&
           (status == row.npos ||
            (row.find('(', status) != row.npos && row.find(')', status) == row.npos));
}

} // namespace

void
WrappedLines::Learn(const std::vector<std::string>& lines)
{
    std::vector<std::size_t> widths;
    std::vector<bool> begins;
    bool inRecord = false;
    std::size_t breakable = 0; // The widest line that has a place to break it.
    for (const std::string& line : lines)
    {
        widths.push_back(Width(line));
        begins.push_back(Begins(line, inRecord));
        inRecord = BeginsRecord(line) || (inRecord && !begins.back());
        m_widest = std::max(m_widest, widths.back());
        breakable =
            Trim(line).find(' ') == line.npos ? breakable : std::max(breakable, widths.back());
    }
    std::size_t unfit = 0; // Lines behind which the next word has no room.
    std::size_t full = 0;
    std::size_t goOn = 0;
    std::size_t rows = 0;
    std::size_t breaks = 0;
    std::size_t forced = 0;
    bool inRow = false;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
    {
        const bool nextBegins = begins[i + 1] || IsBlank(lines[i + 1]);
        inRow = begins[i] || (inRow && !IsBlank(lines[i]));
        if (widths[i] == m_widest)
        {
            ++full;
            goOn += nextBegins ? 0 : 1;
            rows += begins[i] && !nextBegins ? 1 : 0;
        }
        std::string_view rest = lines[i + 1];
        const std::size_t next = widths[i] + 1 + Width(scan::Word(rest));
        unfit += !nextBegins && next > m_widest ? 1 : 0;
        if (inRow && !nextBegins)
        {
            ++breaks;
            forced += next > breakable ? 1 : 0;
        }
    }
    const bool isPlausible = m_widest >= LEAST_WIDTH && m_widest <= MOST_WIDTH;
    const bool isUsual =
        std::find(USUAL_WIDTHS.begin(), USUAL_WIDTHS.end(), m_widest) != USUAL_WIDTHS.end();
    m_width =
        isPlausible && (rows > 0 || isUsual) && full > 1 && goOn * 10 >= full * 7 ? m_widest : 0;
    // Rows that were broken between words: few lines have the full width. Prose is as it was.
    const bool isRagged = m_width > 0 && rows > 0 && full * 3 < unfit * 2;
    m_width = isRagged ? 0 : m_width;
    const bool isSoft = isRagged || (breakable >= LEAST_WIDTH && breakable <= MOST_WIDTH &&
                                     m_width == 0 && forced > 1 && forced * 10 >= breaks * 8);
    m_widest = isSoft ? breakable : 0;
}

bool
WrappedLines::Continues(std::string_view before, std::string_view line, std::string_view& joint)
{
    m_inRecord = BeginsRecord(before) || (m_inRecord && !IsBlank(before));
    const bool begins = Begins(line, m_inRecord);
    m_inRecord = m_inRecord && !begins;
    if (IsBlank(line) || begins)
    {
        m_isCut = false;
        return false;
    }
    std::string_view rest = line;
    const bool hard = m_width > 0 && Width(before) == m_width;
    const bool soft = m_widest > 0 && Width(before) + 1 + Width(scan::Word(rest)) > m_widest;
    // "... authenticator failed for ([10.0.0.1]) [192.0.2.1]:" and the reply in the next line
    const bool isReply =
        EndsWith(TrimEnd(before), "]:") && BeginsLikeRow(before) && IsReplyCodeAt(Trim(line), 0);
    const bool goesOn = hard || soft || isReply || IsCut(before, line);
    joint = hard && !isReply ? "" : " ";
    m_anyJoined = m_anyJoined || goesOn;
    return goesOn;
}

bool
WrappedLines::IsCut(std::string_view before, std::string_view line)
{
    constexpr std::size_t WIDE = 60;
    if (EndsInReplyCode(before))
    {
        m_isCut = true;
        return true;
    }
    if (IsOpenDelivery(before) && (BeginsLikeRow(before) || IsUnstampedRow(before)))
    {
        m_isOpenRow = true;
    }
    if (m_isOpenRow)
    {
        m_isOpenRow = before.find("status=") == before.npos || !EndsWith(TrimEnd(before), ")");
        return m_isOpenRow;
    }
    std::string_view rest = line;
    const bool isIndented = StartsWith(line, " ") || StartsWith(line, "\t");
    const bool isFull = Width(before) + 1 + Width(scan::Word(rest)) > WIDE;
    m_isCut = m_isCut && (isIndented || isFull) && !EndsWith(TrimEnd(before, ") \t\r"), " command");
    return m_isCut;
}

} // namespace bouncelab::detectors
