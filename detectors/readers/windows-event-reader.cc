#include "detectors/readers/windows-event-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/notice-readers.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/windows-event-heads.h"
#include "detectors/readers/windows-stamp.h"
#include "detectors/readers/xml-element.h"
#include "formats/text.h"

#include <algorithm>
#include <cctype>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LONGEST_EVENT = 1 << 16; //!< More of one is not kept.
constexpr std::uint32_t INBOUND_AUTHENTICATION_FAILED = 1035;
constexpr std::string_view END_OF_EVENT = "</Event>";

/// What event 1035 says in any language: its figures and names are not translated.
std::optional<AuthFailure>
FailureIn(const WindowsEvent& event)
{
    static constexpr std::string_view MECHANISMS[] =
        {"ExchangeAuth", "Gssapi", "Ntlm", "Login", "Basic", "X509"};
    AuthFailure failure;
    failure.line = event.line;
    failure.text = event.text;
    const auto isSmall = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto isCapital = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::string word;
    for (const char c : event.description + " ")
    {
        if (IsAlnum(c))
        {
            word += c;
            continue;
        }
        const bool isMechanism =
            std::any_of(std::begin(MECHANISMS),
                        std::end(MECHANISMS),
                        [&](std::string_view known) { return EqualIgnoringCase(known, word); });
        const bool isError = std::adjacent_find(word.begin(),
                                                word.end(),
                                                [&](char a, char b) {
                                                    return isSmall(a) && isCapital(b);
                                                }) != word.end();
        if (isMechanism && failure.mechanism.empty())
        {
            failure.mechanism = word;
        }
        else if (isError && !isMechanism && failure.error.empty())
        {
            failure.error = word;
        }
        word.clear();
    }
    const std::size_t open = event.description.rfind('[');
    const std::string_view inBrackets = std::string_view(event.description).substr(open + 1);
    failure.source =
        HostAddress::Parse(inBrackets.substr(0, inBrackets.find(']'))).value_or(HostAddress());
    return failure.error.empty() && failure.mechanism.empty() ? std::nullopt
                                                              : std::optional<AuthFailure>(failure);
}

/// Up to the end of a sentence, or of the line.
std::string
Sentence(std::string_view text)
{
    const std::size_t stop = text.find(". ");
    return std::string(Trim(text.substr(0, stop), " \t\r."));
}

std::uint32_t
IdOf(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(scan::Number(text).value_or(0), 99999));
}

/// Whether there are quotes that nothing closes.
bool
IsUnclosed(std::string_view row)
{
    return std::count(row.begin(), row.end(), '"') % 2 != 0;
}

void
Append(std::string& whole, std::string_view line)
{
    if (whole.size() + line.size() < LONGEST_EVENT)
    {
        whole += whole.empty() ? "" : "\n";
        whole += line;
    }
}

} // namespace

bool
AuthFailure::IsByServer() const
{
    return EqualIgnoringCase(mechanism, "ExchangeAuth") ||
           StartsWith(error, "UnexpectedExchangeAuth") || EqualIgnoringCase(mechanism, "Gssapi");
}

bool
WindowsEventReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const bool isTold = ReadSentence(number, text);
    return ReadXml(number, text) || ReadCsv(number, text) || ReadRunTogether(number, text) ||
           ReadText(number, text) || isTold;
}

bool
WindowsEventReader::ReadSentence(std::uint32_t number, std::string_view text)
{
    const auto error = scan::After(text, "nbound authentication failed with error ");
    if (!error)
    {
        return false;
    }
    AuthFailure failure;
    failure.line = number;
    failure.text = text;
    failure.error = error->substr(0, error->find(' '));
    if (const auto connector = scan::After(*error, "eceive connector "))
    {
        failure.connector = Sentence(*connector);
    }
    if (const auto mechanism = scan::After(*error, "mechanism is "))
    {
        failure.mechanism = Sentence(*mechanism);
    }
    if (const auto source = scan::After(*error, "Exchange is "))
    {
        failure.source = AddressIn(*source).value_or(HostAddress());
    }
    m_handlers.failure(failure);
    m_told = true;
    return true;
}

bool
WindowsEventReader::ReadXml(std::uint32_t number, std::string_view text)
{
    if (m_xml.empty())
    {
        const std::size_t at = std::min(text.find("<Event "), text.find("<Event>"));
        if (at == text.npos)
        {
            return false;
        }
        m_isRepeated = m_isOpen && m_xmlFollows;
        Flush();
        m_xmlLine = number;
        text.remove_prefix(at);
    }
    if (m_xml.size() + text.size() > LONGEST_EVENT)
    {
        FinishXml(m_xml);
        m_xml.clear();
        return false;
    }
    m_xml += text;
    m_xml += '\n';
    for (std::size_t stop = m_xml.find(END_OF_EVENT); stop != m_xml.npos;
         stop = m_xml.find(END_OF_EVENT))
    {
        FinishXml(std::string_view(m_xml).substr(0, stop));
        const std::size_t next = m_xml.find("<Event", stop + END_OF_EVENT.size());
        m_xmlLine = number;
        m_xml.erase(0, next);
    }
    return true;
}

