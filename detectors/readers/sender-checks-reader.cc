#include "detectors/readers/sender-checks-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/xml-element.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

bool
SenderChecksReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::size_t LONGEST = 4000;
    const std::string lower = InLowerCase(text.substr(0, 30));
    if (StartsWith(lower, "authentication-results:"))
    {
        End();
        m_open.emplace();
        m_open->line = number;
        m_open->text = Trim(text, LINE_BLANKS);
        m_open->words = Trim(text.substr(23), LINE_BLANKS);
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    const std::string_view trimmed = Trim(text, LINE_BLANKS);
    const bool isFolded = !text.empty() && (text[0] == ' ' || text[0] == '\t');
    // Where somebody lost the blanks, a field's parts still begin as they do.
    const bool isPart = StartsWith(trimmed, "spf=") || StartsWith(trimmed, "dkim=") ||
                        StartsWith(trimmed, "dmarc=") || StartsWith(trimmed, "arc=");
    if ((!isFolded && !isPart) || trimmed.empty() || m_open->words.size() > LONGEST)
    {
        End();
        return false;
    }
    m_open->words += ' ';
    m_open->words += trimmed;
    return true;
}

void
SenderChecksReader::End()
{
    if (m_open)
    {
        const std::string lower = InLowerCase(m_open->words);
        const auto result = [&](std::string_view label)
        {
            const auto value = scan::After(lower, label);
            return value ? std::string(value->substr(0, value->find_first_of(" ;(\t*")))
                         : std::string();
        };
        m_open->receiver = lower.substr(0, lower.find_first_of("; "));
        m_open->spf = result("spf=");
        m_open->dkim = result("dkim=");
        m_open->dmarc = result("dmarc=");
        m_handler(*m_open);
    }
    m_open.reset();
}

bool
AggregateReportReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::string_view END_OF_REPORT = "</feedback>";
    if (m_xml.empty())
    {
        const std::size_t at = std::min(text.find("<feedback>"), text.find("<feedback "));
        if (at == text.npos)
        {
            return false;
        }
        text.remove_prefix(at);
        m_line = number;
    }
    m_xml += text;
    m_xml += '\n';
    const bool isWhole =
        m_xml.find(END_OF_REPORT, m_xml.size() - std::min(m_xml.size(), text.size() + 1)) !=
        m_xml.npos;
    if (isWhole || m_xml.size() > GetCaps().aggregateOctets)
    {
        isWhole ? void() : LeaveOut();
        Finish();
    }
    return true;
}

void
AggregateReportReader::Finish()
{
    const auto value = [](std::string_view xml, std::string_view name)
    {
        const auto element = FindElement(xml, name);
        return element ? Unescaped(Trim(element->inside, LINE_BLANKS)) : std::string();
    };
    const std::string receiver = value(m_xml, "org_name");
    for (auto record = FindElement(m_xml, "record"); record;
         record = FindElement(m_xml, "record", record->end))
    {
        const std::string_view inside = record->inside;
        SenderChecks checks;
        checks.line = m_line + static_cast<std::uint32_t>(std::count(
                                   m_xml.begin(),
                                   m_xml.begin() + static_cast<std::ptrdiff_t>(record->at),
                                   '\n'));
        checks.text = OneLine(inside.substr(0, 200));
        checks.receiver = receiver;
        const auto policy = FindElement(inside, "policy_evaluated");
        const auto results = FindElement(inside, "auth_results");
        const std::string_view raw = results ? results->inside : std::string_view();
        const std::string_view judged = policy ? policy->inside : std::string_view();
        const auto spf = FindElement(raw, "spf");
        const auto dkim = FindElement(raw, "dkim");
        const std::string from = value(inside, "header_from");
        checks.spf = spf ? value(spf->inside, "result") : value(judged, "spf");
        checks.dkim = dkim ? value(dkim->inside, "result") : value(judged, "dkim");
        const bool isPassed = value(judged, "spf") == "pass" || value(judged, "dkim") == "pass";
        checks.dmarc = isPassed ? "pass" : "fail";
        checks.isOwnSignature = dkim && value(dkim->inside, "domain") == from &&
                                value(dkim->inside, "result") != "pass";
        checks.source = HostAddress::Parse(value(inside, "source_ip")).value_or(HostAddress());
        const std::string count = value(inside, "count");
        std::string_view digits = count;
        checks.messages = static_cast<std::uint64_t>(scan::Number(digits).value_or(1));
        checks.words = from;
        m_handler(checks);
    }
    m_xml.clear();
}

void
AggregateReportReader::End()
{
    if (!m_xml.empty())
    {
        Finish(); // Cut off, and told as far as it goes.
    }
}

} // namespace bouncelab::detectors
