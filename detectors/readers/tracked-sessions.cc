#include "detectors/readers/tracked-sessions.h"

#include "formats/exchange-fields.h"

#include <string>

namespace bouncelab::detectors
{

namespace
{

const HostAddress THIS_HOST(Ipv4{0x7F000001});

} // namespace

std::optional<LogSession>
SessionOf(const TrackedEvent& event, std::uint16_t file)
{
    const bool sends = event.event == "SEND";
    const bool refuses = event.event == "REFUSE";
    if (event.source != "SMTP" || event.recipients.empty() ||
        (!sends && !refuses && event.event != "RECEIVE") || (sends ? !event.server : !event.client))
    {
        return std::nullopt;
    }
    LogSession session;
    session.detail = LogDetail::Transactions;
    session.type = sends ? ProtocolLogType::Send : ProtocolLogType::Receive;
    session.local.address = (sends ? event.client : event.server).value_or(THIS_HOST);
    session.remote.address = (sends ? event.server : event.client).value_or(THIS_HOST);
    LogRow row;
    row.time = event.time;
    row.line = event.line;
    row.file = file;
    const auto say = [&](const std::string& command)
    {
        session.Append(row,
                       sends ? fields::protocol::SEND : fields::protocol::RECEIVE,
                       command,
                       event.text);
    };
    const auto answer = [&](const std::string& reply)
    {
        session.Append(row,
                       sends ? fields::protocol::RECEIVE : fields::protocol::SEND,
                       reply,
                       event.text);
    };
    if (!sends && !event.clientName.empty())
    {
        say("EHLO " + event.clientName);
        answer("250");
    }
    if (!event.user.empty())
    {
        session.Append(row,
                       fields::protocol::INFORMATION,
                       event.user,
                       fields::protocol::AUTHENTICATED);
    }
    const bool isNull = event.returnPath == "<>";
    say("MAIL FROM:<" +
        (isNull                     ? std::string()
         : event.returnPath.empty() ? event.sender
                                    : event.returnPath) +
        ">");
    answer("250");
    for (std::size_t i = 0; i < event.recipients.size(); ++i)
    {
        say("RCPT TO:<" + event.recipients[i] + ">");
        answer(refuses && i < event.statuses.size() ? event.statuses[i] : "250");
    }
    if (!refuses)
    {
        say("DATA");
        answer("354");
        answer("250 " + event.messageId);
    }
    return session;
}

} // namespace bouncelab::detectors
