#include "detectors/readers/packet-line-healer.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/translated-words.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_WORDS = 24;  //!< Of a line, that borders of columns are looked for in.
constexpr std::size_t MOST_BORDERS = 8; //!< That are wider than a space.
constexpr std::size_t MOST_JOINS = 3;
constexpr std::size_t LONGEST_PACKET_LINE = 1000;

constexpr std::string_view READS_AS_PRINTED = "only so does the line read as tcpdump prints it";

/// A stamp taken off the front of a line.
struct StampPart
{
    std::string text; //!< As tcpdump prints it, or from the minutes on.
    std::string found;
    bool isHourless = false;
    bool isWhole = false; //!< Has no fraction.
};

/// Words, and how each is apart from the one before it.
struct LineWords
{
    std::vector<std::string> words;
    std::vector<bool> wide; //!< More than a space, or a cell's border.
    std::string rest;       //!< What follows the last of them, with its own spaces.
};

std::optional<StampPart>
TakeStampPart(std::string_view& text)
{
    std::string_view rest = text;
    const auto first = scan::Number(rest);
    const bool colon = scan::Skip(rest, ":");
    const auto second = scan::Number(rest);
    if (!first || !colon || !second || *first > 59 || *second > 59)
    {
        return std::nullopt;
    }
    StampPart stamp;
    if (scan::Skip(rest, ":"))
    {
        const auto third = scan::Number(rest);
        if (!third || *third > 60 || *first > 23)
        {
            return std::nullopt;
        }
        stamp.isWhole = !scan::Skip(rest, ".");
        scan::Decimals(rest, 9);
    }
    else
    {
        stamp.isHourless = scan::Skip(rest, ".");
        if (!stamp.isHourless || rest.empty() || !IsDigit(rest.front()))
        {
            return std::nullopt;
        }
        scan::Decimals(rest, 9);
    }
    stamp.found = text.substr(0, text.size() - rest.size());
    stamp.text = stamp.found + (stamp.isWhole ? ".0" : "");
    const bool ends = !rest.empty() && (scan::IsSpace(rest.front()) || rest.front() == ',' ||
                                        rest.front() == ';' || rest.front() == '"');
    text = rest;
    return ends ? std::optional<StampPart>(stamp) : std::nullopt;
}

/// Cells that a separator parts, with a wide border between them.
std::string
WithoutCells(std::string_view text, char separator)
{
    std::string line;
    bool ended = false;
    while (!ended)
    {
        line += (line.empty() ? "" : "  ") + csv::TakeField(text, ended, separator);
    }
    return line;
}

LineWords
Split(std::string_view text)
{
    LineWords line;
    while (line.words.size() < MOST_WORDS)
    {
        const std::size_t end = text.find_first_not_of(" \t\r");
        const std::string_view gap = text.substr(0, end);
        text.remove_prefix(gap.size());
        if (text.empty())
        {
            break;
        }
        line.wide.push_back(!line.words.empty() && (gap.size() > 1 || gap.find('\t') != gap.npos));
        line.words.emplace_back(scan::Word(text));
    }
    line.rest = text;
    return line;
}

/// A port before a colon that a spreadsheet took for hours: "3257:00:00".
void
RestorePorts(LineWords& line, std::vector<Heal>& heals)
{
    bool isBehindArrow = false;
    for (std::string& word : line.words)
    {
        isBehindArrow = isBehindArrow || word == ">";
        std::string_view rest = word;
        const auto hours = scan::Number(rest);
        if (isBehindArrow && hours && *hours <= 0xFFFF && (rest == ":00:00" || rest == ":00"))
        {
            const std::string port = fmt::format("{}:", word.substr(0, word.size() - rest.size()));
            heals.push_back({"a port that had become a time",
                             "a spreadsheet takes a number before a colon for hours; no other "
                             "digits can stand there, and a packet's line has a port and a colon",
                             word,
                             port});
            word = port;
        }
    }
}

std::string
Joined(const LineWords& line, const std::vector<std::size_t>& joins)
{
    std::string text;
    for (std::size_t i = 0; i < line.words.size(); ++i)
    {
        const bool isJoin = std::find(joins.begin(), joins.end(), i) != joins.end();
        text += (i == 0 || isJoin ? "" : " ") + line.words[i];
    }
    return text + line.rest;
}

/// The ways to take `count` of the borders, until one reads well; nothing if two do.
class JoinSearch
{
  public:
    explicit JoinSearch(const LineWords& line)
        : m_line(line)
    {
    }

    /// \return the one set of joins of that size that reads well.
    std::optional<std::vector<std::size_t>> Find(const std::vector<std::size_t>& borders,
                                                 std::size_t count)
    {
        m_found.clear();
        std::vector<std::size_t> chosen;
        Try(borders, 0, count, chosen);
        return m_found.size() == 1 ? std::optional<std::vector<std::size_t>>(m_found.front())
                                   : std::nullopt;
    }

    bool IsAmbiguous() const { return m_found.size() > 1; }

  private:
    void Try(const std::vector<std::size_t>& borders,
             std::size_t from,
             std::size_t count,
             std::vector<std::size_t>& chosen)
    {
        if (count == 0)
        {
            if (FormOf(Joined(m_line, chosen)) != PrintedForm::None)
            {
                m_found.push_back(chosen);
            }
            return;
        }
        for (std::size_t i = from; i + count <= borders.size() && m_found.size() < 2; ++i)
        {
            chosen.push_back(borders[i]);
            Try(borders, i + 1, count - 1, chosen);
            chosen.pop_back();
        }
    }

