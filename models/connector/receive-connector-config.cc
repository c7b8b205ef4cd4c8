#include "models/connector/receive-connector-config.h"

#include "models/smtp/reply.h"
#include "models/smtp/server-persona.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

void
CheckReply(std::string_view key, const std::string& text, std::vector<std::string>& faults)
{
    if (key == "queued" && text.empty())
    {
        return;
    }
    std::string plain = text;
    for (const std::string_view word : {"{message-id}", "{internal-id}"})
    {
        const std::size_t at = plain.find(word);
        if (key == "queued" && at != std::string::npos)
        {
            plain.replace(at, word.size(), "x");
        }
    }
    const std::string path = fmt::format("replies.{}", key);
    const std::size_t before = faults.size();
    smtp::CheckReplyText(path, plain, faults);
    const bool positive = key == "queued";
    if (positive && plain.find('{') != std::string::npos)
    {
        faults.push_back(fmt::format("{}: found \"{}\", expected no words but {{message-id}} and "
                                     "{{internal-id}}, once each",
                                     path,
                                     text));
    }
    if (faults.size() == before && (plain[0] == '2') != positive)
    {
        faults.push_back(fmt::format("{}: found code {}, expected {}",
                                     path,
                                     plain.substr(0, 3),
                                     positive ? "2yz" : "4yz or 5yz"));
    }
}

void
CheckThresholds(std::string_view key,
                const PressureThresholds& at,
                std::vector<std::string>& faults)
{
    if (at.lowToMedium > at.mediumToHigh || at.mediumToLow > at.highToMedium ||
        at.mediumToLow > at.lowToMedium + 1 || at.highToMedium > at.mediumToHigh + 1)
    {
        faults.push_back(
            fmt::format("back-pressure.{}: found {} {} {} {}, expected low-to-medium up "
                        "to medium-to-high, and below them the ways back",
                        key,
                        at.lowToMedium,
                        at.mediumToHigh,
                        at.highToMedium,
                        at.mediumToLow));
    }
}

} // namespace

bool
Uses(const ReceiveConnectorConfig& config, ConnectorAuthMechanism mechanism)
{
    const auto& all = config.authMechanisms;
    return std::find(all.begin(), all.end(), mechanism) != all.end();
}

bool
Lets(const ReceiveConnectorConfig& config, PermissionGroup group)
{
    const auto& all = config.permissionGroups;
    return std::find(all.begin(), all.end(), group) != all.end();
}

std::vector<std::string>
CheckReceiveConnector(const ReceiveConnectorConfig& config)
{
    std::vector<std::string> faults;
    const bool tls = Uses(config, ConnectorAuthMechanism::Tls);
    const bool basic = Uses(config, ConnectorAuthMechanism::BasicAuth);
    if (Uses(config, ConnectorAuthMechanism::BasicAuthRequireTls) && !(basic && tls))
    {
        faults.emplace_back("auth-mechanisms: found basic-auth-require-tls alone, expected "
                            "basic-auth and tls with it");
    }
    if (Uses(config, ConnectorAuthMechanism::ExternalAuthoritative))
    {
        for (const ConnectorAuthMechanism mechanism : config.authMechanisms)
        {
            if (mechanism != ConnectorAuthMechanism::Tls &&
                mechanism != ConnectorAuthMechanism::ExternalAuthoritative)
            {
                faults.push_back(fmt::format(
                    "auth-mechanisms: found {} beside external-authoritative, expected only tls",
                    NameOf(mechanism)));
            }
        }
        if (!Lets(config, PermissionGroup::ExchangeServers))
        {
            faults.emplace_back("permission-groups: found no exchange-servers, expected them with "
                                "external-authoritative");
        }
    }
    if (config.limits.connectionTimeout <= config.limits.inactivityTimeout)
    {
        faults.emplace_back("limits.connection-timeout: found no more than inactivity-timeout, "
                            "expected more");
    }
    const BackPressureConfig& pressure = config.backPressure;
    CheckThresholds("submission-queue", pressure.submissionQueue, faults);
    CheckThresholds("version-buckets", pressure.versionBuckets, faults);
    CheckThresholds("private-bytes", pressure.privateBytes, faults);
    CheckThresholds("system-memory", pressure.systemMemory, faults);
    CheckThresholds("database-disk", pressure.databaseDisk, faults);
    CheckThresholds("log-disk", pressure.logDisk, faults);
    ConnectorReplies replies = config.replies;
    const FieldValue table = ValueOf(replies);
    for (const FieldEntry& field : table.type->table().fields)
    {
        CheckReply(field.key, table[field].As<std::string>(), faults);
    }
    return faults;
}

} // namespace bouncelab::connector
