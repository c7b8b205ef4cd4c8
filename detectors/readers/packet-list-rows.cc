#include "detectors/readers/packet-list-rows.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/xml-element.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::string_view, 7>
    COLUMN_NAMES{"No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"};

/// Names of columns that have a space.
constexpr std::array<std::string_view, 6> PORT_NAMES{"Src Port",
                                                     "Dst Port",
                                                     "Source Port",
                                                     "Destination Port",
                                                     "Src port",
                                                     "Dst port"};

std::string
WithPlainArrows(std::string_view text)
{
    constexpr std::string_view ARROW = "\xE2\x86\x92";
    std::string plain(text);
    for (std::size_t at = plain.find(ARROW); at != plain.npos; at = plain.find(ARROW, at))
    {
        plain.replace(at, ARROW.size(), "->");
    }
    return plain;
}

std::vector<std::string>
CellsOf(std::string_view text)
{
    std::vector<std::string> cells;
    for (bool ended = false; !ended;)
    {
        cells.push_back(csv::TakeField(text, ended));
    }
    return cells;
}

/// "TCP", "TLSv1.2", "SMTP/IMF"
bool
IsProtocol(std::string_view word)
{
    return !word.empty() && IsAlpha(word.front()) &&
           std::all_of(word.begin(),
                       word.end(),
                       [](char c) {
                           return IsAlnum(c) ||
                                  std::string_view(".-/_+").find(c) != std::string_view::npos;
                       });
}

/// A row's number, with a space behind it.
bool
TakeFrame(std::string_view& text, std::int64_t& frame)
{
    std::string_view rest = text;
    const auto number = scan::Number(rest);
    if (!number || rest.empty() || !scan::IsSpace(rest.front()))
    {
        return false;
    }
    scan::SkipSpace(rest);
    frame = *number;
    text = rest;
    return true;
}

/// A frame's length; the port that the text of a TCP packet begins with is none.
std::optional<std::size_t>
TakeLength(std::string_view& text)
{
    std::string_view rest = text;
    const auto length = scan::Number(rest);
    const bool isApart = rest.empty() || scan::IsSpace(rest.front());
    scan::SkipSpace(rest);
    if (!length || !isApart || StartsWith(rest, "-> ") || StartsWith(rest, "> "))
    {
        return std::nullopt;
    }
    text = rest;
    return static_cast<std::size_t>(*length);
}

PacketListRows::Line
Numbered(std::optional<PacketListRow> row, std::uint32_t number)
{
    if (row)
    {
        row->line = number;
    }
    return {false, std::move(row)};
}

} // namespace

PacketListRows::Line
PacketListRows::Read(std::uint32_t number, std::string_view line)
{
    const std::string text = WithPlainArrows(Trim(line, LINE_BLANKS));
    if (const auto known = ReadSummary(number, text))
    {
        return *known;
    }
    if (ReadHead(text))
    {
        return {true, std::nullopt};
    }
    const bool isQuoted = StartsWith(text, "\"");
    auto row = isQuoted ? RowOf(CellsOf(text)) : ParseBelowHead(text);
    return Numbered(row || isQuoted ? std::move(row) : ParseColumns(text), number);
}

bool
PacketListRows::ReadHead(std::string_view line)
{
    return StartsWith(line, "\"") ? ReadCellNames(CellsOf(line)) : ReadPlainHead(line);
}

bool
PacketListRows::ReadCellNames(const std::vector<std::string>& names)
{
    std::array<std::size_t, COLUMNS> cells;
    cells.fill(COLUMN_NAMES.size() + names.size());
    for (std::size_t at = 0; at < names.size(); ++at)
    {
        const auto* const known = std::find(COLUMN_NAMES.begin(), COLUMN_NAMES.end(), names[at]);
        if (known != COLUMN_NAMES.end())
        {
            cells[static_cast<std::size_t>(known - COLUMN_NAMES.begin())] = at;
        }
    }
    for (const Column needed : {TIME, SOURCE, DESTINATION, PROTOCOL, INFO})
    {
        if (cells[needed] >= names.size())
        {
            return false;
        }
    }
    m_cells = cells;
    return true;
}

bool
PacketListRows::ReadPlainHead(std::string_view line)
{
    std::vector<Column> head;
    for (scan::SkipSpace(line); !line.empty(); scan::SkipSpace(line))
    {
        const auto* const port =
            std::find_if(PORT_NAMES.begin(),
                         PORT_NAMES.end(),
                         [&](std::string_view name) { return scan::Skip(line, name); });
        const std::string_view name = port == PORT_NAMES.end() ? scan::Word(line) : *port;
        const auto* const known = std::find(COLUMN_NAMES.begin(), COLUMN_NAMES.end(), name);
        head.push_back(static_cast<Column>(known - COLUMN_NAMES.begin()));
    }
    const auto has = [&head](Column column)
    { return std::count(head.begin(), head.end(), column) == 1; };
    if (!has(TIME) || !has(SOURCE) || !has(DESTINATION) || !has(PROTOCOL) || !has(INFO) ||
        head.back() != INFO)
    {
        return false;
    }
    m_head = std::move(head);
    return true;
}