void
WindowsEventReader::FinishXml(std::string_view xml)
{
    WindowsEvent event;
    std::vector<std::string> values;
    std::string named;
    event.line = m_xmlLine;
    event.text = FirstLine(xml);
    for (auto data = FindElement(xml, "Data"); data; data = FindElement(xml, "Data", data->end))
    {
        if (values.empty())
        {
            event.line +=
                static_cast<std::uint32_t>(std::count(xml.begin(), xml.begin() + data->at, '\n'));
            const std::size_t begin = xml.rfind('\n', data->at) + 1; // npos + 1 is the start
            event.text = FirstLine(xml.substr(begin));
        }
        values.push_back(Unescaped(data->inside));
        const std::string name = AttributeOf(*data, "Name");
        Append(named, name.empty() ? values.back() : name + ": " + values.back());
    }
    const auto inside = [&](std::string_view name)
    {
        const auto element = FindElement(xml, name);
        return element ? Unescaped(element->inside) : std::string();
    };
    event.id = IdOf(inside("EventID"));
    event.computer = inside("Computer");
    event.description = inside("Message");
    if (event.description.empty())
    {
        event.description = named;
    }
    if (const auto provider = FindElement(xml, "Provider"))
    {
        event.source = AttributeOf(*provider, "Name");
    }
    if (const auto created = FindElement(xml, "TimeCreated"))
    {
        event.time = ParseWindowsStamp(AttributeOf(*created, "SystemTime"));
    }
    if (event.id == INBOUND_AUTHENTICATION_FAILED && values.size() >= 4 && !m_told)
    {
        m_handlers.failure({event.line,
                            event.text,
                            values[0],
                            values[1],
                            values[2],
                            HostAddress::Parse(values[3]).value_or(HostAddress())});
    }
    if (event.id > 0 && !m_isRepeated)
    {
        m_handlers.event(event);
    }
    m_told = m_isRepeated = false;
}

bool
WindowsEventReader::BeginCsv(std::string_view text)
{
    const bool hasTabs = text.find('\t') != text.npos;
    if (text.find("Event ID") == text.npos || text.find("Source") == text.npos ||
        (!hasTabs && text.find(',') == text.npos))
    {
        return false;
    }
    std::vector<std::string> columns;
    bool ended = false;
    while (!ended && columns.size() < 20)
    {
        columns.push_back(csv::TakeField(text, ended, hasTabs ? '\t' : ','));
    }
    const auto has = [&](std::string_view name)
    { return std::find(columns.begin(), columns.end(), name) != columns.end(); };
    if (!has("Event ID") || !has("Source"))
    {
        return false;
    }
    m_columns = columns;
    m_separator = hasTabs ? '\t' : ',';
    m_row.clear();
    return true;
}

bool
WindowsEventReader::ReadCsv(std::uint32_t number, std::string_view text)
{
    if (BeginCsv(text))
    {
        return true;
    }
    if (m_columns.empty())
    {
        return false;
    }
    if (m_row.empty())
    {
        m_rowLine = number;
    }
    if (m_row.size() + text.size() >= LONGEST_EVENT)
    {
        m_row.clear(); // Quotes that nothing closes: the list ends here.
        m_columns.clear();
        return false;
    }
    Append(m_row, text);
    return IsUnclosed(m_row) || FinishRow();
}

/// Takes the row that is open; no row ends the list.
bool
WindowsEventReader::FinishRow()
{
    std::string_view rest = m_row;
    WindowsEvent event;
    event.line = m_rowLine;
    event.text = FirstLine(m_row);
    bool ended = m_row.empty();
    for (std::size_t i = 0; !ended; ++i)
    {
        const std::string value = csv::TakeField(rest, ended, m_separator);
        const std::string column = i < m_columns.size() ? m_columns[i] : "Description";
        if (column == "Event ID")
        {
            event.id = IdOf(value);
        }
        else if (column == "Source")
        {
            event.source = value;
        }
        else if (column == "Date and Time")
        {
            event.time = ParseWindowsStamp(value);
        }
        else if (column == "Description")
        {
            Append(event.description, value);
        }
    }
    m_row.clear();
    if (event.id == 0)
    {
        m_columns.clear();
        return false;
    }
    m_handlers.event(event);
    return true;
}

