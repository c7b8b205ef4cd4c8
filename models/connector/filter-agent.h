#ifndef BOUNCELAB_MODELS_CONNECTOR_FILTER_AGENT_H
#define BOUNCELAB_MODELS_CONNECTOR_FILTER_AGENT_H

#include "models/connector/filter-config.h"
#include "models/connector/harvest-protection.h"
#include "models/connector/organization.h"

#include "formats/address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::connector
{

enum class FilterTestName
{
    None,
    Harvest,
    Recipient,
    SenderWhitelist,
    AddressWhitelist,
    SenderBlacklist,
    SubjectBlacklist,
    IntermediateHost,
    Authenticated,
};

std::string_view NameOfTest(FilterTestName test); //!< "dha-protection"

enum class FilterAction
{
    Pass,
    Whitelist,
    Count, //!< An invalid attempt was counted.
    Reject,
    Ban,    //!< An address was banned; the refusal itself follows.
    Tarpit, //!< The reply of the refusal before it is delayed.
};

std::string_view NameOfAction(FilterAction action); //!< "reject"

/// One line of a filter's log.
struct FilterEvent
{
    Nanoseconds time{0};
    FilterPoint point = FilterPoint::BeforeArrival;
    FilterTestName test = FilterTestName::None;
    FilterAction action = FilterAction::Pass;
    std::string_view sender;
    std::string_view recipient; //!< At on-arrival: of the first.
    std::string_view reply;     //!< With its code, where something is refused.
    std::uint32_t count = 0;    //!< Invalid attempts in the period.
    std::uint32_t limit = 0;    //!< How many ban.
    Nanoseconds until{0};       //!< End of the ban, in the session's time.
    Nanoseconds delay{0};       //!< Of the tarpit.
};

/// What the filter looks at.
struct FilterRequest
{
    Nanoseconds now{0};
    IpAddress client;
    bool bypass = false;        //!< The session has the right to pass filters by.
    std::string_view sender;    //!< Mailbox; empty for the null sender.
    std::string_view recipient; //!< Mailbox.
    std::string_view domain;    //!< Of the recipient.
};

/// How the filter decides.
struct FilterDecision
{
    std::string reply; //!< Empty = passes.
    Nanoseconds delay{0};
    bool close = false;
};

/// Hears what the filter does, in order. Views are valid during the call only.
class FilterObserver
{
  public:
    virtual ~FilterObserver() = default;

    virtual void OnFilter(const FilterEvent&) = 0;
};

/**
 * A filter agent of one server: its tests, and what it remembers of clients.
 *
 * A whitelist is looked at first, and its hit is in the log; but the tests of recipients judge all
 * the same (S000-04).
 */
class FilterAgent
{
  public:
    /// \pre the config is without fault (CheckFilter). The organization has to outlive the filter.
    FilterAgent(FilterConfig config, const Organization& organization);

    FilterDecision OnRecipient(const FilterRequest& request, FilterObserver& observer);

    /// \param recipients mailboxes of the envelope with their domains; the request's are not used
    FilterDecision OnMessage(const FilterRequest& request,
                             const std::vector<std::pair<std::string, std::string>>& recipients,
                             std::string_view subject,
                             FilterObserver& observer);

    std::size_t Remembered() const { return m_harvest.Remembered(); }

  private:
    struct Look;

    FilterDecision JudgeRecipient(Look& look);
    FilterDecision Refuse(Look& look,
                          FilterTestName test,
                          const std::string& reply,
                          bool ofRecipient);
    std::optional<FilterTestName> WhyLeftAlone(const FilterRequest& request) const;
    std::optional<FilterTestName> WhyWhitelisted(const FilterRequest& request) const;

    FilterConfig m_config;
    const Organization& m_organization;
    HarvestProtection m_harvest;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_FILTER_AGENT_H
