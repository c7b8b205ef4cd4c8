#include "detectors/readers/sendmail-log-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/sendmail-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// The value behind "name=", up to ", " in front of another name; "stat=" and "reject=" take all.
std::string_view
ValueOf(std::string_view text, std::string_view name)
{
    std::size_t at = 0;
    for (;;)
    {
        at = text.find(name, at);
        if (at == text.npos)
        {
            return {};
        }
        if (at == 0 || (at >= 2 && text.substr(at - 2, 2) == ", "))
        {
            break;
        }
        ++at;
    }
    std::string_view value = text.substr(at + name.size());
    if (name == fields::sendmail::STATUS || name == fields::sendmail::REJECT)
    {
        return value;
    }
    // A quoted local part may hold commas; a bracketed path ends where its bracket does.
    if (!value.empty() && value.front() == '<')
    {
        const std::size_t end = value.find(">,");
        return end == value.npos ? value : value.substr(0, end + 1);
    }
    return value.substr(0, value.find(','));
}

std::string
InBrackets(std::string_view path)
{
    if (path.size() >= 2 && path.front() == '<' && path.back() == '>')
    {
        path = path.substr(1, path.size() - 2);
    }
    return std::string(path);
}

/// "tester.example.net [192.0.2.7]" taken apart.
std::pair<std::string, std::optional<HostAddress>>
RelayOf(std::string_view relay)
{
    const std::size_t open = relay.find('[');
    if (open == relay.npos)
    {
        return {std::string(Trim(relay, LINE_BLANKS)), std::nullopt};
    }
    const std::string_view rest = relay.substr(open + 1);
    return {std::string(Trim(relay.substr(0, open), LINE_BLANKS)),
            HostAddress::ParseAny(rest.substr(0, rest.find(']')))};
}

/// Where the program is named: as sendmail, or as one of the names that its parts have ("sm-mta").
std::size_t
TagIn(std::string_view text)
{
    const std::size_t tag = text.find(fields::sendmail::TAG);
    const auto row = tag == text.npos ? ParseSyslogRow(text) : std::nullopt;
    return row && StartsWith(row->program, "sm-")
               ? static_cast<std::size_t>(row->program.data() - text.data())
               : tag;
}

} // namespace

bool
SendmailLogReader::Line(std::uint32_t number, std::string_view text)
{
    const std::size_t tag = TagIn(text);
    if (tag == text.npos)
    {
        return false;
    }
    if (m_events.size() + m_users.size() >= GetCaps().sendmailEvents)
    {
        LeaveOut();
        return false;
    }
    const auto stamp = TakeSyslogStamp(text.substr(0, tag));
    const std::size_t colon = text.find("]: ", tag);
    if (!stamp || colon == text.npos)
    {
        return false;
    }
    std::string_view rest = text.substr(colon + 3);
    const std::size_t bracket = text.rfind('[', colon);
    const std::string process(text.substr(bracket + 1, colon - bracket - 1));
    if (StartsWith(rest, fields::sendmail::LOGGED_ON))
    {
        m_users[process] = ValueOf(rest, fields::sendmail::AUTHENTICATED);
        return true;
    }
    const std::size_t end = rest.find(": ");
    if (end == rest.npos)
    {
        return false;
    }
    const std::string_view id = rest.substr(0, end);
    rest = Trim(rest.substr(end + 2), LINE_BLANKS);
    TrackedEvent event;
    event.line = number;
    event.time = stamp->In1972();
    event.internalId = id;
    event.text = text;
    if (rest.substr(0, fields::sendmail::FROM.size()) == fields::sendmail::FROM)
    {
        const auto user = m_users.find(process);
        const std::string_view protocol = ValueOf(rest, fields::sendmail::PROTOCOL);
        event.user = user != m_users.end()     ? user->second
                     : EndsWith(protocol, "A") ? std::string(protocol)
                                               : std::string();
        ReadFrom(id, rest, std::move(event));
    }
    else if (rest.substr(0, fields::sendmail::TO.size()) == fields::sendmail::TO)
    {
        ReadTo(id, rest, std::move(event));
    }
    else if (rest.substr(0, fields::sendmail::RULESET.size()) == fields::sendmail::RULESET)
    {
        ReadReject(id, rest, event);
    }
    else if (const std::size_t dsn = rest.find(fields::sendmail::REPORT);
             dsn != rest.npos && dsn > 2)
    {
        event.source = event.event = "DSN";
        event.internalId = rest.substr(0, dsn - 2);
        event.reference = m_messages[std::string(id)].messageId;
        event.returnPath = "<>";
        m_messages[event.internalId].events.push_back(m_events.size());
        m_events.push_back(std::move(event));
    }
    return true;
}

