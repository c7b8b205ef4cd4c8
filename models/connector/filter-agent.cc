#include "models/connector/filter-agent.h"

#include "models/smtp/reply.h"
#include "models/smtp/rule-policy.h"
#include "models/smtp/server-persona.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

bool
FitsAny(std::string_view text, const std::vector<std::string>& patterns)
{
    return std::any_of(patterns.begin(),
                       patterns.end(),
                       [text](const std::string& p) { return smtp::FitsPattern(text, p); });
}

bool
Holds(const std::vector<IpAddress>& addresses, IpAddress address)
{
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

void
CheckRefusal(const char* key, const std::string& text, std::vector<std::string>& faults)
{
    if (smtp::CheckReplyText(key, text, faults) && text[0] != '4' && text[0] != '5')
    {
        faults.push_back(
            fmt::format("{}: found code {}, expected 4yz or 5yz", key, text.substr(0, 3)));
    }
}

} // namespace

std::string_view
NameOfTest(FilterTestName test)
{
    static constexpr std::string_view NAMES[] = {"none",
                                                 "dha-protection",
                                                 "recipient",
                                                 "sender-whitelist",
                                                 "ip-whitelist",
                                                 "sender-blacklist",
                                                 "subject-blacklist",
                                                 "intermediate-host",
                                                 "authenticated"};
    return NAMES[static_cast<std::size_t>(test)];
}

std::string_view
NameOfAction(FilterAction action)
{
    static constexpr std::string_view NAMES[] =
        {"pass", "whitelist", "count", "reject", "ban", "tarpit"};
    return NAMES[static_cast<std::size_t>(action)];
}

std::vector<std::string>
CheckFilter(const FilterConfig& config)
{
    std::vector<std::string> faults;
    CheckRefusal("harvest.reply", config.harvest.reply, faults);
    CheckRefusal("recipient-reply", config.recipientReply, faults);
    CheckRefusal("sender-reply", config.senderReply, faults);
    CheckRefusal("content-reply", config.contentReply, faults);
    return faults;
}

/// A request with the way its events go.
struct FilterAgent::Look
{
    const FilterRequest& request;
    FilterPoint point;
    FilterObserver& observer;
    std::string_view recipient;
    std::string_view domain;

    FilterEvent Event(FilterTestName test, FilterAction action) const
    {
        FilterEvent event;
        event.time = request.now;
        event.point = point;
        event.test = test;
        event.action = action;
        event.sender = request.sender;
        event.recipient = recipient;
        return event;
    }

    void Tell(FilterTestName test, FilterAction action) const
    {
        observer.OnFilter(Event(test, action));
    }
};

FilterAgent::FilterAgent(FilterConfig config, const Organization& organization)
    : m_config(std::move(config))
    , m_organization(organization)
    , m_harvest(m_config.harvest)
{
}

std::optional<FilterTestName>
FilterAgent::WhyLeftAlone(const FilterRequest& request) const
{
    if (request.bypass)
    {
        return FilterTestName::Authenticated;
    }
    if (Holds(m_config.intermediateHosts, request.client))
    {
        return FilterTestName::IntermediateHost;
    }
    return std::nullopt;
}

std::optional<FilterTestName>
FilterAgent::WhyWhitelisted(const FilterRequest& request) const
{
    if (Holds(m_config.addressWhitelist, request.client))
    {
        return FilterTestName::AddressWhitelist;
    }
    if (FitsAny(request.sender, m_config.senderWhitelist))
    {
        return FilterTestName::SenderWhitelist;
    }
    return std::nullopt;
}

FilterDecision
FilterAgent::Refuse(Look& look, FilterTestName test, const std::string& reply, bool ofRecipient)
{
    FilterDecision decision{reply, {}, m_config.closeAfterHit};
    FilterEvent event = look.Event(test, FilterAction::Reject);
    event.reply = reply;
    look.observer.OnFilter(event);
    if (m_config.tarpit == FilterTarpit::AnyHit ||
        (m_config.tarpit == FilterTarpit::InvalidRecipient && ofRecipient))
    {
        decision.delay = m_config.tarpitDelay;
        event.action = FilterAction::Tarpit;
        event.delay = decision.delay;
        look.observer.OnFilter(event);
    }
    return decision;
}

