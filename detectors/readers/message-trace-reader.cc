#include "detectors/readers/message-trace-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

/// "recipientstatus" of "recipient_status" and "RecipientStatus".
std::string
TraceColumn(std::string_view text)
{
    std::string name;
    for (const char c : InLowerCase(text))
    {
        if (IsAlnum(c))
        {
            name += c;
        }
    }
    return name;
}

/// The event of tracking logs for a word of a trace; empty for what is none.
std::string
TracedEvent(std::string_view word)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> EVENTS{
        {{"send", "SEND"},
         {"delivered", "SEND"},
         {"deliver", "DELIVER"},
         {"fail", "FAIL"},
         {"failed", "FAIL"},
         {"defer", "DEFER"},
         {"pending", "DEFER"},
         {"receive", "RECEIVE"},
         {"submit", "SUBMIT"},
         {"dsn", "DSN"},
         {"expand", "EXPAND"},
         {"resolve", "RESOLVE"}}};
    const std::string lower = InLowerCase(Trim(word));
    const auto* const known = std::find_if(EVENTS.begin(),
                                           EVENTS.end(),
                                           [&](const auto& event) { return event.first == lower; });
    return known == EVENTS.end() ? std::string() : std::string(known->second);
}

/// "a@b.example, c@b.example" of "{a@b.example, c@b.example}".
std::vector<std::string>
BracedItems(std::string_view text)
{
    std::vector<std::string> items;
    text = Trim(text, "{} ");
    while (!text.empty() && items.size() < 1000)
    {
        const std::size_t end = std::min(text.find(", "), text.size());
        items.emplace_back(Trim(text.substr(0, end), "\"' "));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return items;
}

/// "[{LED=550 5.1.10 ...};{MSG=};{FQDN=...}]": what is behind LED.
std::string
ErrorBehindLed(std::string_view status)
{
    const auto led = scan::After(status, "{LED=");
    return std::string(led ? led->substr(0, led->find('}')) : status);
}

} // namespace

bool
MessageTraceReader::ReadHeader(std::string_view text)
{
    if (StartsWith(text, "#"))
    {
        return false; // of a tracking log, which has a reader of its own
    }
    const bool isCsv = text.find(',') != text.npos;
    std::vector<std::string> columns;
    bool ended = false;
    for (std::string_view rest = text; isCsv && !ended && columns.size() < 60;)
    {
        columns.push_back(TraceColumn(csv::TakeField(rest, ended)));
    }
    const auto has = [&](std::string_view name)
    { return std::find(columns.begin(), columns.end(), name) != columns.end(); };
    if (has("senderaddress") &&
        (has("recipientstatus") || (has("recipientaddress") && has("status"))))
    {
        m_columns = std::move(columns);
        return true;
    }
    // The head of a table: its columns stand apart by blanks.
    std::vector<std::string> lists;
    bool hasEvent = false;
    for (std::string_view rest = text, word = scan::Word(rest); !isCsv && !word.empty();
         word = scan::Word(rest))
    {
        const std::string name = TraceColumn(word);
        hasEvent = hasEvent || name == "eventid";
        if (name == "recipients" || name == "recipientstatus")
        {
            lists.push_back(name);
        }
    }
    if (hasEvent && !lists.empty() && text.find(':') == text.npos && text.find('{') == text.npos)
    {
        m_lists = std::move(lists);
        return true;
    }
    return false;
}

bool
MessageTraceReader::ReadRow(std::uint32_t number, std::string_view text)
{
    TrackedEvent event;
    event.line = number;
    event.text = text;
    event.source = "SMTP";
    std::string recipient;
    std::string told;
    std::string status;
    std::string detail;
    bool ended = false;
    std::string_view rest = text;
    std::size_t fields = 0;
    for (; fields < m_columns.size() && !ended; ++fields)
    {
        const std::string value = csv::TakeField(rest, ended);
        const std::string& name = m_columns[fields];
        (name == "senderaddress"      ? event.sender
         : name == "recipientstatus"  ? told
         : name == "recipientaddress" ? recipient
         : name == "status"           ? status
         : name == "detail"           ? detail
         : name == "messageid"        ? event.messageId
                                      : event.context) = value;
        if (name == "toip")
        {
            event.server = HostAddress::Parse(value);
        }
    }
    event.context.clear();
    if (fields < m_columns.size())
    {
        m_columns.clear(); // The list is over.
        return false;
    }
    if (told.empty())
    {
        event.event = TracedEvent(status);
        event.recipients = {InLowerCase(recipient)};
        event.statuses = {ErrorBehindLed(detail)};
        m_handler(event);
        if (detail.empty())
        {
            TellStatus(event, status);
        }
        return true;
    }
    // "bob@goal.example##Receive;Fail,550 5.1.10 ...", several of them behind semicolons
    for (std::size_t mark = told.find("##"); mark != told.npos;)
    {
        const std::size_t before = told.find_last_of("; ", mark);
        const std::size_t begin = before == told.npos ? 0 : before + 1;
        const std::size_t next = told.find("##", mark + 2);
        std::size_t end = next == told.npos ? told.size() : told.rfind(';', next);
        end = end == told.npos || end < mark ? told.size() : end;
        std::string_view words = std::string_view(told).substr(mark + 2, end - mark - 2);
        event.recipients = {InLowerCase(told.substr(begin, mark - begin))};
        // The last word is what became of it.
        const std::size_t comma = words.find_first_of(",[");
        std::string_view events = Trim(words.substr(0, comma), "; ");
        events.remove_prefix(events.rfind(';') == events.npos ? 0 : events.rfind(';') + 1);
        event.event = TracedEvent(events);
        event.statuses = {comma == words.npos ? std::string()
                                              : ErrorBehindLed(Trim(words.substr(comma + 1)))};
        m_handler(event);
        mark = next;
    }
    return true;
}

