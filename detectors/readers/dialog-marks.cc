#include "detectors/readers/dialog-marks.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::string_view, 16> SERVER_MARKS{"S: ",
                                                        "<-  ",
                                                        "<- ",
                                                        "<** ",
                                                        "<~* ",
                                                        "<-* ",
                                                        "<~  ",
                                                        "<~ ",
                                                        "< ",
                                                        "<< ",
                                                        "SMTP<< ",
                                                        "SERVER -> CLIENT: ",
                                                        "Server: ",
                                                        "reply: ",
                                                        "R: ",
                                                        "recv: "};
constexpr std::array<std::string_view, 12> CLIENT_MARKS{"C: ",
                                                        "-> ",
                                                        "~> ",
                                                        "> ",
                                                        ">> ",
                                                        "SMTP>> ",
                                                        "CLIENT -> SERVER: ",
                                                        "Client: ",
                                                        "send: ",
                                                        "sent: ",
                                                        "S> ",
                                                        "C> "};

/// Marks of direction within rows; which side sent tells what was sent.
constexpr std::array<std::pair<std::string_view, Speaker>, 10> ROW_MARKS{
    {{"<-- ", Speaker::Unknown},
     {"--> ", Speaker::Unknown},
     {"SERVER -> CLIENT: ", Speaker::Server},
     {"CLIENT -> SERVER: ", Speaker::Client},
     {"RECEIVED: ", Speaker::Unknown},
     {"SENT: ", Speaker::Unknown},
     {" S: ", Speaker::Server},
     {" C: ", Speaker::Client},
     {" S:", Speaker::Server},
     {" C:", Speaker::Client}}};

template <std::size_t N>
bool
SkipMark(std::string_view& text, const std::array<std::string_view, N>& marks)
{
    return std::any_of(marks.begin(),
                       marks.end(),
                       [&](std::string_view mark) { return scan::Skip(text, mark); });
}

} // namespace

Speaker
TakeSpeaker(std::string_view& text)
{
    text = Trim(text, LINE_BLANKS);
    const Speaker speaker = SkipMark(text, SERVER_MARKS)   ? Speaker::Server
                            : SkipMark(text, CLIENT_MARKS) ? Speaker::Client
                                                           : Speaker::Unknown;
    if (speaker != Speaker::Unknown)
    {
        text = Trim(text, LINE_BLANKS);
        scan::Skip(text, "b");
        if (!text.empty() && (text[0] == '\'' || text[0] == '"'))
        {
            text = Trim(text, "'\"");
            while (EndsWith(text, "\\r\\n"))
            {
                text.remove_suffix(4);
            }
        }
    }
    return speaker;
}

Speaker
TakeTrace(std::string_view& text)
{
    std::string_view rest = text;
    scan::Skip(rest, "debug: ");
    if (!scan::Skip(rest, "mta: 0x"))
    {
        return Speaker::Unknown;
    }
    rest.remove_prefix(std::min(rest.find(": ") + 2, rest.size()));
    const Speaker speaker = scan::Skip(rest, "<<< ")   ? Speaker::Server
                            : scan::Skip(rest, ">>> ") ? Speaker::Client
                                                       : Speaker::Unknown;
    text = speaker == Speaker::Unknown ? text : rest;
    return speaker;
}

bool
IsReplyLine(std::string_view text)
{
    return text.size() >= 3 && text[0] >= '2' && text[0] <= '5' && text[1] <= '5' &&
           IsDigit(text[1]) && IsDigit(text[2]) &&
           (text.size() == 3 || text[3] == ' ' || text[3] == '-');
}

std::optional<MarkedRow>
ParseMarkedRow(std::string_view line)
{
    const std::string_view trimmed = Trim(line, LINE_BLANKS);
    const bool isQuoted = StartsWith(trimmed, "\"SMTP") || StartsWith(trimmed, "\"SENT: ") ||
                          StartsWith(trimmed, "\"RECEIVED: ");
    std::string_view rest = trimmed;
    for (const std::string_view day : {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "})
    {
        scan::Skip(rest, day);
    }
    if (!isQuoted && !SkipSyslogStamp(rest))
    {
        return std::nullopt;
    }
    const auto* const mark =
        std::find_if(ROW_MARKS.begin(),
                     ROW_MARKS.end(),
                     [&](const auto& known) { return rest.find(known.first) != rest.npos; });
    if (mark == ROW_MARKS.end())
    {
        return std::nullopt;
    }
    MarkedRow row;
    const std::size_t at = rest.find(mark->first);
    const std::string_view head = rest.substr(0, at);
    row.text = Trim(rest.substr(at + mark->first.size()), " \t\r\"");
    // "C:203.0.113.2  RCPT TO:<joe@example.com>"
    std::string_view behind = row.text;
    if (const auto address = HostAddress::Parse(scan::Word(behind)))
    {
        row.address = *address;
        row.text = Trim(behind);
    }
    row.speaker = mark->second != Speaker::Unknown ? mark->second
                  : IsReplyLine(row.text)          ? Speaker::Server
                                                   : Speaker::Client;
    const bool isSent = mark->first == "SENT: " || mark->first == "--> ";
    const bool isReceived = mark->first == "RECEIVED: " || mark->first == "<-- ";
    const std::string program = InLowerCase(head);
    row.isServers = ((isSent || isReceived) && isSent == (row.speaker == Speaker::Server)) ||
                    program.find("smtpd") != program.npos;
    row.key = Trim(head, " :");
    if (isQuoted)
    {
        // "SMTPD" thread session "time" "address"
        std::vector<std::string_view> columns;
        for (std::string_view columnsLeft = head; !columnsLeft.empty();)
        {
            const std::size_t end = std::min(columnsLeft.find('\t'), columnsLeft.size());
            columns.push_back(Trim(columnsLeft.substr(0, end), "\""));
            columnsLeft.remove_prefix(std::min(end + 1, columnsLeft.size()));
        }
        row.key = columns.size() > 2 ? std::string(columns[0]) + std::string(columns[2]) : row.key;
        row.address =
            columns.size() > 4 ? HostAddress::Parse(columns[4]).value_or(row.address) : row.address;
    }
    return row;
}

} // namespace bouncelab::detectors
