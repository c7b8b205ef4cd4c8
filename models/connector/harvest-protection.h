#ifndef BOUNCELAB_MODELS_CONNECTOR_HARVEST_PROTECTION_H
#define BOUNCELAB_MODELS_CONNECTOR_HARVEST_PROTECTION_H

#include "models/connector/filter-config.h"
#include "models/connector/recent-table.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bouncelab::connector
{

/// The count and the bans of a harvest test, by address.
class HarvestProtection
{
  public:
    /// What an invalid attempt led to.
    struct AttemptResult
    {
        std::uint32_t count = 0;           //!< Within the period, this one included.
        std::optional<Nanoseconds> banned; //!< Until when, if this attempt caused the ban.
    };

    explicit HarvestProtection(const HarvestProtectionConfig& config)
        : m_config(config)
        , m_records(config.addresses)
    {
    }

    /// Until when an address is banned. Nothing but time lifts a ban.
    std::optional<Nanoseconds> BannedUntil(IpAddress client, Nanoseconds now);

    AttemptResult CountInvalid(IpAddress client, Nanoseconds now);

    std::size_t Remembered() const { return m_records.Size(); }

  private:
    struct Record
    {
        std::vector<Nanoseconds> attempts; //!< Those within the period; fewer than the limit.
        Nanoseconds bannedUntil{0};
    };

    HarvestProtectionConfig m_config;
    RecentTable<IpAddress, Record> m_records;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_HARVEST_PROTECTION_H
