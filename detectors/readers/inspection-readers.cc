#include "detectors/readers/inspection-readers.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/windows-stamp.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LONGEST_ERROR = 4096;

/// "HUB2" of "CN=HUB2,CN=Computers,DC=example,DC=com"
std::string
CommonName(std::string_view text)
{
    const auto name = scan::After(text, "CN=");
    return name ? std::string(Trim(name->substr(0, name->find(',')), LINE_BLANKS)) : std::string();
}

/// "DC2" of "Default-First-Site-Name\DC2"
std::string
ControllerOf(std::string_view text)
{
    const std::size_t slash = text.rfind('\\');
    return std::string(Trim(text.substr(slash == text.npos ? 0 : slash + 1), LINE_BLANKS));
}

/// "-599.9460000s" off the front.
std::optional<Nanoseconds>
TakeOffset(std::string_view& text)
{
    const bool isBehind = scan::Skip(text, "-");
    scan::Skip(text, "+");
    const auto seconds = scan::Number(text);
    if (!seconds || !scan::Skip(text, ".") || *seconds > 1000000000)
    {
        return std::nullopt;
    }
    const Nanoseconds size = std::chrono::seconds(*seconds) + Nanoseconds(scan::Decimals(text, 9));
    return scan::Skip(text, "s") ? std::optional(isBehind ? -size : size) : std::nullopt;
}

} // namespace

bool
QueueReader::Line(std::uint32_t number, std::string_view text)
{
    const bool isIndented = !text.empty() && scan::IsSpace(text.front());
    text = Trim(text, LINE_BLANKS);
    if (TakeProperty(number, text))
    {
        return true;
    }
    if (m_inError && isIndented && !text.empty() && m_open.lastError.size() < LONGEST_ERROR)
    {
        m_open.lastError += " ";
        m_open.lastError += text;
        return true;
    }
    m_inError = false;
    return false;
}

bool
QueueReader::TakeProperty(std::uint32_t number, std::string_view text)
{
    static constexpr std::string_view PROPERTIES[] =
        {"Identity", "NextHopDomain", "Status", "LastError", "LastRetryTime", "DeliveryType"};
    for (const std::string_view property : PROPERTIES)
    {
        std::string_view value = text;
        if (!scan::Skip(value, property))
        {
            continue;
        }
        scan::SkipSpace(value);
        if (!scan::Skip(value, ":"))
        {
            continue;
        }
        value = Trim(value, LINE_BLANKS);
        const bool begins = property == "Identity";
        if (begins)
        {
            End();
        }
        if (!m_isOpen && !begins && property != "LastError")
        {
            return false; // Of anything.
        }
        m_isOpen = true;
        m_inError = property == "LastError";
        if (m_open.line == 0 || m_inError)
        {
            m_open.line = number;
            m_open.text = text;
        }
        std::string& target = begins                        ? m_open.identity
                              : property == "NextHopDomain" ? m_open.nextHop
                              : m_inError                   ? m_open.lastError
                                                            : m_open.status;
        if (property == "LastRetryTime")
        {
            m_open.lastRetry = ParseWindowsStamp(value);
        }
        else if (property != "DeliveryType")
        {
            target = value;
        }
        return true;
    }
    return false;
}

void
QueueReader::End()
{
    if (m_isOpen && !m_open.lastError.empty())
    {
        m_handler(m_open);
    }
    m_open = QueueStatus();
    m_isOpen = m_inError = false;
}

bool
ClockReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    std::string_view rest = text;
    if (scan::Skip(rest, "Tracking "))
    {
        m_tracked = Trim(scan::Word(rest), ".");
        return true;
    }
    if (scan::Skip(rest, "The current time is "))
    {
        m_time = ParseWindowsStamp(rest);
        return !m_tracked.empty();
    }
    return ReadSample(number, text) || ReadMonitor(number, text);
}

/// "09:40:00, -0.0040960s", "09:40:00 d:+00.0156250s o:-00.0040960s  [ ... ]"
bool
ClockReader::ReadSample(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    if (m_tracked.empty() || !scan::Number(rest) || !scan::Skip(rest, ":"))
    {
        return false;
    }
    auto offset = scan::After(rest, ", ");
    offset = offset ? offset : scan::After(rest, "o:");
    const auto ahead = offset ? TakeOffset(*offset) : std::nullopt;
    if (!ahead)
    {
        return false;
    }
    m_handler({number, std::string(text), m_tracked, "", *ahead, m_time});
    return true;
}

