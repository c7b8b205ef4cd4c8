#include "models/dns/blacklist.h"

#include "models/dns/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::dns
{

namespace
{

// RFC 5782 5.
constexpr IpAddress ALWAYS_LISTED = Ipv4{0x7F000002};
constexpr IpAddress NEVER_LISTED = Ipv4{0x7F000001};

/// What an IPv6 list has in their places: ::ffff:7f00:2 (RFC 5782 5).
bool
IsAlwaysListedInIpv6(std::string_view name, std::string_view zone)
{
    constexpr std::string_view NIBBLES =
        "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.";
    return name.size() == NIBBLES.size() + zone.size() &&
           name.substr(0, NIBBLES.size()) == NIBBLES && name.substr(NIBBLES.size()) == zone;
}

constexpr std::string_view SPAM_TRAP = "spam-trap";

std::uint32_t
WholeSeconds(Nanoseconds time)
{
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

void
Count(std::deque<Nanoseconds>& hits, Nanoseconds now, Nanoseconds window)
{
    hits.push_back(now);
    while (hits.front() + window <= now)
    {
        hits.pop_front();
    }
}

bool
IsErrorCode(Ipv4 code)
{
    return code.value >> 8 == 0x7FFFFF;
}

} // namespace

std::string_view
NameOfChange(ListingChange change)
{
    constexpr std::array<std::string_view, 7>
        NAMES{"hit", "listed", "published", "removed", "refused", "expired", "withdrawn"};
    return NAMES[static_cast<std::size_t>(change)];
}

std::vector<std::string>
CheckBlacklistPolicy(const BlacklistPolicy& policy)
{
    std::vector<std::string> faults;
    if (policy.code.value >> 24 != 127 || IsErrorCode(policy.code) || NEVER_LISTED == policy.code)
    {
        faults.push_back(fmt::format("code: found {}, expected an address in 127.0.0.0/8 that is "
                                     "neither 127.0.0.1 nor in 127.255.255.0/24 (RFC 5782 2.1)",
                                     policy.code.ToString()));
    }
    if (!IsErrorCode(policy.refusalCode))
    {
        faults.push_back(fmt::format("refusal-code: found {}, expected one in 127.255.255.0/24",
                                     policy.refusalCode.ToString()));
    }
    return faults;
}

Blacklist::Blacklist(const std::string& zone, const BlacklistPolicy& policy)
    : m_zone(*ReadName(zone))
    , m_policy(policy)
{
}

void
Blacklist::Tell(IpAddress address, const Entry& entry, ListingChange change, Nanoseconds now)
{
    ListingEvent event;
    event.time = now;
    event.address = address;
    event.change = change;
    event.list = m_policy.title;
    event.zone = m_zone;
    event.hello = entry.hello;
    event.reason = entry.reason;
    event.hits = static_cast<std::uint32_t>(entry.reason == SPAM_TRAP ? entry.trapHits.size()
                                                                      : entry.helloHits.size());
    event.listings = entry.listings;
    event.detected = entry.lastHit;
    event.removed = entry.removed;
    event.updateInterval = m_policy.updateInterval;
    m_events.push(std::move(event));
}

void
Blacklist::Sight(const Sighting& sighting, Nanoseconds now)
{
    Advance(now);
    if ((!sighting.atTrap && sighting.helloFault.empty()) || sighting.client == NEVER_LISTED)
    {
        return;
    }
    Entry& entry = m_entries[sighting.client];
    Count(sighting.atTrap ? entry.trapHits : entry.helloHits, now, m_policy.window);
    entry.lastHit = now;
    entry.hello = sighting.hello;
    entry.reason = sighting.atTrap ? std::string(SPAM_TRAP) : sighting.helloFault;
    Tell(sighting.client, entry, ListingChange::Hit, now);
    const bool enough = sighting.atTrap ? entry.trapHits.size() >= m_policy.trapHits
                                        : entry.helloHits.size() >= m_policy.helloHits;
    if (enough && !entry.listed)
    {
        entry.listed = true;
        ++entry.listings;
        Tell(sighting.client, entry, ListingChange::Listed, now);
        m_update = (now / m_policy.updateInterval + 1) * m_policy.updateInterval;
    }
}

void
Blacklist::Remove(IpAddress address, Nanoseconds now)
{
    Advance(now);
    const auto found = m_entries.find(address);
    if (found == m_entries.end() || !found->second.listed)
    {
        return;
    }
    Entry& entry = found->second;
    if (!m_policy.selfService)
    {
        Tell(address, entry, ListingChange::Refused, now);
        return;
    }
    entry.listed = false;
    entry.trapHits.clear();
    entry.helloHits.clear();
    entry.removed = now;
    Tell(address, entry, ListingChange::Removed, now);
    m_update = (now / m_policy.updateInterval + 1) * m_policy.updateInterval;
}

void
Blacklist::Advance(Nanoseconds now)
{
    for (auto& [address, entry] : m_entries)
    {
        const Nanoseconds end = entry.lastHit + m_policy.expiry;
        if (entry.listed && end <= now)
        {
            entry.listed = false;
            Tell(address, entry, ListingChange::Expired, end);
            m_update =
                m_update.value_or((end / m_policy.updateInterval + 1) * m_policy.updateInterval);
        }
    }
    if (m_update && *m_update <= now)
    {
        Publish(*m_update);
    }
}

void
Blacklist::Publish(Nanoseconds now)
{
    m_update.reset();
    for (auto& [address, entry] : m_entries)
    {
        if (entry.listed != entry.published)
        {
            entry.published = entry.listed;
            Tell(address,
                 entry,
                 entry.published ? ListingChange::Published : ListingChange::Withdrawn,
                 now);
        }
    }
}

std::optional<Nanoseconds>
Blacklist::NextTimer() const
{
    std::optional<Nanoseconds> next = m_update;
    for (const auto& [address, entry] : m_entries)
    {
        if (entry.listed)
        {
            const Nanoseconds end = entry.lastHit + m_policy.expiry;
            next = next ? std::min(*next, end) : end;
        }
    }
    return next;
}

std::optional<ListingEvent>
Blacklist::TakeEvent()
{
    if (m_events.empty())
    {
        return std::nullopt;
    }
    ListingEvent event = std::move(m_events.front());
    m_events.pop();
    return event;
}

bool
Blacklist::IsListed(IpAddress address) const
{
    const auto found = m_entries.find(address);
    return found != m_entries.end() && found->second.listed;
}

bool
Blacklist::IsPublished(IpAddress address) const
{
    const auto found = m_entries.find(address);
    return address == ALWAYS_LISTED || (found != m_entries.end() && found->second.published);
}

void
Blacklist::Say(Message& response, Ipv4 code, const std::string& reason) const
{
    const Question& question = response.question;
    const std::uint32_t ttl = WholeSeconds(m_policy.ttl);
    if (question.type == RecordType::A || question.type == RecordType::Any)
    {
        response.answers.push_back({question.name, RecordType::A, ttl, code.ToString()});
    }
    if (question.type == RecordType::Txt || question.type == RecordType::Any)
    {
        response.answers.push_back({question.name, RecordType::Txt, ttl, reason});
    }
    if (response.answers.empty())
    {
        Deny(response, ResponseCode::NoError);
    }
}

void
Blacklist::Deny(Message& response, ResponseCode code) const
{
    const std::uint32_t ttl = WholeSeconds(m_policy.negativeTtl);
    response.code = code;
    response.authority = {
        {m_zone,
         RecordType::Soa,
         ttl,
         fmt::format("ns.{0} hostmaster.{0} 1 3600 900 604800 {1}", m_zone, ttl)}};
}

void
Blacklist::Answer(Message& response, IpAddress client) const
{
    const Question& question = response.question;
    response.authoritative = true;
    if (question.name == m_zone)
    {
        Deny(response, ResponseCode::NoError);
        if (question.type == RecordType::Soa || question.type == RecordType::Any)
        {
            response.answers = std::move(response.authority);
            response.authority.clear();
        }
        return;
    }
    const auto address = AddressOfReverse(question.name, m_zone);
    const auto& refused = m_policy.refusedClients;
    if (address && std::find(refused.begin(), refused.end(), client) != refused.end())
    {
        Say(response, m_policy.refusalCode, "Error: you may not ask this list from here");
        return;
    }
    const bool isTest = IsAlwaysListedInIpv6(question.name, m_zone);
    if (!isTest && (!address || !IsPublished(*address)))
    {
        Deny(response, ResponseCode::NoSuchName);
        return;
    }
    constexpr std::string_view WORD = "{address}";
    std::string reason = m_policy.reason;
    const std::size_t at = reason.find(WORD);
    if (at != reason.npos)
    {
        reason.replace(at, WORD.size(), isTest ? "::FFFF:7F00:2" : address->ToString());
    }
    Say(response, m_policy.code, reason);
}

} // namespace bouncelab::dns
