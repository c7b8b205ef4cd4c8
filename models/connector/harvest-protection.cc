#include "models/connector/harvest-protection.h"

#include <algorithm>

namespace bouncelab::connector
{

std::optional<Nanoseconds>
HarvestProtection::BannedUntil(IpAddress client, Nanoseconds now)
{
    const Record* record = m_records.Find(client);
    if (!record || record->bannedUntil <= now)
    {
        return std::nullopt;
    }
    return record->bannedUntil;
}

HarvestProtection::AttemptResult
HarvestProtection::CountInvalid(IpAddress client, Nanoseconds now)
{
    Record& record = m_records.Get(client);
    auto& attempts = record.attempts;
    const auto isOld = [this, now](Nanoseconds time) { return time + m_config.period <= now; };
    attempts.erase(attempts.begin(), std::find_if_not(attempts.begin(), attempts.end(), isOld));
    attempts.push_back(now);
    AttemptResult attempt{static_cast<std::uint32_t>(attempts.size()), {}};
    if (attempt.count >= m_config.attempts)
    {
        attempts.clear();
        record.bannedUntil = now + m_config.ban;
        attempt.banned = record.bannedUntil;
    }
    return attempt;
}

} // namespace bouncelab::connector