/// "dc1.example.com *** PDC ***[10.1.2.10:123]:", "NTP: +0.0062132s offset from dc1.example.com"
bool
ClockReader::ReadMonitor(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    if (EndsWith(text, "]:") && text.find(":123]") != text.npos)
    {
        m_tracked.clear();
        m_monitored = rest.substr(0, rest.find_first_of(" *["));
        return true;
    }
    if (m_monitored.empty() || !scan::Skip(rest, "NTP: "))
    {
        return false;
    }
    const auto ahead = TakeOffset(rest);
    const auto reference = scan::After(rest, "offset from ");
    if (!ahead || !reference)
    {
        return false;
    }
    m_handler({number,
               std::string(text),
               m_monitored,
               std::string(Trim(*reference, LINE_BLANKS)),
               *ahead,
               std::nullopt});
    return true;
}

void
ClockReader::End()
{
    m_tracked.clear();
    m_monitored.clear();
    m_time.reset();
}

bool
ServiceNameReader::Line(std::uint32_t number, std::string_view text)
{
    const bool isIndented = !text.empty() && scan::IsSpace(text.front());
    text = Trim(text, LINE_BLANKS);
    if (StartsWith(text, "Registered ServicePrincipalNames for ") ||
        (m_name.empty() && !isIndented && StartsWith(text, "CN=")))
    {
        m_account = CommonName(text);
        m_name.clear();
        m_handler({number, std::string(text), m_account, ""});
        // Where a console's lines were joined again its first name stands behind it.
        std::string_view rest = text.substr(std::min(text.find(':'), text.size() - 1) + 1);
        for (std::string_view name = scan::Word(rest); !name.empty(); name = scan::Word(rest))
        {
            if (name.find('/') != name.npos)
            {
                m_handler({number, std::string(text), m_account, InLowerCase(name)});
            }
        }
        return true;
    }
    if (const std::size_t at = text.find(" is registered on these accounts:"); at != text.npos)
    {
        m_account.clear();
        m_name = InLowerCase(text.substr(0, at));
        return true;
    }
    const bool isName = isIndented && text.find('/') != text.npos &&
                        text.find_first_of(" \t") == text.npos && !m_account.empty();
    if (isName)
    {
        m_handler({number, std::string(text), m_account, InLowerCase(text)});
        return true;
    }
    if (!m_name.empty() && StartsWith(text, "CN="))
    {
        m_handler({number, std::string(text), CommonName(text), m_name});
        return true;
    }
    if (text.empty() || !isIndented)
    {
        End();
    }
    return false;
}

void
ServiceNameReader::End()
{
    m_account.clear();
    m_name.clear();
}

bool
ReplicationReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (StartsWith(text, "Repadmin: running command /showrepl"))
    {
        End();
        m_isNamed = false;
        return true;
    }
    if (!m_isNamed)
    {
        m_controller = ControllerOf(text);
        m_isNamed = !m_controller.empty();
        return m_isNamed;
    }
    if (m_controller.empty())
    {
        return false;
    }
    if (const std::size_t via = text.find(" via RPC"); via != text.npos)
    {
        Flush();
        m_source = ControllerOf(text.substr(0, via));
        return true;
    }
    if (StartsWith(text, "Last attempt @ ") && !m_source.empty())
    {
        Flush();
        m_isOpen = true;
        m_open = ReplicaLink();
        m_open.line = number;
        m_open.text = text;
        m_open.controller = m_controller;
        m_open.source = m_source;
        m_open.hasFailed = text.find(" failed") != text.npos;
        return true;
    }
    if (!m_isOpen)
    {
        return false;
    }
    if (const auto success = scan::After(text, "Last success @ "))
    {
        m_open.lastSuccess = Trim(*success, " .\t\r");
        return true;
    }
    std::string_view rest = text;
    const auto failures = scan::Number(rest);
    if (failures && StartsWith(rest, " consecutive failure"))
    {
        m_open.failures = static_cast<std::uint32_t>(*failures);
        return true;
    }
    return false;
}

void
ReplicationReader::Flush()
{
    if (m_isOpen)
    {
        m_handler(m_open);
    }
    m_isOpen = false;
}

void
ReplicationReader::End()
{
    Flush();
    m_controller.clear();
    m_source.clear();
    m_isNamed = true;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::Inspections::Readers(detectors::ServerLogs& logs,
                                          const std::string& file,
                                          ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::QueueReader>(detectors::KeepIn(logs.queues, file)));
    readers.push_back(
        std::make_unique<detectors::ClockReader>(detectors::KeepIn(logs.clocks, file)));
    readers.push_back(
        std::make_unique<detectors::ServiceNameReader>(detectors::KeepIn(logs.serviceNames, file)));
    readers.push_back(
        std::make_unique<detectors::ReplicationReader>(detectors::KeepIn(logs.replicas, file)));
}
