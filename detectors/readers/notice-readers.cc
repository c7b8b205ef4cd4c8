#include "detectors/readers/notice-readers.h"

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "formats/text.h"

#include <algorithm>
#include <cstdio>

namespace bouncelab::detectors
{

namespace
{

constexpr int LONGEST_NOTICE = 40; //!< Lines.

/// Up to the end of a sentence, or of the line.
std::string
Sentence(std::string_view text)
{
    const std::size_t stop = text.find(". ");
    return std::string(Trim(text.substr(0, stop), " \t\r."));
}

} // namespace

std::optional<HostAddress>
AddressIn(std::string_view text)
{
    for (std::string_view word = scan::Word(text); !word.empty(); word = scan::Word(text))
    {
        if (auto address = HostAddress::ParseAny(Trim(word, "[](),;\"'.")))
        {
            return address;
        }
    }
    return std::nullopt;
}

std::optional<WallTime>
ListedAddress::DetectedAt() const
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    const int read =
        std::sscanf(detected.c_str(), "%4d-%2d-%2d %2d:%2d", &year, &month, &day, &hour, &minute);
    return read == 5 ? MomentOf({year, month, day, hour, minute}) : std::nullopt;
}

bool
PortRemarkReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t LONGEST = 2000;
    const bool speaks = text.size() < LONGEST && (InLowerCase(text).find("port") != text.npos ||
                                                  text.find("端口") != text.npos);
    if (!speaks || text.find("Flags [") != text.npos)
    {
        return false;
    }
    const std::string_view whole = Trim(text, LINE_BLANKS);
    char before = ' ';
    while (!text.empty())
    {
        std::string_view rest = text;
        const auto port = scan::Number(rest);
        if (!port)
        {
            before = text.front();
            text.remove_prefix(1);
            continue;
        }
        const bool isApart = !IsAlnum(before) && (rest.empty() || !IsAlnum(rest.front()));
        if (isApart && *port > 1023 && *port <= 0xFFFF)
        {
            m_handler({number, std::string(whole), static_cast<std::uint16_t>(*port)});
        }
        before = '0';
        text = rest;
    }
    return false;
}

bool
ListPageReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string lower = InLowerCase(text);
    const auto listed = scan::After(lower, " listed ");
    const bool says =
        listed &&
        (lower.find(" is listed ") != lower.npos || lower.find(" has been listed ") != lower.npos ||
         lower.find(" currently listed ") != lower.npos) &&
        lower.find(" not listed") == lower.npos;
    const auto address = says && text.size() < 400 ? AddressIn(text) : std::nullopt;
    const bool isReply = !text.empty() && (text[0] == '4' || text[0] == '5');
    if (address && !isReply && lower.find(" said: ") == lower.npos &&
        lower.find("reject") == lower.npos)
    {
        End();
        m_isOpen = true;
        m_lines = 0;
        m_open = ListedAddress();
        m_open.line = number;
        m_open.text = text;
        m_open.address = *address;
        std::string_view rest = text.substr(text.size() - listed->size());
        for (const std::string_view word : {"in ", "on ", "by ", "the "})
        {
            scan::Skip(rest, word);
        }
        m_open.list = Trim(scan::Word(rest), ".,;:");
        return true;
    }
    if (!m_isOpen || ++m_lines > LONGEST_NOTICE)
    {
        return false;
    }
    if (const auto detected = scan::After(text, "detected at "))
    {
        m_open.detected = detected->substr(0, detected->find(','));
        return true;
    }
    const std::size_t at = std::min(lower.find("helos as "), lower.find("helo as "));
    const bool greets = at != lower.npos;
    if (greets)
    {
        std::string_view rest = text.substr(lower.find("as ", at) + 3);
        m_open.hello = Trim(scan::Word(rest), ".,;:\"'");
    }
    if (greets || (m_open.reason.empty() && lower.find("because") != lower.npos))
    {
        m_open.reason = Sentence(text);
        m_open.reasonLine = number;
        return true;
    }
    return lower.find("infected") != lower.npos || lower.find("delist") != lower.npos ||
           lower.find("ip address") != lower.npos;
}

void
ListPageReader::End()
{
    if (m_isOpen)
    {
        m_handler(m_open);
    }
    m_isOpen = false;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::ListPage::Readers(detectors::ServerLogs& logs,
                                       const std::string& file,
                                       ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::ListPageReader>(detectors::KeepIn(logs.listed, file)));
}
