#include "detectors/readers/report-dates-reader.h"

#include "detectors/readers/civil-moment.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view BEGIN = "Your message did not reach some or all";
constexpr std::string_view SENT = "Sent:";
constexpr std::string_view ON = " on ";
constexpr int LONGEST_DATED_REPORT = 60; //!< Lines.
constexpr std::size_t LONGEST_QUOTE = 160;

} // namespace

std::optional<std::int64_t>
ParseUsDate(std::string_view text, std::size_t& length)
{
    const std::string_view whole = text;
    const auto month = scan::Number(text);
    const bool slash = scan::Skip(text, "/");
    const auto day = scan::Number(text);
    const bool secondSlash = scan::Skip(text, "/");
    const auto year = scan::Number(text);
    const bool space = scan::Skip(text, " ");
    const auto hour = scan::Number(text);
    const bool colon = scan::Skip(text, ":");
    const auto minute = scan::Number(text);
    const bool morning = scan::Skip(text, " AM");
    if (!month || !slash || !day || !secondSlash || !year || !space || !hour || !colon || !minute ||
        (!morning && !scan::Skip(text, " PM")) || *hour < 1 || *hour > 12)
    {
        return std::nullopt;
    }
    length = whole.size() - text.size();
    const auto moment = MomentOf({*year, *month, *day, *hour % 12 + (morning ? 0 : 12), *minute});
    return moment ? std::optional(UnixSeconds(*moment) / 60) : std::nullopt;
}

bool
ReportDatesReader::Line(std::uint32_t number, std::string_view text)
{
    if (const std::size_t at = text.find(BEGIN); at != text.npos)
    {
        m_left = LONGEST_DATED_REPORT;
        m_isSent = false;
        text.remove_prefix(at);
    }
    if (m_left == 0)
    {
        return false;
    }
    --m_left;
    std::size_t length = 0;
    if (const auto sent = scan::After(text, SENT); sent && !m_isSent)
    {
        const std::string_view rest = Trim(*sent, LINE_BLANKS);
        if (const auto minutes = ParseUsDate(rest, length))
        {
            m_dates = ReportDates();
            m_dates.sentMinutes = *minutes;
            m_dates.sent = rest.substr(0, length);
            m_isSent = true;
            text = rest.substr(length);
        }
    }
    for (std::size_t at = text.find(ON); m_isSent && at != text.npos; at = text.find(ON, at + 1))
    {
        const std::string_view date = text.substr(at + ON.size());
        if (const auto minutes = ParseUsDate(date, length))
        {
            const std::size_t end = at + ON.size() + length;
            const std::size_t begin = end - std::min(end, LONGEST_QUOTE);
            m_dates.line = number;
            m_dates.text = Trim(text.substr(begin, end - begin), LINE_BLANKS);
            m_dates.failedMinutes = *minutes;
            m_dates.failed = date.substr(0, length);
            m_handler(m_dates);
        }
    }
    return true;
}

} // namespace bouncelab::detectors
