#include "detectors/readers/windows-properties-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/windows-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

bool
WindowsPropertiesReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t LONGEST_MESSAGE = 4000;
    text = Trim(text, LINE_BLANKS);
    const std::size_t colon = text.find(" : ");
    const std::string_view name = Trim(text.substr(0, colon));
    if (text.empty())
    {
        End();
        return false;
    }
    const std::string_view value =
        colon == text.npos ? std::string_view() : Trim(text.substr(colon + 3));
    static constexpr std::array<std::string_view, 10> OTHERS{"Index",
                                                             "EntryType",
                                                             "InstanceId",
                                                             "Category",
                                                             "CategoryNumber",
                                                             "ReplacementStrings",
                                                             "TimeWritten",
                                                             "UserName",
                                                             "LogName",
                                                             "Level"};
    if (name == "EventID" || (name == "Id" && !value.empty() && IsDigit(value[0])))
    {
        if (m_open.id > 0)
        {
            End();
        }
        std::string_view digits = value;
        m_open.id = static_cast<std::uint32_t>(scan::Number(digits).value_or(0) & 0xFFFF);
        m_open.line = number;
        m_open.text = text;
        m_inMessage = false;
        return m_open.id > 0;
    }
    if (name == "Source" || name == "ProviderName")
    {
        m_open.source = value;
        m_inMessage = false;
        return m_open.id > 0;
    }
    if (name == "MachineName")
    {
        m_open.computer = value;
        m_inMessage = false;
        return m_open.id > 0;
    }
    if (name == "TimeGenerated" || name == "TimeCreated")
    {
        m_open.time = ParseWindowsStamp(value);
        m_inMessage = false;
        return true;
    }
    if (name == "Message")
    {
        m_open.description = value;
        m_inMessage = true;
        return m_open.id > 0;
    }
    if (std::find(OTHERS.begin(), OTHERS.end(), name) != OTHERS.end())
    {
        m_inMessage = false;
        return m_open.id > 0;
    }
    if (m_inMessage && m_open.description.size() < LONGEST_MESSAGE)
    {
        m_open.description += ' ';
        m_open.description += text;
    }
    return m_inMessage && m_open.id > 0;
}

void
WindowsPropertiesReader::End()
{
    if (m_open.id > 0 && !m_open.source.empty())
    {
        m_handler(m_open);
    }
    m_open = WindowsEvent();
    m_inMessage = false;
}

} // namespace bouncelab::detectors
