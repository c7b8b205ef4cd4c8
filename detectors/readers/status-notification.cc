#include "detectors/readers/status-notification.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view DIAGNOSTIC = "diagnostic-code";
constexpr std::string_view FINAL_RECIPIENT = "final-recipient";

constexpr std::array<std::string_view, 15> NOTIFICATION_FIELDS{DIAGNOSTIC,
                                                               FINAL_RECIPIENT,
                                                               "original-recipient",
                                                               "action",
                                                               "status",
                                                               "remote-mta",
                                                               "reporting-mta",
                                                               "received-from-mta",
                                                               "arrival-date",
                                                               "last-attempt-date",
                                                               "will-retry-until",
                                                               "final-log-id",
                                                               "original-envelope-id",
                                                               "x-failed-recipients",
                                                               "x-display-name"};

bool
IsAction(std::string_view value)
{
    const std::string action = InLowerCase(value);
    return StartsWith(action, "failed") || StartsWith(action, "delayed") ||
           StartsWith(action, "delivered") || StartsWith(action, "relayed") ||
           StartsWith(action, "expanded");
}

/// The value of "dns; mx.example", without its type.
std::string_view
WithoutType(std::string_view value)
{
    const std::size_t end = value.find(';');
    return Trim(end == value.npos ? value : value.substr(end + 1), LINE_BLANKS);
}

} // namespace

bool
StatusNotification::Line(std::uint32_t number, std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    const std::size_t colon = text.find(':');
    const std::string name =
        InLowerCase(text.substr(0, std::min<std::size_t>(colon, scan::LONGEST_FIELD)));
    const bool isField = colon != text.npos &&
                         std::find(NOTIFICATION_FIELDS.begin(), NOTIFICATION_FIELDS.end(), name) !=
                             NOTIFICATION_FIELDS.end();
    if (text.empty() || StartsWith(text, "--"))
    {
        End();
        return false;
    }
    if (!isField)
    {
        // Folded, or what is left of it where somebody took the indentation away.
        const bool goesOn =
            m_last == DIAGNOSTIC &&
            (scan::IsSpace(line.front()) || IsReplyCodeAt(text, 0) || text.find(": ") == text.npos);
        std::string& value = m_fields[m_last];
        if (!goesOn || value.size() > scan::LONGEST_FIELD)
        {
            m_last.clear();
            m_fields.erase("");
            return false;
        }
        value += " ";
        value += text;
        ++m_lines;
        return true;
    }
    if (m_fields.count(name) > 0 && (name == FINAL_RECIPIENT || name == DIAGNOSTIC))
    {
        End();
    }
    // Other texts have a "Status:" and an "Action:" of their own.
    const std::string_view first = Trim(text.substr(colon + 1), LINE_BLANKS);
    std::string_view code = first;
    if (m_fields.empty() && (name == "status" || name == "action") &&
        (name == "action" ? !IsAction(first) : TakeEnhancedCode(code).empty()))
    {
        return false;
    }
    m_last = name;
    m_fields[name] = Trim(text.substr(colon + 1), LINE_BLANKS);
    if (name == DIAGNOSTIC || m_line == 0)
    {
        m_line = number;
        m_text = text;
        m_lines = 1;
    }
    return true;
}

void
StatusNotification::End()
{
    const std::map<std::string, std::string> fields = std::exchange(m_fields, {});
    const std::uint32_t line = std::exchange(m_line, 0);
    m_last.clear();
    const auto value = [&](std::string_view name)
    {
        const auto found = fields.find(std::string(name));
        return found == fields.end() ? std::string_view() : std::string_view(found->second);
    };
    const std::string action = InLowerCase(value("action"));
    const std::string_view status = value("status").substr(0, value("status").find(' '));
    const bool isFailure = !status.empty() && status[0] != '2';
    const bool isDone = IsAction(action) && action[0] != 'f' && !StartsWith(action, "delayed");
    if (isDone || (value(DIAGNOSTIC).empty() && !(isFailure && !action.empty())))
    {
        return;
    }
    ReportedReply reply;
    reply.line = line;
    reply.lines = m_lines;
    reply.text = m_text;
    reply.program = "delivery status notification";
    reply.recipient = InLowerCase(Trim(WithoutType(value(FINAL_RECIPIENT)), "<> "));
    const std::string_view remote = WithoutType(value("remote-mta"));
    ReadHost(remote.substr(0, remote.find_first_of(" (")), reply.host, reply.address);
    if (const auto address = scan::After(remote, "("))
    {
        reply.address = HostAddress::Parse(address->substr(0, address->find_first_of(",) ")))
                            .value_or(reply.address);
    }
    reply.isFinal = !StartsWith(action, "delayed");
    ReadReason(WithoutType(value(DIAGNOSTIC)), reply);
    reply.status = status;
    reply.enhanced = reply.code == 0 && reply.enhanced.empty() ? reply.status : reply.enhanced;
    if (reply.Words().empty())
    {
        reply.failure = "status " + reply.status;
    }
    m_handler(reply);
}

} // namespace bouncelab::detectors
