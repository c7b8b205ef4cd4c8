#include "lab/scenario/source-text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::scenario
{

namespace
{

/// Length of the UTF-8 character at the start of text (RFC 3629), or 0.
std::size_t
CharacterLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) -> unsigned
    { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80)
    {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF)
    {
        return continues(1) ? 2 : 0;
    }
    if ((first & 0xF0) == 0xE0)
    {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) >= 0xA0;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4)
    {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) >= 0x90;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

} // namespace

SourceText::SourceText(std::string_view text, const std::string& file)
    : m_text(text)
    , m_file(std::make_shared<const std::string>(file))
{
    m_lines.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '\n')
        {
            m_lines.push_back(i + 1);
        }
    }
}

std::size_t
SourceText::LineBegin(int line) const
{
    return m_lines[std::min(static_cast<std::size_t>(line), m_lines.size() - 1)];
}

std::string_view
SourceText::Rest(int line, int column) const
{
    if (line < 0 || column < 0)
    {
        return {};
    }
    const std::size_t offset = LineBegin(line) + static_cast<std::size_t>(column);
    return m_text.substr(std::min(offset, m_text.size()));
}

SourceLocation
SourceText::At(int line, int column) const
{
    if (line < 0 || column < 0)
    {
        return Whole();
    }
    const std::size_t end =
        std::min(LineBegin(line) + static_cast<std::size_t>(column), m_text.size());
    if (line != m_lastLine || end < m_lastByte)
    {
        m_lastLine = line;
        m_lastByte = LineBegin(line);
        m_lastCharacters = 0;
    }
    for (; m_lastByte < end; ++m_lastByte)
    {
        m_lastCharacters += (static_cast<unsigned char>(m_text[m_lastByte]) & 0xC0) != 0x80 ? 1 : 0;
    }
    return {m_file, line + 1, m_lastCharacters + 1};
}

SourceLocation
SourceText::AtByte(std::size_t offset) const
{
    const auto next = std::upper_bound(m_lines.begin(), m_lines.end(), offset);
    const auto line = static_cast<int>(next - m_lines.begin()) - 1;
    return At(line, static_cast<int>(offset - LineBegin(line)));
}

bool
SourceText::NullIsWritten(int line, int column) const
{
    const std::string_view rest = Rest(line, column);
    for (const std::string_view word : {"~", "null", "Null", "NULL"})
    {
        if (rest.substr(0, word.size()) == word &&
            (rest.size() == word.size() ||
             std::string_view(" \r\n,]}").find(rest[word.size()]) != std::string_view::npos))
        {
            return true;
        }
    }
    return false;
}

bool
SourceText::QuoteIsClosed(int line, int column) const
{
    const std::string_view rest = Rest(line, column);
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\''))
    {
        return true;
    }
    for (std::size_t i = 1; i < rest.size(); ++i)
    {
        if (rest[i] == rest[0])
        {
            if (rest[0] == '"' || i + 1 == rest.size() || rest[i + 1] != '\'')
            {
                return true;
            }
            ++i;
        }
        else if (rest[i] == '\\' && rest[0] == '"')
        {
            ++i;
        }
    }
    return false;
}

void
SourceText::CheckCharacters() const
{
    for (std::size_t i = 0; i < m_text.size();)
    {
        const auto byte = static_cast<unsigned char>(m_text[i]);
        const std::size_t length = CharacterLength(m_text.substr(i));
        if (length == 0)
        {
            throw ScenarioError(AtByte(i),
                                "",
                                fmt::format("found byte 0x{:02X}, expected UTF-8 text", byte));
        }
        if (byte == '\t')
        {
            throw ScenarioError(AtByte(i),
                                "",
                                "found a tab, expected spaces (in double quotes, \\t)");
        }
        const bool lineEnd = byte == '\n' || (byte == '\r' && m_text.substr(i + 1, 1) == "\n");
        if ((byte < 0x20 || byte == 0x7F) && !lineEnd)
        {
            throw ScenarioError(
                AtByte(i),
                "",
                fmt::format("found control character 0x{:02X}, expected text", byte));
        }
        i += length;
    }
}

} // namespace bouncelab::scenario
