#ifndef BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H

#include "models/connector/access.h"
#include "models/connector/back-pressure.h"
#include "models/connector/connection-limits.h"
#include "models/connector/connector-replies.h"
#include "models/connector/tarpit.h"
#include "models/smtp/think-time.h"

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::connector
{

/// SizeEnabled of Set-ReceiveConnector.
enum class SizeKeyword
{
    Disabled,
    Enabled,
    EnabledWithoutValue,
};

constexpr auto
EnumNames(SizeKeyword)
{
    return std::array<EnumName<SizeKeyword>, 3>{
        {{"disabled", SizeKeyword::Disabled},
         {"enabled", SizeKeyword::Enabled},
         {"enabled-without-value", SizeKeyword::EnabledWithoutValue}}};
}

/// Which of the server's EHLO keywords a connector offers. The server's persona has their order.
struct KeywordSwitches
{
    SizeKeyword size = Field(&size, "size", SizeKeyword::Enabled) | "SizeEnabled.";
    bool pipelining = Field(&pipelining, "pipelining", true) | "PipeliningEnabled.";
    bool dsn = Field(&dsn, "dsn", true) | "DeliveryStatusNotificationEnabled.";
    bool enhancedStatusCodes =
        Field(&enhancedStatusCodes, "enhanced-status-codes", true) | "EnhancedStatusCodesEnabled.";
    bool eightBitMime = Field(&eightBitMime, "eight-bit-mime", true) | "EightBitMimeEnabled.";
    bool binaryMime = Field(&binaryMime, "binary-mime", true) | "BinaryMimeEnabled.";
    bool chunking = Field(&chunking, "chunking", true) | "ChunkingEnabled.";
    bool orar = Field(&orar, "orar") | "OrarEnabled: XORAR.";
    bool longAddresses =
        Field(&longAddresses, "long-addresses") | "LongAddressesEnabled: XLONGADDR.";
    bool suppressXAnonymousTls =
        Field(&suppressXAnonymousTls, "suppress-x-anonymous-tls") | "SuppressXAnonymousTls.";
    bool authGssapi =
        Field(&authGssapi, "auth-gssapi") | "EnableAuthGSSAPI: GSSAPI among the AUTH mechanisms.";
};

/// 0 means no limit where it says so.
struct SessionLimits
{
    Nanoseconds connectionTimeout =
        Field(&connectionTimeout, "connection-timeout", std::chrono::minutes(10)).Range(1e9, 1e15) |
        "ConnectionTimeout: longest connection, busy or not; longer than the other.";
    Nanoseconds inactivityTimeout =
        Field(&inactivityTimeout, "inactivity-timeout", std::chrono::minutes(5)).Range(1e9, 1e15) |
        "ConnectionInactivityTimeout: longest silence.";
    std::uint32_t protocolErrors =
        Field(&protocolErrors, "protocol-errors", 5).Range(0, 2147483647) |
        "MaxProtocolErrors: the next one closes; 0 = any number.";
    std::uint32_t logonFailures = Field(&logonFailures, "logon-failures", 3).Range(0, 10) |
                                  "MaxLogonFailures: the next one closes; 0 = any number.";
    std::uint32_t recipients =
        Field(&recipients, "recipients", 200).Range(1, 512000) | "MaxRecipientsPerMessage.";
    std::uint64_t messageSize =
        Field(&messageSize, "message-size", 37748736).Unit("octets").Range(1, 1e12) |
        "MaxMessageSize.";
    std::uint32_t headerSize =
        Field(&headerSize, "header-size", 262144).Unit("octets").Range(1, 1e9) | "MaxHeaderSize.";
    std::uint32_t hops =
        Field(&hops, "hops", 30).Range(1, 500) | "MaxHopCount: Received fields of a message.";
    std::uint32_t localHops = Field(&localHops, "local-hops", 8).Range(1, 50) |
                              "MaxLocalHopCount: those among them that this server wrote.";
};

/// Delayed acknowledgement, Exchange 2010's duty to hosts that keep no shadow copy themselves: the
/// reply to a message waits for its delivery, but not for ever.
struct AcknowledgementConfig
{
    bool shadowRedundancy =
        Field(&shadowRedundancy, "shadow-redundancy", true) |
        "ShadowRedundancyEnabled: without it, messages are acknowledged at once.";
    Nanoseconds maximum = Field(&maximum, "maximum", std::chrono::seconds(30)).Range(0, 600e9) |
                          "MaxAcknowledgementDelay: the reply waits no longer; 0 = not at all.";
    smtp::ThinkTime delivery =
        Field(&delivery, "delivery") |
        "How long the server takes to deliver a message to where it goes next.";
};

/**
 * A Receive connector with the parameters of Set-ReceiveConnector and of the transport service
 * behind it. Where a version or an administrator differs from these defaults (facts F01 to F13),
 * its persona or the scenario says so.
 */
struct ReceiveConnectorConfig
{
    static constexpr std::string_view FOLDER = "connectors"; //!< Of personas.

    std::string name =
        Field(&name, "name", "Default {server}") |
        "Name of the connector; `{server}` stands for the first label of the host's name.";
    std::vector<ConnectorAuthMechanism> authMechanisms =
        Field(&authMechanisms,
              "auth-mechanisms",
              {ConnectorAuthMechanism::Tls,
               ConnectorAuthMechanism::Integrated,
               ConnectorAuthMechanism::BasicAuth,
               ConnectorAuthMechanism::BasicAuthRequireTls,
               ConnectorAuthMechanism::ExchangeServer}) |
        "AuthMechanism.";
    std::vector<PermissionGroup> permissionGroups =
        Field(&permissionGroups,
              "permission-groups",
              {PermissionGroup::ExchangeUsers,
               PermissionGroup::ExchangeServers,
               PermissionGroup::ExchangeLegacyServers}) |
        "PermissionGroups: who may submit at all.";
    std::vector<Permission> grantedToAnonymous =
        Field(&grantedToAnonymous, "granted-to-anonymous") |
        "Rights of anonymous clients beyond their group's; `accept-any-recipient` makes a relay.";
    std::vector<Permission> deniedToAnonymous =
        Field(&deniedToAnonymous, "denied-to-anonymous") |
        "Rights that are taken from them; `accept-authoritative-domain-sender` stops senders of "
        "the own domains.";
    bool recipientLookup = Field(&recipientLookup, "recipient-lookup") |
                           "The Recipient Filter is on: unknown mailboxes are refused at RCPT.";
    bool requireHelloName =
        Field(&requireHelloName, "require-hello-name") |
        "RequireEHLODomain: the name after EHLO must be a domain or an address literal.";
    bool rejectBareLineFeed =
        Field(&rejectBareLineFeed, "reject-bare-line-feed") | "BareLinefeedRejectionEnabled.";
    KeywordSwitches keywords = Field(&keywords, "keywords") | "What EHLO offers.";
    SessionLimits limits = Field(&limits, "limits") | "Limits of one session.";
    ConnectionLimitsConfig connections =
        Field(&connections, "connections") | "Limits of connections and rates.";
    TarpitConfig tarpit = Field(&tarpit, "tarpit") | "Deliberate delay of replies.";
    AcknowledgementConfig acknowledgement =
        Field(&acknowledgement, "acknowledgement") | "Delayed acknowledgement of messages.";
    BackPressureConfig backPressure =
        Field(&backPressure, "back-pressure") | "What a lack of resources does.";
    ConnectorReplies replies = Field(&replies, "replies") | "Texts.";
};

/**
 * What is wrong with a connector beyond single values: reply texts, mechanisms and timeouts that
 * exclude one another. One clear line each ("limits.connection-timeout: ..."); empty if nothing is.
 */
std::vector<std::string> CheckReceiveConnector(const ReceiveConnectorConfig& config);

bool Uses(const ReceiveConnectorConfig& config, ConnectorAuthMechanism mechanism);
bool Lets(const ReceiveConnectorConfig& config, PermissionGroup group);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H