    const LineWords& m_line;
    std::vector<std::vector<std::size_t>> m_found;
};

/// Borders of columns that cut words, found by what reads well without them.
std::optional<std::vector<std::size_t>>
FindJoins(const LineWords& line)
{
    std::vector<std::size_t> wide;
    std::vector<std::size_t> narrow;
    for (std::size_t i = 1; i < line.words.size(); ++i)
    {
        const bool isArrow = line.words[i] == ">" || line.words[i - 1] == ">";
        if (!isArrow || line.wide[i])
        {
            narrow.push_back(i);
        }
        if (line.wide[i])
        {
            wide.push_back(i);
        }
    }
    JoinSearch search(line);
    const bool areWide = !wide.empty() && wide.size() <= MOST_BORDERS;
    for (std::size_t count = 0; areWide && count <= std::min(MOST_JOINS, wide.size()); ++count)
    {
        auto joins = search.Find(wide, count);
        if (joins || search.IsAmbiguous())
        {
            return joins;
        }
    }
    // A page shows several spaces as one.
    for (std::size_t count = 0; count < MOST_JOINS; ++count)
    {
        auto joins = search.Find(narrow, count);
        if (joins || search.IsAmbiguous())
        {
            return joins;
        }
    }
    return std::nullopt;
}

void
NoteJoins(const LineWords& line, const std::vector<std::size_t>& joins, std::vector<Heal>& heals)
{
    for (const std::size_t at : joins)
    {
        heals.push_back({"a word that a column's border had cut",
                         READS_AS_PRINTED,
                         line.words[at - 1] + " " + line.words[at],
                         line.words[at - 1] + line.words[at]});
    }
}

void
NoteStamp(const StampPart& stamp, std::vector<Heal>& heals)
{
    if (stamp.isHourless)
    {
        heals.push_back({"a stamp that had lost its hour",
                         "a spreadsheet shows times as mm:ss.0; the hour is not in the text, and "
                         "times count from hour 0",
                         stamp.found,
                         "00:" + stamp.found});
    }
    else if (stamp.isWhole)
    {
        heals.push_back({"a stamp that had lost its fraction",
                         "tcpdump prints microseconds; a spreadsheet shows whole seconds",
                         stamp.found,
                         stamp.text});
    }
}

/// What every line of a packet has, wherever borders cut it.
bool
MayBePacket(std::string_view text)
{
    std::string packed(text);
    packed.erase(std::remove_if(packed.begin(), packed.end(), scan::IsSpace), packed.end());
    return text.find('>') != text.npos || packed.find("who-has") != packed.npos ||
           packed.find("is-at") != packed.npos;
}

} // namespace

std::optional<HealedPacketLine>
HealPacketLine(std::string_view text)
{
    std::string_view rest = text;
    if (rest.empty() || rest.size() > LONGEST_PACKET_LINE)
    {
        return std::nullopt;
    }
    std::vector<Heal> heals;
    std::string english;
    if (!translated::IsAscii(rest))
    {
        english = translated::WithPacketWords(rest);
        rest = english;
        heals.push_back({"words that a page's translation had changed",
                         "the words stand where tcpdump's own stand, and its grammar holds with "
                         "them",
                         std::string(text),
                         english});
    }
    const bool isQuoted = scan::Skip(rest, "\"");
    const auto stamp = TakeStampPart(rest);
    if (!stamp)
    {
        return std::nullopt;
    }
    scan::Skip(rest, isQuoted ? "\"" : "");
    const bool isCells = !rest.empty() && (rest.front() == ',' || rest.front() == ';');
    const std::string cells = isCells ? WithoutCells(rest.substr(1), rest.front()) : std::string();
    rest = isCells ? std::string_view(cells) : rest;
    if (!stamp->isHourless && !stamp->isWhole && heals.empty() && !isCells &&
        FormOf(rest) == PrintedForm::Whole)
    {
        return std::nullopt;
    }
    if (!MayBePacket(rest))
    {
        return std::nullopt;
    }
    LineWords line = Split(rest);
    if (isCells)
    {
        heals.push_back({"cells of a spreadsheet for a line",
                         READS_AS_PRINTED,
                         std::string(text.substr(0, 40)),
                         Joined(line, {}).substr(0, 40)});
    }
    NoteStamp(*stamp, heals);
    RestorePorts(line, heals);
    const auto joins = FindJoins(line);
    if (!joins)
    {
        return std::nullopt;
    }
    NoteJoins(line, *joins, heals);
    HealedPacketLine healed;
    healed.line.text = stamp->text + " " + Joined(line, *joins);
    healed.isHourless = stamp->isHourless;
    healed.isCut = FormOf(Joined(line, *joins)) == PrintedForm::Cut;
    if (healed.isCut)
    {
        heals.push_back({"a line that was cut off behind its ends",
                         "what is left of it is how such a line begins; it is no packet",
                         std::string(Trim(text, LINE_BLANKS)),
                         ""});
    }
    healed.line.heals = std::move(heals);
    return healed.line.heals.empty() ? std::nullopt
                                     : std::optional<HealedPacketLine>(std::move(healed));
}

} // namespace bouncelab::detectors
