#ifndef BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H

#include "models/connector/access.h"
#include "models/connector/back-pressure.h"
#include "models/connector/connection-limits.h"
#include "models/connector/connector-replies.h"
#include "models/connector/tarpit.h"
#include "models/smtp/think-time.h"

#include "formats/describe.h"

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
    SizeKeyword size = SizeKeyword::Enabled;
    bool pipelining = true;
    bool dsn = true;
    bool enhancedStatusCodes = true;
    bool eightBitMime = true;
    bool binaryMime = true;
    bool chunking = true;
    bool orar = false;
    bool longAddresses = false;
    bool suppressXAnonymousTls = false;
    bool authGssapi = false;
};

template <class Visitor>
void
Describe(Visitor& v, KeywordSwitches& k)
{
    v.Field("size", k.size, {"SizeEnabled."});
    v.Field("pipelining", k.pipelining, {"PipeliningEnabled."});
    v.Field("dsn", k.dsn, {"DeliveryStatusNotificationEnabled."});
    v.Field("enhanced-status-codes", k.enhancedStatusCodes, {"EnhancedStatusCodesEnabled."});
    v.Field("eight-bit-mime", k.eightBitMime, {"EightBitMimeEnabled."});
    v.Field("binary-mime", k.binaryMime, {"BinaryMimeEnabled."});
    v.Field("chunking", k.chunking, {"ChunkingEnabled."});
    v.Field("orar", k.orar, {"OrarEnabled: XORAR."});
    v.Field("long-addresses", k.longAddresses, {"LongAddressesEnabled: XLONGADDR."});
    v.Field("suppress-x-anonymous-tls", k.suppressXAnonymousTls, {"SuppressXAnonymousTls."});
    v.Field("auth-gssapi", k.authGssapi, {"EnableAuthGSSAPI: GSSAPI among the AUTH mechanisms."});
}

/// 0 means no limit where it says so.
struct SessionLimits
{
    Nanoseconds connectionTimeout = std::chrono::minutes(10);
    Nanoseconds inactivityTimeout = std::chrono::minutes(5);
    std::uint32_t protocolErrors = 5;
    std::uint32_t logonFailures = 3;
    std::uint32_t recipients = 200;
    std::uint64_t messageSize = 37748736;
    std::uint32_t headerSize = 262144;
    std::uint32_t hops = 30;
    std::uint32_t localHops = 8;
};

template <class Visitor>
void
Describe(Visitor& v, SessionLimits& l)
{
    v.Field("connection-timeout",
            l.connectionTimeout,
            {"ConnectionTimeout: longest connection, busy or not; longer than the other.",
             "",
             1e9,
             1e15});
    v.Field("inactivity-timeout",
            l.inactivityTimeout,
            {"ConnectionInactivityTimeout: longest silence.", "", 1e9, 1e15});
    v.Field("protocol-errors",
            l.protocolErrors,
            {"MaxProtocolErrors: the next one closes; 0 = any number.", "", 0, 2147483647});
    v.Field("logon-failures",
            l.logonFailures,
            {"MaxLogonFailures: the next one closes; 0 = any number.", "", 0, 10});
    v.Field("recipients", l.recipients, {"MaxRecipientsPerMessage.", "", 1, 512000});
    v.Field("message-size", l.messageSize, {"MaxMessageSize.", "octets", 1, 1e12});
    v.Field("header-size", l.headerSize, {"MaxHeaderSize.", "octets", 1, 1e9});
    v.Field("hops", l.hops, {"MaxHopCount: Received fields of a message.", "", 1, 500});
    v.Field("local-hops",
            l.localHops,
            {"MaxLocalHopCount: those among them that this server wrote.", "", 1, 50});
}

/// Delayed acknowledgement, Exchange 2010's duty to hosts that keep no shadow copy themselves: the
/// reply to a message waits for its delivery, but not for ever.
struct AcknowledgementConfig
{
    bool shadowRedundancy = true;
    Nanoseconds maximum = std::chrono::seconds(30);
    smtp::ThinkTime delivery;
};