void
SendmailLogReader::ReadFrom(std::string_view id, std::string_view text, TrackedEvent event)
{
    Message& message = m_messages[std::string(id)];
    message.messageId = ValueOf(text, fields::sendmail::MESSAGE_ID);
    message.sender = InBrackets(ValueOf(text, fields::sendmail::FROM));
    const auto [name, address] = RelayOf(ValueOf(text, fields::sendmail::RELAY));
    std::string_view size = ValueOf(text, fields::sendmail::SIZE);
    event.octets = static_cast<std::uint64_t>(scan::Number(size).value_or(0));
    event.client = address;
    event.clientName = name;
    event.source = address ? "SMTP" : "STOREDRIVER";
    event.event = message.refused.empty() || !message.messageId.empty() ? "RECEIVE" : "REFUSE";
    message.events.push_back(m_events.size());
    m_events.push_back(std::move(event));
}

void
SendmailLogReader::ReadTo(std::string_view id, std::string_view text, TrackedEvent event)
{
    Message& message = m_messages[std::string(id)];
    const std::string_view status = ValueOf(text, fields::sendmail::STATUS);
    const bool isLocal = ValueOf(text, fields::sendmail::MAILER) == fields::sendmail::LOCAL_MAILER;
    const auto [name, address] = RelayOf(ValueOf(text, fields::sendmail::RELAY));
    event.recipients = {InBrackets(ValueOf(text, fields::sendmail::TO))};
    event.statuses = {std::string(status)};
    event.server = address;
    event.source = isLocal ? "STOREDRIVER" : "SMTP";
    event.event =
        status.substr(0, fields::sendmail::SENT.size()) == fields::sendmail::SENT
            ? isLocal ? "DELIVER" : "SEND"
        : status.substr(0, fields::sendmail::DEFERRED.size()) == fields::sendmail::DEFERRED
            ? "DEFER"
            : "FAIL";
    message.events.push_back(m_events.size());
    m_events.push_back(std::move(event));
}

void
SendmailLogReader::ReadReject(std::string_view id, std::string_view text, const TrackedEvent&)
{
    Message& message = m_messages[std::string(id)];
    if (message.refused.size() >= GetCaps().sendmailRecipients)
    {
        LeaveOut();
    }
    else
    {
        message.refused.push_back(InBrackets(ValueOf(text, fields::sendmail::ARGUMENT)));
        message.refusals.emplace_back(ValueOf(text, fields::sendmail::REJECT));
    }
}

void
SendmailLogReader::Complete(Message& message)
{
    const auto takes = [&](std::size_t index)
    { return m_events[index].event == "RECEIVE" || m_events[index].event == "DSN"; };
    const auto first = std::find_if(message.events.begin(), message.events.end(), takes);
    TrackedEvent* receipt = first == message.events.end() ? nullptr : &m_events[*first];
    for (const std::size_t index : message.events)
    {
        TrackedEvent& event = m_events[index];
        event.messageId = message.messageId;
        event.sender = message.sender;
        event.returnPath = message.sender.empty() ? "<>" : message.sender;
        if (takes(index))
        {
            receipt = &event;
        }
        else if (event.event == "REFUSE")
        {
            event.recipients = std::move(message.refused);
            event.statuses = std::move(message.refusals);
        }
        else if (receipt && receipt->recipients.size() >= GetCaps().sendmailRecipients)
        {
            LeaveOut();
        }
        else if (receipt)
        {
            receipt->recipients.push_back(event.recipients.front());
        }
    }
}

void
SendmailLogReader::End()
{
    for (auto& [id, message] : m_messages)
    {
        Complete(message);
    }
    for (const TrackedEvent& event : m_events)
    {
        m_handler(event);
    }
    m_messages.clear();
    m_events.clear();
    m_users.clear();
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::Sendmail::Readers(detectors::ServerLogs& logs,
                                       const std::string& file,
                                       ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::SendmailLogReader>(detectors::KeepIn(logs.tracked, file)));
}
