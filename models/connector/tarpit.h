#ifndef BOUNCELAB_MODELS_CONNECTOR_TARPIT_H
#define BOUNCELAB_MODELS_CONNECTOR_TARPIT_H

#include "models/connector/recent-table.h"

#include "formats/address.h"
#include "formats/field.h"

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
    Nanoseconds interval = Field(&interval, "interval", std::chrono::seconds(5)).Range(0, 600e9) |
                           "TarpitInterval: delay of each reply under the rule; authenticated "
                           "clients are never delayed. 0 = off.";
    Nanoseconds authInterval =
        Field(&authInterval, "auth-interval", std::chrono::seconds(5)).Range(0, 600e9) |
        "AuthTarpitInterval: the same for AUTH that fails.";
    TarpitRule rule = Field(&rule, "rule", TarpitRule::ErrorReplies) | "Which replies are delayed.";
    bool filterReplies =
        Field(&filterReplies, "filter-replies") |
        "The rule holds for what a filter refuses, too; else the filter's own delay alone.";
    DiscreditRule discredit =
        Field(&discredit, "discredit", DiscreditRule::Dropped) |
        "Which tarpitted clients are discredited: on return, all their replies are delayed.";
    Nanoseconds discreditPeriod =
        Field(&discreditPeriod, "discredit-period", std::chrono::hours(1)).Range(0, 1e17) |
        "How long an address stays discredited (not documented).";
    std::uint32_t discreditedAddresses =
        Field(&discreditedAddresses, "discredited-addresses", 10000).Range(1, 1e7) |
        "How many addresses are remembered (not documented).";
};

/// The tarpit of one connector: what it delays, and whom it remembers.
class Tarpit
{
  public:
    explicit Tarpit(const TarpitConfig& config)
        : m_config(config)
        , m_discredited(config.discreditedAddresses)
    {
    }

    bool IsDiscredited(IpAddress client, Nanoseconds now);

    /// A tarpitted session of this client has ended. \param dropped it went away without QUIT.
    void Ended(IpAddress client, bool dropped, Nanoseconds now);

    /// The delay of a reply to a client that is not authenticated.
    Nanoseconds DelayOf(std::uint32_t code, bool discredited, bool ofAuth) const;

    std::size_t Remembered() const { return m_discredited.Size(); }

  private:
    TarpitConfig m_config;
    RecentTable<IpAddress, Nanoseconds> m_discredited; //!< Until when.
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TARPIT_H
