#ifndef BOUNCELAB_MODELS_CONNECTOR_TARPIT_H
#define BOUNCELAB_MODELS_CONNECTOR_TARPIT_H

#include "models/connector/recent-table.h"

#include "formats/address.h"
#include "formats/describe.h"

#include <array>
#include <cstdint>

namespace bouncelab::connector
{

/// Which replies a connector delays on its own account (facts F19 to F22).
enum class TarpitRule
{
    ErrorReplies,     //!< Exchange 2007 and later: 4yz and 5yz.
    PermanentReplies, //!< Windows 2003 and Exchange 2003: 5yz.
};

constexpr auto
EnumNames(TarpitRule)
{
    return std::array<EnumName<TarpitRule>, 2>{
        {{"error-replies", TarpitRule::ErrorReplies},
         {"permanent-replies", TarpitRule::PermanentReplies}}};
}

/// When the address of a client of a tarpitted session is remembered.
enum class DiscreditRule
{
    Never,
    Dropped, //!< It went away without QUIT.
    Ended,   //!< However the session ended.
};

constexpr auto
EnumNames(DiscreditRule)
{
    return std::array<EnumName<DiscreditRule>, 3>{{{"never", DiscreditRule::Never},
                                                   {"dropped", DiscreditRule::Dropped},
                                                   {"ended", DiscreditRule::Ended}}};
}

struct TarpitConfig
{
    Nanoseconds interval = std::chrono::seconds(5);
    Nanoseconds authInterval = std::chrono::seconds(5);
    TarpitRule rule = TarpitRule::ErrorReplies;
    bool filterReplies = false;
    DiscreditRule discredit = DiscreditRule::Dropped;
    Nanoseconds discreditPeriod = std::chrono::hours(1);
    std::uint32_t discreditedAddresses = 10000;
};

template <class Visitor>
void
Describe(Visitor& v, TarpitConfig& t)
{
    v.Field("interval",
            t.interval,
            {"TarpitInterval: delay of each reply under the rule; authenticated clients are never "
             "delayed. 0 = off.",
             "",
             0,
             600e9});
    v.Field("auth-interval",
            t.authInterval,
            {"AuthTarpitInterval: the same for AUTH that fails.", "", 0, 600e9});
    v.Field("rule", t.rule, {"Which replies are delayed."});
    v.Field("filter-replies",
            t.filterReplies,
            {"The rule holds for what a filter refuses, too; else the filter's own delay alone."});
    v.Field("discredit",
            t.discredit,
            {"Which tarpitted clients are discredited: on return, all their replies are delayed."});
    v.Field("discredit-period",
            t.discreditPeriod,
            {"How long an address stays discredited (not documented).", "", 0, 1e17});
    v.Field("discredited-addresses",
            t.discreditedAddresses,
            {"How many addresses are remembered (not documented).", "", 1, 1e7});
}

/// The tarpit of one connector: what it delays, and whom it remembers.
class Tarpit
{
  public:
    explicit Tarpit(const TarpitConfig& config)
        : m_config(config)
        , m_discredited(config.discreditedAddresses)
    {
    }

    bool IsDiscredited(Ipv4 client, Nanoseconds now);

    /// A tarpitted session of this client has ended. \param dropped it went away without QUIT.
    void Ended(Ipv4 client, bool dropped, Nanoseconds now);

    /// The delay of a reply to a client that is not authenticated.
    Nanoseconds DelayOf(std::uint32_t code, bool discredited, bool ofAuth) const;

    std::size_t Remembered() const { return m_discredited.Size(); }

  private:
    TarpitConfig m_config;
    RecentTable<std::uint32_t, Nanoseconds> m_discredited; //!< Until when.
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TARPIT_H