void
MessageTraceReader::TellStatus(const TrackedEvent& event, const std::string& status)
{
    static constexpr std::array<std::string_view, 4> MISSED{"failed",
                                                            "pending",
                                                            "quarantined",
                                                            "filteredasspam"};
    const std::string lower = InLowerCase(Trim(status));
    if (std::find(MISSED.begin(), MISSED.end(), lower) == MISSED.end())
    {
        return;
    }
    ReportedReply reply;
    reply.line = event.line;
    reply.text = event.text;
    reply.program = "message trace";
    reply.messageId = event.messageId;
    reply.sender = InLowerCase(event.sender);
    reply.recipient = event.recipients.front();
    reply.failure = "status " + std::string(Trim(status));
    reply.isFinal = lower != "pending";
    m_failed(reply);
}

bool
MessageTraceReader::ReadTable(std::uint32_t number, std::string_view text)
{
    if (text.find_first_not_of("- ") == text.npos)
    {
        return !text.empty();
    }
    const std::size_t brace = text.find('{');
    TrackedEvent event;
    event.line = number;
    event.text = text;
    for (std::string_view front = text.substr(0, brace), word = scan::Word(front); !word.empty();
         word = scan::Word(front))
    {
        const bool isUpper = word == InUpperCase(word);
        const std::string known = isUpper && event.event.empty() ? TracedEvent(word) : "";
        event.event = known.empty() ? event.event : known;
        event.source = word == "SMTP" || word == "STOREDRIVER" ? std::string(word) : event.source;
    }
    if (brace == text.npos || event.event.empty())
    {
        m_lists.clear();
        return false;
    }
    std::string_view rest = text;
    for (const std::string& name : m_lists)
    {
        const auto inside = scan::After(rest, "{");
        if (!inside)
        {
            break;
        }
        const std::string_view list = inside->substr(0, inside->find('}'));
        (name == "recipients" ? event.recipients : event.statuses) =
            name == "recipients" ? BracedItems(list) : std::vector<std::string>{std::string(list)};
        rest = inside->substr(std::min(list.size() + 1, inside->size()));
    }
    m_handler(event);
    return true;
}

bool
MessageTraceReader::ReadProperty(std::uint32_t number, std::string_view text)
{
    const std::size_t colon = text.find(" : ");
    const std::string name = colon == text.npos ? "" : TraceColumn(text.substr(0, colon));
    const std::string_view value =
        colon == text.npos ? std::string_view() : Trim(text.substr(colon + 3));
    if (text.empty())
    {
        m_inStatus = false;
        return false;
    }
    if (name == "eventid" && !TracedEvent(value).empty())
    {
        if (m_open && !m_open->event.empty())
        {
            Flush();
        }
        m_open = m_open ? m_open : std::optional(TrackedEvent());
        m_open->event = TracedEvent(value);
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    if (m_open && (name == "recipientstatus" || (m_inStatus && colon == text.npos)))
    {
        m_isOwn = true;
        std::string status = m_inStatus && !m_open->statuses.empty() && colon == text.npos
                                 ? m_open->statuses.front() + " " + std::string(text)
                                 : std::string(value);
        constexpr std::size_t LONGEST_STATUS = 4000;
        m_inStatus = status.find('}') == status.npos && status.size() < LONGEST_STATUS;
        m_open->statuses = {std::string(Trim(status, "{} "))};
        m_open->line = number;
        m_open->text = text;
        return true;
    }
    m_inStatus = false;
    if (m_open && name == "recipients")
    {
        m_open->recipients = BracedItems(value);
        return true;
    }
    if (m_open && name == "sender")
    {
        m_open->sender = value;
        return true;
    }
    if (m_open && name == "source")
    {
        m_open->source = value;
        return true;
    }
    return m_open && colon != text.npos;
}

void
MessageTraceReader::Flush()
{
    if (m_open && !m_open->event.empty())
    {
        m_handler(*m_open);
    }
    m_open.reset();
    m_inStatus = false;
}

bool
MessageTraceReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    m_isOwn = false;
    if (ReadHeader(text))
    {
        return true;
    }
    m_isOwn = (!m_columns.empty() && !text.empty() && ReadRow(number, text)) ||
              (!m_lists.empty() && !text.empty() && ReadTable(number, text));
    return m_isOwn || ReadProperty(number, text);
}

void
MessageTraceReader::End()
{
    Flush();
    m_columns.clear();
    m_lists.clear();
}

} // namespace bouncelab::detectors
