#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

using Words = dialects::Barracuda;

/// "name[192.0.2.7]" taken apart; "unknown" is no name.
std::pair<std::string, std::optional<HostAddress>>
ClientOf(std::string_view text)
{
    const std::size_t open = text.rfind('[');
    if (open == text.npos || text.back() != ']')
    {
        return {};
    }
    const std::string_view name = text.substr(0, open);
    return {std::string(name == Words::NO_NAME ? std::string_view() : name),
            HostAddress::ParseAny(text.substr(open + 1, text.size() - open - 2))};
}

/// Why a gateway refuses, by its number of the reason (the vendor's page names them so).
std::string_view
RefusalWords(std::int64_t reason)
{
    static constexpr std::array<std::pair<std::int64_t, std::string_view>, 9> REASONS{
        {{1, "Virus"},
         {2, "Banned attachment"},
         {3, "RBL match"},
         {Words::RATE_CONTROL, "Rate limit (rate control)"},
         {5, "Too many messages in session"},
         {Words::NO_SUCH_DOMAIN, "No such domain here, relaying not allowed"},
         {Words::NO_SUCH_USER, "No such user"},
         {9, "Subject filter: message content"},
         {Words::CLIENT_IP, "Client IP blocked"}}};
    const auto* const known = std::find_if(REASONS.begin(),
                                           REASONS.end(),
                                           [&](const auto& row) { return row.first == reason; });
    return known == REASONS.end() ? std::string_view() : known->second;
}

std::string
Address(std::string_view word)
{
    return std::string(word == Words::NOTHING ? std::string_view() : word);
}

/**
 * Reads a Barracuda gateway's mail syslog as events of messages, in the words of Exchange's
 * tracking log: RECV is REFUSE, and a reply of the gateway's, of which its reason is told; SCAN is
 * RECEIVE, or FAIL where the gateway keeps the message; SEND
 * is SEND, DEFER or FAIL of the message whose id it has. The id is the internal id; there are no
 * Message-IDs. A SEND tells its time by its syslog stamp alone, which counts from the SCAN's.
 */
class BarracudaReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TrackedEvent&)>;
    using Refused = std::function<void(const ReportedReply&)>;

    BarracudaReader(Handler handler, Refused refused)
        : m_handler(std::move(handler))
        , m_refused(std::move(refused))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Barracuda mail syslog"; }

    void End() override
    {
        for (const TrackedEvent& event : m_events)
        {
            m_handler(event);
        }
        m_events.clear();
        m_messages.clear();
    }

  private:
    struct Message
    {
        std::size_t receipt = 0; //!< Into m_events.
        WallTime time{};
        WallTime stamp{};
    };

    void ReadRecv(std::string_view info, TrackedEvent event);
    void TellRefusal(std::string_view info, const TrackedEvent& event);
    void ReadScan(std::string_view info, TrackedEvent event, WallTime stamp);
    void ReadSend(std::string_view info, TrackedEvent event, WallTime stamp);

    Handler m_handler;
    Refused m_refused;
    std::vector<TrackedEvent> m_events;
    std::map<std::string, Message> m_messages; //!< By the gateway's id.
};

bool
BarracudaReader::Line(std::uint32_t number, std::string_view text)
{
    std::size_t tag = text.npos;
    for (const std::string_view process : {Words::RECEIVER, Words::SCANNER, Words::SENDER})
    {
        tag = std::min(tag, text.find(process));
    }
    const std::size_t colon = tag == text.npos ? text.npos : text.find("]: ", tag);
    if (colon == text.npos)
    {
        return false;
    }
    if (m_events.size() >= GetCaps().barracudaEvents)
    {
        LeaveOut();
        return false;
    }
    const auto stamp = TakeSyslogStamp(text.substr(0, tag));
    std::string_view info = text.substr(colon + 3);
    TrackedEvent event;
    std::tie(event.clientName, event.client) = ClientOf(scan::Word(info));
    event.internalId = scan::Word(info);
    scan::Word(info);
    scan::SkipSpace(info);
    const auto end = scan::Number(info);
    const std::string_view service = scan::Word(info);
    if (!stamp || !end)
    {
        return false;
    }
    event.line = number;
    event.text = text;
    event.time = WallTime(std::chrono::seconds(*end));
    event.source = "SMTP";
    if (service == Words::RECEIVE)
    {
        ReadRecv(info, std::move(event));
    }
    else if (service == Words::SCAN)
    {
        ReadScan(info, std::move(event), stamp->In1972());
    }
    else if (service == Words::SEND)
    {
        ReadSend(info, std::move(event), stamp->In1972());
    }
    return true;
}