FilterDecision
FilterAgent::JudgeRecipient(Look& look)
{
    const FilterRequest& request = look.request;
    const HarvestProtectionConfig& harvest = m_config.harvest;
    if (harvest.enabled && m_harvest.BannedUntil(request.client, request.now))
    {
        return Refuse(look, FilterTestName::Harvest, harvest.reply, false);
    }
    if (!m_organization.IsUnknown(look.domain, look.recipient))
    {
        return {};
    }
    if (harvest.enabled && !Holds(harvest.exceptAddresses, request.client) &&
        !FitsAny(request.sender, harvest.exceptSenders) &&
        !FitsAny(look.recipient, harvest.exceptRecipients))
    {
        const HarvestProtection::AttemptResult attempt =
            m_harvest.CountInvalid(request.client, request.now);
        FilterEvent event = look.Event(FilterTestName::Harvest, FilterAction::Count);
        event.count = attempt.count;
        event.limit = harvest.attempts;
        look.observer.OnFilter(event);
        if (attempt.banned)
        {
            event.action = FilterAction::Ban;
            event.until = *attempt.banned;
            look.observer.OnFilter(event);
            return Refuse(look, FilterTestName::Harvest, harvest.reply, true);
        }
    }
    if (m_config.recipientTest)
    {
        return Refuse(look, FilterTestName::Recipient, m_config.recipientReply, true);
    }
    return {};
}

FilterDecision
FilterAgent::OnRecipient(const FilterRequest& request, FilterObserver& observer)
{
    Look look{request, FilterPoint::BeforeArrival, observer, request.recipient, request.domain};
    if (const auto why = WhyLeftAlone(request))
    {
        look.Tell(*why, FilterAction::Pass);
        return {};
    }
    const auto whitelisted = WhyWhitelisted(request);
    if (whitelisted)
    {
        look.Tell(*whitelisted, FilterAction::Whitelist);
    }
    if (m_config.recipientPoint == FilterPoint::BeforeArrival)
    {
        FilterDecision decision = JudgeRecipient(look);
        if (!decision.reply.empty())
        {
            return decision;
        }
    }
    if (!whitelisted && FitsAny(request.sender, m_config.senderBlacklist))
    {
        return Refuse(look, FilterTestName::SenderBlacklist, m_config.senderReply, false);
    }
    if (!whitelisted)
    {
        look.Tell(FilterTestName::None, FilterAction::Pass);
    }
    return {};
}

FilterDecision
FilterAgent::OnMessage(const FilterRequest& request,
                       const std::vector<std::pair<std::string, std::string>>& recipients,
                       std::string_view subject,
                       FilterObserver& observer)
{
    Look look{request, FilterPoint::OnArrival, observer, {}, {}};
    if (!recipients.empty())
    {
        look.recipient = recipients.front().first;
    }
    if (const auto why = WhyLeftAlone(request))
    {
        look.Tell(*why, FilterAction::Pass);
        return {};
    }
    const auto whitelisted = WhyWhitelisted(request);
    if (whitelisted)
    {
        look.Tell(*whitelisted, FilterAction::Whitelist);
    }
    if (m_config.recipientPoint == FilterPoint::OnArrival)
    {
        for (const auto& [mailbox, domain] : recipients)
        {
            look.recipient = mailbox;
            look.domain = domain;
            FilterDecision decision = JudgeRecipient(look);
            if (!decision.reply.empty())
            {
                return decision;
            }
        }
    }
    if (whitelisted)
    {
        return {};
    }
    if (FitsAny(subject, m_config.subjectBlacklist))
    {
        return Refuse(look, FilterTestName::SubjectBlacklist, m_config.contentReply, false);
    }
    look.Tell(FilterTestName::None, FilterAction::Pass);
    return {};
}

} // namespace bouncelab::connector
