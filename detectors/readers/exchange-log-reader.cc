#include "detectors/readers/exchange-log-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/protocol-log-reader.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_LOG_COLUMNS = 60;

ReportedReply
ExchangeRow(std::uint32_t number, std::string_view text, std::string_view program)
{
    ReportedReply reply;
    reply.line = number;
    reply.text = text;
    reply.program = program;
    std::string_view rest = text;
    if (const auto time = TakeUtcStamp(rest))
    {
        reply.time = *time;
    }
    return reply;
}

void
TakeFoundReply(const FoundReply& found, ReportedReply& reply)
{
    reply.code = found.code;
    reply.enhanced = found.enhanced;
    reply.reply = found.words;
    reply.isFinal = found.code >= 500;
}

bool
LooksLikeMailbox(std::string_view word)
{
    const std::size_t at = word.find('@');
    return at != word.npos && at > 0 && at + 1 < word.size();
}

/// The step of a session at which an agent is called.
std::string_view
StageOfAgentEvent(std::string_view event)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> EVENTS{
        {{"OnConnect", "greeting"},
         {"OnMailCommand", "MAIL"},
         {"OnRcptCommand", "RCPT"},
         {"OnEndOfHeaders", "content"},
         {"OnEndOfData", "content"}}};
    const auto* const known = std::find_if(EVENTS.begin(),
                                           EVENTS.end(),
                                           [&](const auto& step) { return step.first == event; });
    return known == EVENTS.end() ? std::string_view() : known->second;
}

} // namespace

std::vector<std::string>
ExchangeLogReader::FieldsOf(std::string_view text) const
{
    std::vector<std::string> fields;
    bool ended = false;
    while (!ended && fields.size() < MOST_LOG_COLUMNS)
    {
        fields.push_back(csv::TakeField(text, ended));
    }
    return fields;
}

std::string
ExchangeLogReader::ValueOf(const std::vector<std::string>& fields, std::string_view column) const
{
    const auto at = std::find(m_columns.begin(), m_columns.end(), column);
    const auto index = static_cast<std::size_t>(at - m_columns.begin());
    return index < fields.size() && at != m_columns.end() ? fields[index] : std::string();
}

bool
ExchangeLogReader::ReadHeader(std::string_view text)
{
    if (scan::Skip(text, "#Fields: "))
    {
        m_columns = FieldsOf(InLowerCase(text));
        const auto has = [&](std::string_view name)
        { return std::find(m_columns.begin(), m_columns.end(), name) != m_columns.end(); };
        const bool isConnectivity =
            has("destination") && has("direction") && has("description") && has("session");
        const bool isAgent = has("agent") && has("smtpresponse") && has("p1fromaddress");
        if (!isConnectivity && !isAgent)
        {
            m_columns.clear();
        }
        return !m_columns.empty();
    }
    // The head of a table: "Received  SenderAddress  RecipientAddress  Status  Subject"
    const std::size_t sender = text.find("SenderAddress");
    const std::size_t recipient = text.find("RecipientAddress");
    const std::size_t status = text.find(" Status");
    if (sender < recipient && recipient < status && status != text.npos &&
        text.find_first_of(",:") == text.npos)
    {
        m_isTable = true;
        return true;
    }
    return false;
}

bool
ExchangeLogReader::ReadConnectivity(std::uint32_t number, std::string_view text)
{
    const std::vector<std::string> fields = FieldsOf(text);
    const std::string description = ValueOf(fields, "description");
    const std::string domain = ValueOf(fields, "destination");
    const bool isFailedCall = StartsWith(description, "Failed connection to ");
    const bool isFailedName = StartsWith(description, "The DNS query for ") &&
                              description.find("failed with error") != description.npos;
    if (isFailedCall || isFailedName)
    {
        ReportedReply reply = ExchangeRow(number, text, "connectivity log");
        const std::string failure = ConnectFailureIn(description);
        reply.stage = "connect";
        reply.failure = isFailedName      ? "DNS: " + description.substr(description.rfind(' ') + 1)
                        : failure.empty() ? "No connection to the server"
                                          : failure;
        reply.recipient = "@" + InLowerCase(domain);
        if (isFailedCall)
        {
            std::string_view end = std::string_view(description).substr(21);
            reply.address = ParseLoggedEndpoint(end.substr(0, end.find(' '))).address;
            const auto target = scan::After(description, "TargetHost:");
            reply.host = target ? InLowerCase(target->substr(0, target->find_first_of(":|]"))) : "";
        }
        m_handler(reply);
    }
    return !domain.empty();
}

