#include "detectors/readers/log-records.h"

#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/json-member.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <optional>

namespace bouncelab::detectors
{

namespace
{

using Record = nlohmann::json;

/// What is known of a row beside its text.
struct RowHead
{
    std::string stamp;
    std::string host;
    std::string program;
    std::string process;
};

std::string
WithHead(const RowHead& head, std::string_view text)
{
    const std::string process = head.process.empty() ? "" : "[" + head.process + "]";
    const std::string row = fmt::format("{}{}: {}", head.program, process, text);
    return head.stamp.empty() ? row
                              : fmt::format("{} {} {}",
                                            head.stamp,
                                            head.host.empty() ? "localhost" : head.host,
                                            row);
}

/// Takes "-" or "[id name="value"]..." off the front.
bool
SkipStructuredData(std::string_view& text)
{
    if (scan::Skip(text, "-"))
    {
        return true;
    }
    const bool isData = StartsWith(text, "[");
    while (StartsWith(text, "["))
    {
        bool isQuoted = false;
        std::size_t end = 1;
        for (; end < text.size() && (isQuoted || text[end] != ']'); ++end)
        {
            end += text[end] == '\\' ? 1 : 0;
            isQuoted = end < text.size() && text[end] == '"' ? !isQuoted : isQuoted;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return isData;
}

/// "<22>1 2024-05-14T09:00:03.112Z mx1 postfix/smtp 2131 - - 4F1B22C0041: to=<...>"
std::optional<std::string>
RowBehindHeader(std::string_view line)
{
    std::string_view rest = Trim(line, LINE_BLANKS);
    std::string_view counted = rest;
    if (scan::Number(counted) && StartsWith(counted, " <"))
    {
        rest = counted.substr(1);
    }
    const bool hasPriority = scan::Skip(rest, "<") && scan::Number(rest) && scan::Skip(rest, ">");
    if (!scan::Skip(rest, "1 "))
    {
        return std::nullopt;
    }
    const auto value = [&rest]
    {
        const std::string_view word = scan::Word(rest);
        return std::string(word == "-" ? std::string_view() : word);
    };
    RowHead head;
    head.stamp = value();
    head.host = value();
    head.program = value();
    head.process = value();
    scan::Word(rest); // The message's kind.
    scan::SkipSpace(rest);
    const bool isNumber = head.process.find_first_not_of("0123456789") == std::string::npos;
    const bool isHead = (head.stamp.empty() || TakeSyslogStamp(head.stamp)) &&
                        !head.program.empty() && (hasPriority || isNumber);
    if (!isHead || !SkipStructuredData(rest) || !scan::Skip(rest, " "))
    {
        return std::nullopt;
    }
    scan::Skip(rest, "\xEF\xBB\xBF");
    return WithHead(head, rest);
}

/// The member of a name with dots, whether these are part of it or lead into objects; text or
/// number.
std::string
TextAt(const Record& record, std::string_view name)
{
    const Record* object = &record;
    for (std::string_view rest = name; object->is_object();)
    {
        const auto whole = object->find(std::string(rest));
        if (whole != object->end())
        {
            return JsonText(*whole);
        }
        const std::size_t dot = rest.find('.');
        const auto inner = object->find(std::string(rest.substr(0, dot)));
        if (dot == rest.npos || inner == object->end())
        {
            break;
        }
        object = &*inner;
        rest.remove_prefix(dot + 1);
    }
    return {};
}

std::string
FirstOf(const Record& record, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
    {
        if (std::string value = TextAt(record, name); !value.empty())
        {
            return value;
        }
    }
    return {};
}

/// "2024-05-14T09:00:03Z" of the journal's microseconds since 1970.
std::string
StampOfMicroseconds(std::string_view digits)
{
    const WallTime time{std::chrono::microseconds(scan::Number(digits).value_or(0))};
    const CivilTime civil = CivilFromSeconds(UnixSeconds(time));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                       civil.year,
                       civil.month,
                       civil.day,
                       civil.hour,
                       civil.minute,
                       civil.second);
}

RowHead
HeadOf(const Record& record)
{
    RowHead head;
    head.program = FirstOf(record,
                           {"ident",
                            "SYSLOG_IDENTIFIER",
                            "log.syslog.appname",
                            "syslog.appname",
                            "process.name",
                            "programname",
                            "program",
                            "syslog_program",
                            "appname",
                            "app_name"});
    head.process = FirstOf(record,
                           {"_PID",
                            "pid",
                            "log.syslog.procid",
                            "syslog.procid",
                            "process.pid",
                            "procid",
                            "syslog_pid"});
    head.host = FirstOf(record,
                        {"_HOSTNAME",
                         "host",
                         "log.syslog.hostname",
                         "host.hostname",
                         "host.name",
                         "hostname",
                         "syslog_hostname"});
    const std::string journal = TextAt(record, "__REALTIME_TIMESTAMP");
    head.stamp = journal.empty() ? FirstOf(record, {"@timestamp", "timestamp", "time"})
                                 : StampOfMicroseconds(journal);
    head.stamp = TakeSyslogStamp(head.stamp) ? head.stamp : std::string();
    // rsyslog's "postfix/smtp[2131]:"
    const std::string tag = FirstOf(record, {"syslog-tag", "syslogtag"});
    if (const std::size_t open = tag.find('['); head.program.empty() && open != tag.npos)
    {
        head.program = tag.substr(0, open);
        head.process = tag.substr(open + 1, tag.find(']') - open - 1);
    }
    return head;
}

/// The row that one record has, and by whom it was packed; empty where it has none.
std::string
RowOf(const Record& record, std::set<std::string>& undone)
{
    if (const std::string log = TextAt(record, "log"); !log.empty())
    {
        undone.insert("a log driver's JSON");
        return std::string(TrimEnd(log, "\r\n"));
    }
    const std::string journal = TextAt(record, "MESSAGE");
    const std::string message =
        journal.empty() ? FirstOf(record, {"message", "textPayload", "log.original"}) : journal;
    const std::string_view text = Trim(message, LINE_BLANKS);
    const RowHead head = HeadOf(record);
    const bool isRow = BeginsLikeRow(text) || IsUnstampedRow(text) || TakeSyslogStamp(text);
    if (text.empty() || text.find('\n') != text.npos || (!isRow && head.program.empty()))
    {
        return {};
    }
    undone.insert(journal.empty() ? "a shipper's JSON" : "the journal's JSON");
    return isRow && journal.empty() ? std::string(text) : WithHead(head, text);
}

} // namespace

std::vector<std::string>
RowsInRecord(std::string_view line, std::set<std::string>& undone)
{
    if (auto row = RowBehindHeader(line))
    {
        undone.insert("the header of RFC 5424");
        return {std::move(*row)};
    }
    const std::string_view trimmed = Trim(line, " \t\r\n,");
    if (trimmed.empty() || (trimmed.front() != '{' && trimmed.front() != '['))
    {
        return {};
    }
    const Record whole = Record::parse(trimmed, nullptr, false);
    const Record* list = &whole;
    for (const char* const name : {"hits", "hits", "events", "logEvents"})
    {
        const Record& inner = MemberOf(*list, name);
        list = inner.is_null() ? list : &inner;
    }
    std::vector<std::string> rows;
    std::set<std::string> packers;
    const auto add = [&](const Record& record)
    {
        const Record& source = MemberOf(record, "_source");
        if (std::string row = RowOf(source.is_null() ? record : source, packers); !row.empty())
        {
            rows.push_back(std::move(row));
        }
    };
    if (list->is_array())
    {
        std::for_each(list->begin(), list->end(), add);
    }
    else
    {
        add(*list);
    }
    // Records of which one is no row are taken for what they are.
    if (list->is_array() && rows.size() != list->size())
    {
        return {};
    }
    undone.insert(packers.begin(), packers.end());
    return rows;
}

} // namespace bouncelab::detectors
