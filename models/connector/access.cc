#include "models/connector/access.h"

namespace bouncelab::connector
{

namespace
{

constexpr std::string_view LOG_NAMES[PERMISSION_COUNT] = {"SMTPSubmit",
                                                          "SMTPAcceptAnyRecipient",
                                                          "SMTPAcceptAuthenticationFlag",
                                                          "SMTPAcceptAnySender",
                                                          "SMTPAcceptAuthoritativeDomainSender",
                                                          "BypassAntiSpam",
                                                          "BypassMessageSizeLimit",
                                                          "SMTPAcceptEXCH50",
                                                          "AcceptRoutingHeaders",
                                                          "AcceptForestHeaders",
                                                          "AcceptOrganizationHeaders"};

} // namespace

std::string
Permissions::ToString() const
{
    std::string out;
    for (std::size_t i = 0; i < PERMISSION_COUNT; ++i)
    {
        if (Has(static_cast<Permission>(i)))
        {
            out += out.empty() ? "" : " ";
            out += LOG_NAMES[i];
        }
    }
    return out.empty() ? "None" : out;
}

Permissions
RightsOf(PermissionGroup group)
{
    using P = Permission;
    switch (group)
    {
    case PermissionGroup::AnonymousUsers:
        return {P::Submit,
                P::AcceptAnySender,
                P::AcceptAuthoritativeDomainSender,
                P::AcceptRoutingHeaders};
    case PermissionGroup::ExchangeUsers:
        return {P::Submit, P::AcceptAnyRecipient, P::BypassAntiSpam, P::AcceptRoutingHeaders};
    case PermissionGroup::ExchangeServers:
        return {P::Submit,
                P::AcceptAnyRecipient,
                P::AcceptAuthenticationFlag,
                P::AcceptAnySender,
                P::AcceptAuthoritativeDomainSender,
                P::BypassAntiSpam,
                P::BypassMessageSizeLimit,
                P::AcceptExch50,
                P::AcceptRoutingHeaders,
                P::AcceptForestHeaders,
                P::AcceptOrganizationHeaders};
    case PermissionGroup::ExchangeLegacyServers:
        return {P::Submit,
                P::AcceptAnyRecipient,
                P::AcceptAuthenticationFlag,
                P::AcceptAnySender,
                P::AcceptAuthoritativeDomainSender,
                P::BypassAntiSpam,
                P::BypassMessageSizeLimit,
                P::AcceptExch50,
                P::AcceptRoutingHeaders};
    case PermissionGroup::Partners:
        return {P::Submit, P::AcceptRoutingHeaders};
    }
    return {};
}

} // namespace bouncelab::connector