std::optional<PacketListRows::Line>
PacketListRows::ReadSummary(std::uint32_t number, std::string_view text)
{
    std::string_view section = text;
    if (StartsWith(text, "<psml"))
    {
        m_isSummary = true;
    }
    else if (!m_isSummary)
    {
        return std::nullopt;
    }
    else if (text == "<packet>" || text == "<structure>")
    {
        m_sections.clear();
        m_summaryLine = number;
    }
    else if (scan::Skip(section, "<section>"))
    {
        m_sections.push_back(Unescaped(section.substr(0, section.find("</section>"))));
    }
    else if (text == "</structure>")
    {
        return Line{ReadCellNames(m_sections), std::nullopt};
    }
    else if (text == "</packet>")
    {
        return Numbered(RowOf(m_sections), m_summaryLine);
    }
    else if (text == "</psml>")
    {
        m_isSummary = false;
    }
    else
    {
        return std::nullopt;
    }
    return Line{true, std::nullopt};
}

std::optional<PacketListRow>
PacketListRows::ParseColumns(std::string_view text)
{
    PacketListRow row;
    PrintedStamps stamps = m_stamps;
    const bool hasFrame = TakeFrame(text, row.frame);
    const auto time = stamps.TakeOrSeconds(text);
    scan::SkipSpace(text);
    if (!time || (!hasFrame && !TakeFrame(text, row.frame)))
    {
        return std::nullopt;
    }
    row.time = *time;
    const std::string_view from = scan::Word(text);
    std::string_view to = scan::Word(text);
    const bool hasArrow = to == "->";
    to = hasArrow ? scan::Word(text) : to;
    const auto source = HostAddress::ParseAny(from);
    const auto destination = HostAddress::ParseAny(to);
    for (int ports = 0; ports < 2; ++ports)
    {
        std::string_view rest = text;
        std::string_view port = scan::Word(rest);
        text = scan::Number(port) && port.empty() ? rest : text;
    }
    row.protocol = scan::Word(text);
    scan::SkipSpace(text);
    const auto length = TakeLength(text);
    if (!source || !destination || !IsProtocol(row.protocol) || (!length && !hasArrow) ||
        !(hasArrow || !m_head.empty() || (HostAddress::Parse(from) && HostAddress::Parse(to))))
    {
        return std::nullopt;
    }
    row.source = *source;
    row.destination = *destination;
    row.length = length.value_or(0);
    row.info = Trim(text);
    m_stamps = stamps;
    return row;
}

std::optional<PacketListRow>
PacketListRows::ParseBelowHead(std::string_view text)
{
    if (m_head.empty())
    {
        return std::nullopt;
    }
    std::array<std::string_view, COLUMNS> words;
    PacketListRow row;
    PrintedStamps stamps = m_stamps;
    std::optional<WallTime> time;
    for (const Column column : m_head)
    {
        scan::SkipSpace(text);
        if (column == TIME)
        {
            time = stamps.TakeOrSeconds(text);
        }
        else if (column < COLUMNS)
        {
            words[column] = column == INFO ? text : scan::Word(text);
        }
        else
        {
            scan::Word(text);
        }
    }
    const auto source = HostAddress::ParseAny(words[SOURCE]);
    const auto destination = HostAddress::ParseAny(words[DESTINATION]);
    if (!time || !source || !destination || !IsProtocol(words[PROTOCOL]))
    {
        return std::nullopt;
    }
    m_stamps = stamps;
    return PacketListRow{0,
                         scan::Number(words[NUMBER]).value_or(0),
                         *time,
                         *source,
                         *destination,
                         std::string(words[PROTOCOL]),
                         static_cast<std::size_t>(scan::Number(words[LENGTH]).value_or(0)),
                         std::string(words[INFO])};
}

std::optional<PacketListRow>
PacketListRows::RowOf(const std::vector<std::string>& all)
{
    std::array<std::string_view, COLUMNS> cells;
    for (std::size_t column = 0; column < COLUMNS; ++column)
    {
        const std::size_t at = m_cells[column];
        cells[column] = at < all.size() ? std::string_view(all[at]) : std::string_view();
    }
    PrintedStamps stamps = m_stamps;
    const auto time = stamps.TakeOrSeconds(cells[TIME]);
    const auto source = HostAddress::ParseAny(cells[SOURCE]);
    const auto destination = HostAddress::ParseAny(cells[DESTINATION]);
    if (!time || !source || !destination || !IsProtocol(cells[PROTOCOL]))
    {
        return std::nullopt;
    }
    m_stamps = stamps;
    return PacketListRow{0,
                         scan::Number(cells[NUMBER]).value_or(0),
                         *time,
                         *source,
                         *destination,
                         std::string(cells[PROTOCOL]),
                         static_cast<std::size_t>(scan::Number(cells[LENGTH]).value_or(0)),
                         WithPlainArrows(cells[INFO])};
}

} // namespace bouncelab::detectors
