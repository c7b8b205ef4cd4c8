#include "lab/live/live-messages.h"

#include "formats/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

std::string
TextOf(const nlohmann::json& record, const char* key)
{
    const auto value = record.find(key);
    return value != record.end() && value->is_string() ? value->get<std::string>() : std::string();
}

const char*
NameOf(mail::SenderView view)
{
    switch (view)
    {
    case mail::SenderView::Delivered:
        return "sent";
    case mail::SenderView::Failed:
        return "bounced";
    case mail::SenderView::Lost:
        return "lost";
    case mail::SenderView::Pending:
        break;
    }
    return "pending";
}

} // namespace

LiveMessages::LiveMessages(std::set<std::string> nodes, std::set<std::string> localDomains)
    : m_nodes(std::move(nodes))
    , m_localDomains(std::move(localDomains))
{
}

LiveMessage&
LiveMessages::At(std::string_view messageId, const std::string& recipient, SimTime now)
{
    const auto [place, isNew] =
        m_messages.emplace(Key(messageId, InLowerCase(recipient)), LiveMessage());
    if (isNew)
    {
        place->second.messageId = messageId;
        place->second.recipient = recipient;
        place->second.sent = now;
    }
    return place->second;
}

bool
LiveMessages::IsLocal(const std::string& recipient) const
{
    return m_localDomains.count(InLowerCase(recipient.substr(recipient.rfind('@') + 1))) > 0;
}

void
LiveMessages::OnSubmitted(const std::string& node, SimTime now, const mail::Submission& message)
{
    for (const std::string& recipient : message.envelope.recipients)
    {
        At(mail::MessageIdOf(*message.content), recipient, now).from = node;
    }
}

void
LiveMessages::OnAccepted(const std::string& host, const smtp::MessageEvent& event)
{
    for (const smtp::EnvelopeEntry& recipient : event.envelope.recipients)
    {
        At(mail::MessageIdOf(*event.content), recipient.path.Mailbox(), SimTime(event.time))
            .accepted.push_back(host);
    }
}

void
LiveMessages::OnOutcome(const std::string& host, const mail::MessageOutcome& outcome)
{
    if (HasAccepted(host, outcome.messageId))
    {
        return;
    }
    for (const mail::RecipientOutcome& recipient : outcome.recipients)
    {
        LiveMessage& message = At(outcome.messageId, recipient.recipient, outcome.queued);
        if (m_nodes.count(message.from) == 0)
        {
            message.from = host;
            message.senderSaw = NameOf(recipient.sender);
            message.reply = recipient.report;
        }
    }
}

bool
LiveMessages::HasAccepted(const std::string& host, const std::string& messageId) const
{
    for (auto message = m_messages.lower_bound(Key(messageId, ""));
         message != m_messages.end() && message->first.first == messageId;
         ++message)
    {
        const std::vector<std::string>& hosts = message->second.accepted;
        if (std::find(hosts.begin(), hosts.end(), host) != hosts.end())
        {
            return true;
        }
    }
    return false;
}

void
LiveMessages::ReadFolder(const std::string& node, const fs::path& folder)
{
    std::error_code ignored;
    if (fs::exists(folder / "messages.jsonl", ignored))
    {
        ReadStates(node, folder / "messages.jsonl");
    }
    if (!fs::exists(folder / "mbox", ignored))
    {
        return;
    }
    for (auto& [key, message] : m_messages)
    {
        if (IsLocal(message.recipient) && message.from != node)
        {
            message.copies = std::max(message.copies, 0);
        }
    }
    ReadMailbox(folder / "mbox");
}

void
LiveMessages::ReadStates(const std::string& node, const fs::path& file)
{
    std::ifstream lines(file);
    std::string line;
    while (std::getline(lines, line))
    {
        const auto record = nlohmann::json::parse(line, nullptr, false);
        if (!record.is_object())
        {
            continue;
        }
        const auto message = m_messages.find(
            Key(TextOf(record, "message_id"), InLowerCase(TextOf(record, "recipient"))));
        if (message != m_messages.end() &&
            (message->second.from.empty() || message->second.from == node))
        {
            message->second.senderSaw = TextOf(record, "state");
            message->second.reply = TextOf(record, "reply");
        }
    }
}

void
LiveMessages::ReadMailbox(const fs::path& file)
{
    std::ifstream lines(file);
    std::string line;
    std::string header;
    bool inHeader = false;
    while (std::getline(lines, line))
    {
        if (StartsWith(line, "From "))
        {
            inHeader = true;
            header.clear();
        }
        else if (inHeader && (line.empty() || line == "\r"))
        {
            inHeader = false;
            CountCopies(header);
        }
        else if (inHeader)
        {
            header += line + "\n";
        }
    }
}

void
LiveMessages::CountCopies(const std::string& header)
{
    const std::string id(mail::MessageIdOf(header));
    const std::string_view field = "delivered-to: ";
    std::istringstream lines(header);
    std::string line;
    std::set<std::string> recipients;
    while (std::getline(lines, line))
    {
        if (StartsWithIgnoringCase(line, field))
        {
            recipients.insert(InLowerCase(line.substr(field.size())));
        }
    }
    for (const std::string& recipient : recipients)
    {
        const auto message = m_messages.find(Key(id, recipient));
        if (message != m_messages.end() && message->second.copies >= 0)
        {
            ++message->second.copies;
        }
    }
}

std::vector<LiveMessage>
LiveMessages::All() const
{
    std::set<std::string> simulated;
    for (const auto& [key, message] : m_messages)
    {
        if (!message.from.empty() && m_nodes.count(message.from) == 0)
        {
            simulated.insert(key.first);
        }
    }
    std::vector<LiveMessage> all;
    for (const auto& [key, message] : m_messages)
    {
        const bool isFromSimulated = simulated.count(key.first) > 0;
        if (!isFromSimulated || IsLocal(message.recipient))
        {
            all.push_back(message);
        }
    }
    std::stable_sort(all.begin(),
                     all.end(),
                     [](const LiveMessage& a, const LiveMessage& b) { return a.sent < b.sent; });
    return all;
}

} // namespace bouncelab::live