bool
ExchangeLogReader::ReadAgent(std::uint32_t number, std::string_view text)
{
    const std::vector<std::string> fields = FieldsOf(text);
    const std::string action = ValueOf(fields, "action");
    const auto found = FindReply("said: " + ValueOf(fields, "smtpresponse"));
    if (found)
    {
        ReportedReply reply = ExchangeRow(number, text, "agent log");
        TakeFoundReply(*found, reply);
        reply.witness = ReportedReply::Witness::Server;
        reply.address = ParseLoggedEndpoint(ValueOf(fields, "remoteendpoint")).address;
        reply.sender = InLowerCase(ValueOf(fields, "p1fromaddress"));
        reply.recipient = InLowerCase(ValueOf(fields, "recipient"));
        reply.messageId = ValueOf(fields, "messageid");
        reply.stage = StageOfAgentEvent(ValueOf(fields, "event"));
        m_handler(reply);
    }
    return !action.empty();
}

bool
ExchangeLogReader::ReadTrace(std::uint32_t number, std::string_view text)
{
    if (text.empty() || text.find_first_not_of("- ") == text.npos)
    {
        return !text.empty();
    }
    std::vector<std::string_view> words;
    std::string_view rest = text;
    while (words.size() < 3)
    {
        const std::string_view word = scan::Word(rest);
        if (word.empty())
        {
            m_isTable = false;
            return false;
        }
        if (!words.empty() || LooksLikeMailbox(word))
        {
            words.push_back(word);
        }
    }
    if (!LooksLikeMailbox(words[1]))
    {
        m_isTable = false;
        return false;
    }
    if (words[2] == "Failed")
    {
        ReportedReply reply = ExchangeRow(number, text, "message trace");
        reply.sender = InLowerCase(words[0]);
        reply.recipient = InLowerCase(words[1]);
        reply.failure = "the trace says Failed, and not why: Get-MessageTraceDetail of it does";
        reply.isFinal = true;
        m_handler(reply);
    }
    return true;
}

bool
ExchangeLogReader::ReadDetail(std::uint32_t number, std::string_view text)
{
    // "Detail : Reason: [{LED=550 5.7.509 Access denied ...};{MSG=};{FQDN=};{IP=};{LRT=}]"
    if (StartsWith(text, "Detail"))
    {
        const auto led = scan::After(text, "{LED=");
        const auto found =
            led ? FindReply("said: " + std::string(led->substr(0, led->find('}')))) : std::nullopt;
        if (!found)
        {
            return false;
        }
        ReportedReply reply = ExchangeRow(number, text, "message trace");
        TakeFoundReply(*found, reply);
        m_handler(reply);
        return true;
    }
    if (StartsWith(text, "TestMailflowResult"))
    {
        if (text.find("FAILURE") != text.npos)
        {
            ReportedReply reply = ExchangeRow(number, text, "Test-Mailflow");
            reply.failure = "the test mail did not arrive (" + std::string(text) + ")";
            m_handler(reply);
        }
        return true;
    }
    return false;
}

bool
ExchangeLogReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (ReadHeader(text))
    {
        return true;
    }
    std::string_view stamped = text;
    const bool isRow = !m_columns.empty() && TakeUtcStamp(stamped).has_value();
    if (isRow)
    {
        const bool isAgent =
            std::find(m_columns.begin(), m_columns.end(), "smtpresponse") != m_columns.end();
        return isAgent ? ReadAgent(number, text) : ReadConnectivity(number, text);
    }
    return (m_isTable && ReadTrace(number, text)) || ReadDetail(number, text);
}

void
ExchangeLogReader::End()
{
    m_columns.clear();
    m_isTable = false;
}

} // namespace bouncelab::detectors
