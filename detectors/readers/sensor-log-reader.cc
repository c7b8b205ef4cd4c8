#include "detectors/readers/sensor-log-reader.h"

#include "detectors/flow/flow.h"
#include "detectors/readers/firewall-rows.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace bouncelab::detectors
{

namespace
{

using Outcome = PortTest::Outcome;

/// Zeek's conn_state and history; nothing of what it saw in part.
std::optional<Outcome>
OutcomeOfZeek(std::string_view state, std::string_view history)
{
    const bool closed = history.find_first_of("Ff") != history.npos;
    return state == "S0"                ? std::optional(Outcome::Silent)
           : state == "REJ"             ? std::optional(Outcome::Refused)
           : state == "RSTR" && !closed ? std::optional(Outcome::Reset)
           : state == "SF" || state == "S1" || state == "S2" || state == "S3" || state == "RSTO" ||
                   state == "RSTR"
               ? std::optional(Outcome::Open)
               : std::nullopt;
}

/// By the flags, in hexadecimal, that both sides have sent.
std::optional<Outcome>
OutcomeOfFlags(std::string_view client, std::string_view server)
{
    const auto of = [](std::string_view text) { return scan::HexNumber(text).value_or(0); };
    const std::uint32_t asked = of(client);
    const std::uint32_t answered = of(server);
    return (asked & tcp::SYN) == 0                          ? std::nullopt
           : answered == 0                                  ? std::optional(Outcome::Silent)
           : (answered & (tcp::SYN | tcp::RST)) == tcp::RST ? std::optional(Outcome::Refused)
           : (answered & tcp::RST) != 0 && ((asked | answered) & tcp::FIN) == 0
               ? std::optional(Outcome::Reset)
           : (answered & tcp::SYN) != 0 ? std::optional(Outcome::Open)
                                        : std::nullopt;
}

} // namespace

/// A record's fields by their names; those of objects inside as "tcp.state".
class SensorLogReader::Record
{
  public:
    Record(std::uint32_t number, std::string_view row)
        : line(number)
        , text(row)
    {
    }

    void Add(const std::string& name, std::string value) { m_values[name] = std::move(value); }

    void Add(const std::string& prefix, const nlohmann::json& object)
    {
        for (const auto& [name, value] : object.items())
        {
            if (value.is_string())
            {
                Add(prefix + name, value.get<std::string>());
            }
            else if (value.is_object() && prefix.empty())
            {
                Add(name + ".", value);
            }
            else if (value.is_primitive())
            {
                Add(prefix + name, value.dump());
            }
        }
    }

    std::string_view operator[](const char* name) const
    {
        const auto found = m_values.find(name);
        return found == m_values.end() ? std::string_view() : found->second;
    }

    std::uint32_t line;
    std::string_view text;

  private:
    std::map<std::string, std::string> m_values;
};

void
SensorLogReader::HandOn(const Record& record, PortTest::Outcome outcome)
{
    const bool isZeek = !record["id.resp_h"].empty();
    PortTest test;
    test.line = record.line;
    test.text = record.text;
    test.tool = isZeek ? "Zeek" : "Suricata";
    test.address =
        HostAddress::Parse(record[isZeek ? "id.resp_h" : "dest_ip"]).value_or(HostAddress());
    test.port = PortOf(record[isZeek ? "id.resp_p" : "dest_port"]);
    test.outcome = outcome;
    if (test.address.IsKnown() && IsMailPort(test.port))
    {
        m_handlers.connection(test);
    }
}

bool
SensorLogReader::ReadZeek(const Record& record)
{
    if (const auto outcome = OutcomeOfZeek(record["conn_state"], record["history"]))
    {
        HandOn(record, *outcome);
        return true;
    }
    const std::string_view last = record["last_reply"];
    if (last.empty())
    {
        return !record["conn_state"].empty();
    }
    if (!IsReplyCodeAt(last, 0))
    {
        return true;
    }
    const FoundReply found = ReadReplyAt(last, 0);
    ReportedReply reply;
    reply.line = record.line;
    reply.text = record.text.substr(0, scan::LONGEST_FIELD);
    reply.program = "Zeek log";
    reply.sender = InLowerCase(record["mailfrom"]);
    reply.recipient = InLowerCase(record["rcptto"]);
    reply.address = HostAddress::Parse(record["id.resp_h"]).value_or(HostAddress());
    reply.witnessAddress = HostAddress::Parse(record["id.orig_h"]).value_or(HostAddress());
    reply.code = found.code;
    reply.enhanced = found.enhanced;
    reply.reply = found.words;
    m_handlers.reply(reply);
    return true;
}

bool
SensorLogReader::ReadSuricata(const Record& record)
{
    if (record["event_type"] != "flow" || record["tcp.tcp_flags_ts"].empty())
    {
        return false;
    }
    if (const auto outcome = OutcomeOfFlags(record["tcp.tcp_flags_ts"], record["tcp.tcp_flags_tc"]))
    {
        HandOn(record, *outcome);
    }
    return true;
}

bool
SensorLogReader::ReadHead(std::string_view text)
{
    constexpr std::string_view FIELDS = "#fields\t";
    if (StartsWith(text, "#separator \\x09"))
    {
        m_isZeek = true;
        m_fields.clear();
    }
    else if (m_isZeek && StartsWith(text, FIELDS))
    {
        const auto names = scan::Fields(text.substr(FIELDS.size()), '\t');
        m_fields.assign(names.begin(), names.end());
    }
    return m_isZeek;
}

bool
SensorLogReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (StartsWith(text, "#"))
    {
        return ReadHead(text);
    }
    Record record(number, text);
    if (!m_fields.empty() && text.find('\t') != text.npos)
    {
        const std::vector<std::string_view> values = scan::Fields(text, '\t');
        for (std::size_t i = 0; i < std::min(values.size(), m_fields.size()); ++i)
        {
            record.Add(m_fields[i], std::string(values[i] == "-" ? std::string_view() : values[i]));
        }
        return ReadZeek(record);
    }
    const bool isZeek = text.find("\"id.resp_h\":") != text.npos;
    if (!StartsWith(text, "{") || (!isZeek && text.find("\"event_type\":\"flow\"") == text.npos))
    {
        return false;
    }
    const nlohmann::json whole = nlohmann::json::parse(text, nullptr, false);
    if (!whole.is_object())
    {
        return false;
    }
    record.Add("", whole);
    return isZeek ? ReadZeek(record) : ReadSuricata(record);
}

} // namespace bouncelab::detectors