void
BarracudaReader::ReadRecv(std::string_view info, TrackedEvent event)
{
    event.sender = Address(scan::Word(info));
    event.returnPath = event.sender.empty() ? "<>" : event.sender;
    const std::string recipient = Address(scan::Word(info));
    scan::SkipSpace(info);
    const auto action = scan::Number(info);
    if (recipient.empty() || !action)
    {
        return;
    }
    event.event = "REFUSE";
    event.recipients = {recipient};
    event.statuses = {*action == Words::DEFERRED ? "451" : "550"};
    TellRefusal(info, event);
    m_events.push_back(std::move(event));
}

void
BarracudaReader::TellRefusal(std::string_view info, const TrackedEvent& event)
{
    scan::SkipSpace(info);
    const auto reason = scan::Number(info);
    const std::string_view words = reason ? RefusalWords(*reason) : std::string_view();
    if (words.empty())
    {
        return;
    }
    std::string_view more = Trim(info.substr(0, info.find(Words::SIZE)), LINE_BLANKS);
    more = more == Words::NOTHING ? std::string_view() : more;
    ReportedReply reply;
    reply.line = event.line;
    reply.text = event.text;
    reply.time = event.time;
    reply.program = "Barracuda log";
    reply.witness = ReportedReply::Witness::Server;
    reply.queueId = event.internalId;
    reply.sender = event.sender;
    reply.recipient = InLowerCase(event.recipients.front());
    reply.host = InLowerCase(event.clientName);
    reply.address = event.client.value_or(HostAddress());
    reply.stage = "RCPT";
    reply.code = event.statuses.front() == "451" ? 451 : 550;
    reply.isCodeTold = false;
    const bool isTold = StartsWith(more, words);
    reply.reply = more.empty() ? std::string(words)
                  : isTold     ? std::string(more)
                               : fmt::format("{}: {}", words, more);
    m_refused(reply);
}

void
BarracudaReader::ReadScan(std::string_view info, TrackedEvent event, WallTime stamp)
{
    scan::Word(info); // Encrypted.
    event.sender = Address(scan::Word(info));
    event.returnPath = event.sender.empty() ? "<>" : event.sender;
    event.recipients = {Address(scan::Word(info))};
    scan::Word(info); // Score.
    scan::SkipSpace(info);
    const auto action = scan::Number(info);
    if (!action || event.recipients.front().empty())
    {
        return;
    }
    if (auto size = scan::After(info, Words::SIZE))
    {
        event.octets = static_cast<std::uint64_t>(scan::Number(*size).value_or(0));
    }
    if (*action != Words::ALLOWED && *action != Words::TAGGED && *action != Words::WHITELISTED)
    {
        event.event = "FAIL";
        m_events.push_back(std::move(event));
        return;
    }
    const auto [message, isNew] =
        m_messages.try_emplace(event.internalId, Message{m_events.size(), event.time, stamp});
    if (isNew)
    {
        event.event = "RECEIVE";
        m_events.push_back(std::move(event));
    }
    else
    {
        auto& recipients = m_events[message->second.receipt].recipients;
        recipients.push_back(std::move(event.recipients.front()));
    }
}

void
BarracudaReader::ReadSend(std::string_view info, TrackedEvent event, WallTime stamp)
{
    scan::Word(info); // Encrypted.
    scan::SkipSpace(info);
    const auto action = scan::Number(info);
    scan::Word(info); // The queue's id.
    const auto message = m_messages.find(event.internalId);
    if (!action || message == m_messages.end())
    {
        return;
    }
    const TrackedEvent& receipt = m_events[message->second.receipt];
    event.client.reset();
    event.time = message->second.time + (stamp - message->second.stamp);
    event.sender = receipt.sender;
    event.returnPath = receipt.returnPath;
    event.recipients = receipt.recipients;
    event.statuses = {std::string(Trim(info, LINE_BLANKS))};
    event.octets = receipt.octets;
    event.event = *action == Words::DELIVERED ? "SEND"
                  : *action == Words::DELAYED ? "DEFER"
                                              : "FAIL";
    m_events.push_back(std::move(event));
}

} // namespace
} // namespace bouncelab::detectors

void
bouncelab::dialects::Barracuda::Readers(detectors::ServerLogs& logs,
                                        const std::string& file,
                                        ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::BarracudaReader>(detectors::KeepIn(logs.tracked, file),
                                                     detectors::KeepIn(logs.replies, file)));
}