template <class Visitor>
void
Describe(Visitor& v, AcknowledgementConfig& a)
{
    v.Field("shadow-redundancy",
            a.shadowRedundancy,
            {"ShadowRedundancyEnabled: without it, messages are acknowledged at once."});
    v.Field("maximum",
            a.maximum,
            {"MaxAcknowledgementDelay: the reply waits no longer; 0 = not at all.", "", 0, 600e9});
    v.Field("delivery",
            a.delivery,
            {"How long the server takes to deliver a message to where it goes next."});
}

/**
 * A Receive connector with the parameters of Set-ReceiveConnector and of the transport service
 * behind it. Where a version or an administrator differs from these defaults (facts F01 to F13),
 * its persona or the scenario says so.
 */
struct ReceiveConnectorConfig
{
    static constexpr std::string_view FOLDER = "connectors"; //!< Of personas.

    std::string name = "Default {server}";
    std::vector<AuthMechanism> authMechanisms = {AuthMechanism::Tls,
                                                 AuthMechanism::Integrated,
                                                 AuthMechanism::BasicAuth,
                                                 AuthMechanism::BasicAuthRequireTls,
                                                 AuthMechanism::ExchangeServer};
    std::vector<PermissionGroup> permissionGroups = {PermissionGroup::ExchangeUsers,
                                                     PermissionGroup::ExchangeServers,
                                                     PermissionGroup::ExchangeLegacyServers};
    std::vector<Permission> grantedToAnonymous;
    std::vector<Permission> deniedToAnonymous;
    bool recipientLookup = false;
    bool requireHelloName = false;
    bool rejectBareLineFeed = false;
    KeywordSwitches keywords;
    SessionLimits limits;
    ConnectionLimitsConfig connections;
    TarpitConfig tarpit;
    AcknowledgementConfig acknowledgement;
    BackPressureConfig backPressure;
    ConnectorReplies replies;
};

template <class Visitor>
void
Describe(Visitor& v, ReceiveConnectorConfig& c)
{
    v.Field("name",
            c.name,
            {"Name of the connector; `{server}` stands for the first label of the host's name."});
    v.Field("auth-mechanisms", c.authMechanisms, {"AuthMechanism."});
    v.Field("permission-groups", c.permissionGroups, {"PermissionGroups: who may submit at all."});
    v.Field("granted-to-anonymous",
            c.grantedToAnonymous,
            {"Rights of anonymous clients beyond their group's; `accept-any-recipient` makes a "
             "relay."});
    v.Field("denied-to-anonymous",
            c.deniedToAnonymous,
            {"Rights that are taken from them; `accept-authoritative-domain-sender` stops senders "
             "of the own domains."});
    v.Field("recipient-lookup",
            c.recipientLookup,
            {"The Recipient Filter is on: unknown mailboxes are refused at RCPT."});
    v.Field("require-hello-name",
            c.requireHelloName,
            {"RequireEHLODomain: the name after EHLO must be a domain or an address literal."});
    v.Field("reject-bare-line-feed", c.rejectBareLineFeed, {"BareLinefeedRejectionEnabled."});
    v.Field("keywords", c.keywords, {"What EHLO offers."});
    v.Field("limits", c.limits, {"Limits of one session."});
    v.Field("connections", c.connections, {"Limits of connections and rates."});
    v.Field("tarpit", c.tarpit, {"Deliberate delay of replies."});
    v.Field("acknowledgement", c.acknowledgement, {"Delayed acknowledgement of messages."});
    v.Field("back-pressure", c.backPressure, {"What a lack of resources does."});
    v.Field("replies", c.replies, {"Texts."});
}

/**
 * What is wrong with a connector beyond single values: reply texts, mechanisms and timeouts that
 * exclude one another. One clear line each ("limits.connection-timeout: ..."); empty if nothing is.
 */
std::vector<std::string> CheckReceiveConnector(const ReceiveConnectorConfig& config);

bool Uses(const ReceiveConnectorConfig& config, AuthMechanism mechanism);
bool Lets(const ReceiveConnectorConfig& config, PermissionGroup group);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_RECEIVE_CONNECTOR_CONFIG_H