/// "Event Type: Error Event Source: MSExchangeTransport ... Event ID: 1035 Description: ..."
bool
WindowsEventReader::ReadRunTogether(std::uint32_t number, std::string_view text)
{
    const std::size_t description = text.find(DESCRIPTION);
    const std::string_view front = text.substr(0, description);
    if (description == text.npos || front.find("Event ID:") == front.npos ||
        front.find("Source:") == front.npos)
    {
        return false;
    }
    Flush();
    m_isOpen = true;
    for (const auto& [label, head] : HEADS)
    {
        auto value = scan::After(front, label);
        if (!value || head >= EventHead::Description)
        {
            continue;
        }
        std::size_t stop = value->size();
        for (const auto& [other, ignored] : HEADS)
        {
            stop = std::min(stop, value->find(other));
        }
        value = Trim(value->substr(0, stop), LINE_BLANKS);
        if (EndsWith(*value, " Event"))
        {
            value->remove_suffix(6);
        }
        TakeHead(head, *value);
    }
    m_open.line = number;
    m_open.text = text;
    Append(m_open.description, Trim(text.substr(description + DESCRIPTION.size()), LINE_BLANKS));
    Flush();
    return true;
}

void
WindowsEventReader::TakeHead(EventHead head, std::string_view value)
{
    value = Trim(value, LINE_BLANKS);
    switch (head)
    {
    case EventHead::Source:
        m_open.source = value;
        break;
    case EventHead::Id:
        m_open.id = IdOf(value);
        break;
    case EventHead::Date:
    case EventHead::Time:
        m_date += (m_date.empty() ? "" : " ") + std::string(value.substr(0, 60));
        break;
    case EventHead::Computer:
        m_open.computer = value;
        break;
    default:
        break;
    }
}

bool
WindowsEventReader::ReadText(std::uint32_t number, std::string_view text)
{
    const std::optional<HeadLine> known = HeadLineOf(text);
    const bool isHead = known.has_value();
    const EventHead head = isHead ? known->head : EventHead::Other;
    const bool begins = isHead && (head == EventHead::Log || head == EventHead::Type);
    if (m_isOpen && m_inDescription && !begins)
    {
        if (isHead && head == EventHead::Xml)
        {
            m_xmlFollows = true;
            return true;
        }
        if (text.empty())
        {
            m_isOver = m_isOver || !m_open.description.empty();
            return false;
        }
        if (!m_isOver)
        {
            if (m_open.description.empty())
            {
                m_open.line = number;
                m_open.text = text;
            }
            Append(m_open.description, text);
            return true;
        }
        Flush();
    }
    if (begins)
    {
        Flush();
        m_told = false;
    }
    if (!isHead || (!m_isOpen && !begins && head != EventHead::Id && !known->beginsOld))
    {
        return false;
    }
    m_isOpen = true;
    const std::string_view value = Trim(known->value, LINE_BLANKS);
    TakeHead(head, value);
    if (head == EventHead::Description)
    {
        m_inDescription = true;
        if (!value.empty())
        {
            m_open.line = number;
            m_open.text = text;
            Append(m_open.description, value);
        }
    }
    else if (m_open.line == 0 || head == EventHead::Id)
    {
        m_open.line = number;
        m_open.text = text;
    }
    return true;
}

void
WindowsEventReader::Flush()
{
    if (m_isOpen && m_open.id > 0)
    {
        m_open.time = ParseWindowsStamp(m_date);
        if (m_open.id == INBOUND_AUTHENTICATION_FAILED && !m_told &&
            StartsWith(m_open.source, "MSExchange"))
        {
            if (const auto failure = FailureIn(m_open))
            {
                m_handlers.failure(*failure);
                m_told = true;
            }
        }
        m_handlers.event(m_open);
    }
    m_open = WindowsEvent();
    m_date.clear();
    m_isOpen = m_inDescription = m_isOver = m_xmlFollows = false;
}

void
WindowsEventReader::End()
{
    Flush();
    if (!m_columns.empty() && !m_row.empty())
    {
        FinishRow();
    }
    if (!m_xml.empty())
    {
        FinishXml(m_xml); // Cut off, and told as far as it goes.
    }
    m_columns.clear();
    m_xml.clear();
    m_told = m_isRepeated = false;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::WindowsEvents::Readers(detectors::ServerLogs& logs,
                                            const std::string& file,
                                            ReaderList& readers)
{
    readers.push_back(std::make_unique<detectors::WindowsEventReader>(
        detectors::WindowsEventReader::Handlers{detectors::KeepIn(logs.events, file),
                                                detectors::KeepIn(logs.authFailures, file)}));
}
