#ifndef BOUNCELAB_MODELS_CONNECTOR_ACCESS_H
#define BOUNCELAB_MODELS_CONNECTOR_ACCESS_H

#include "formats/enum-names.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace bouncelab::connector
{

/// AuthMechanism of Set-ReceiveConnector.
enum class ConnectorAuthMechanism
{
    Tls,                   //!< Offers STARTTLS.
    Integrated,            //!< NTLM, and GSSAPI where it is enabled.
    BasicAuth,             //!< LOGIN.
    BasicAuthRequireTls,   //!< LOGIN under TLS only; with BasicAuth and Tls.
    ExchangeServer,        //!< X-ANONYMOUSTLS and X-EXPS.
    ExternalAuthoritative, //!< Whoever connects is trusted as a server of the organization.
};

constexpr auto
EnumNames(ConnectorAuthMechanism)
{
    return std::array<EnumName<ConnectorAuthMechanism>, 6>{
        {{"tls", ConnectorAuthMechanism::Tls},
         {"integrated", ConnectorAuthMechanism::Integrated},
         {"basic-auth", ConnectorAuthMechanism::BasicAuth},
         {"basic-auth-require-tls", ConnectorAuthMechanism::BasicAuthRequireTls},
         {"exchange-server", ConnectorAuthMechanism::ExchangeServer},
         {"external-authoritative", ConnectorAuthMechanism::ExternalAuthoritative}}};
}

/// Who a connector lets in, and with which rights (PermissionGroups).
enum class PermissionGroup
{
    AnonymousUsers,
    ExchangeUsers,
    ExchangeServers,
    ExchangeLegacyServers,
    Partners,
};

constexpr auto
EnumNames(PermissionGroup)
{
    return std::array<EnumName<PermissionGroup>, 5>{
        {{"anonymous-users", PermissionGroup::AnonymousUsers},
         {"exchange-users", PermissionGroup::ExchangeUsers},
         {"exchange-servers", PermissionGroup::ExchangeServers},
         {"exchange-legacy-servers", PermissionGroup::ExchangeLegacyServers},
         {"partners", PermissionGroup::Partners}}};
}

/// A right of a session, in the order in which the protocol log names them.
enum class Permission
{
    Submit,                          //!< May send mail at all: ms-Exch-SMTP-Submit
    AcceptAnyRecipient,              //!< May relay.
    AcceptAuthenticationFlag,        //!< Is believed when it says who submitted.
    AcceptAnySender,                 //!< May use senders of other domains, or of other users.
    AcceptAuthoritativeDomainSender, //!< May use senders of the accepted domains.
    BypassAntiSpam,                  //!< Filters pass it by.
    BypassMessageSizeLimit,
    AcceptExch50,
    AcceptRoutingHeaders,
    AcceptForestHeaders,
    AcceptOrganizationHeaders,
};

constexpr std::size_t PERMISSION_COUNT = 11;

constexpr auto
EnumNames(Permission)
{
    return std::array<EnumName<Permission>, PERMISSION_COUNT>{
        {{"submit", Permission::Submit},
         {"accept-any-recipient", Permission::AcceptAnyRecipient},
         {"accept-authentication-flag", Permission::AcceptAuthenticationFlag},
         {"accept-any-sender", Permission::AcceptAnySender},
         {"accept-authoritative-domain-sender", Permission::AcceptAuthoritativeDomainSender},
         {"bypass-anti-spam", Permission::BypassAntiSpam},
         {"bypass-message-size-limit", Permission::BypassMessageSizeLimit},
         {"accept-exch50", Permission::AcceptExch50},
         {"accept-routing-headers", Permission::AcceptRoutingHeaders},
         {"accept-forest-headers", Permission::AcceptForestHeaders},
         {"accept-organization-headers", Permission::AcceptOrganizationHeaders}}};
}

/// A set of rights.
class Permissions
{
  public:
    constexpr Permissions() = default;

    constexpr Permissions(std::initializer_list<Permission> list)
    {
        for (const Permission permission : list)
        {
            Add(permission);
        }
    }

    constexpr bool Has(Permission p) const { return (m_bits & Bit(p)) != 0; }

    constexpr void Add(Permission p) { m_bits |= Bit(p); }

    constexpr void Remove(Permission p) { m_bits &= ~Bit(p); }

    constexpr bool Empty() const { return m_bits == 0; }

    /// As the protocol log has them: "SMTPSubmit SMTPAcceptAnySender ..."; "None" without any.
    std::string ToString() const;

    friend constexpr bool operator==(Permissions a, Permissions b) { return a.m_bits == b.m_bits; }

  private:
    static constexpr std::uint32_t Bit(Permission p) { return 1U << static_cast<unsigned>(p); }

    std::uint32_t m_bits = 0;
};

/// What the members of a group may do.
Permissions RightsOf(PermissionGroup group);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_ACCESS_H
