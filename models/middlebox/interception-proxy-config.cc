#include "models/middlebox/interception-proxy-config.h"

#include "formats/address.h"

namespace bouncelab::middlebox
{

namespace
{

/// Every text of a struct is a reply, but what is injected.
void
CheckReplies(const std::string& path, const FieldValue& table, std::vector<std::string>& faults)
{
    for (const FieldEntry& field : table.type->table().fields)
    {
        if (field.type->kind == FieldKind::Text && field.key != "injected")
        {
            smtp::CheckReplyText(path + std::string(field.key),
                                 table[field].As<std::string>(),
                                 faults);
        }
    }
}

} // namespace

std::vector<std::string>
Faults(const InterceptionProxyConfig& config)
{
    std::vector<std::string> faults;
    InterceptionProxyConfig copy = config;
    CheckReplies("replies.", ValueOf(copy.replies), faults);
    CheckReplies("start-tls.", ValueOf(copy.startTls), faults);
    CheckReplies("auth.", ValueOf(copy.auth), faults);
    for (const std::string& fault : smtp::CheckServerPersona(config.server))
    {
        faults.push_back("server." + fault);
    }
    for (const std::string& fault : smtp::CheckClientPersona(config.forward.client))
    {
        faults.push_back("forward.client." + fault);
    }
    if (config.hostname.empty())
    {
        faults.emplace_back("hostname: empty; expected the proxy's name");
    }
    if (config.ports.empty())
    {
        faults.emplace_back("ports: none; expected at least one, such as 25");
    }
    for (const auto& [customer, knobs] : config.customers)
    {
        if (!IpAddress::Parse(customer))
        {
            faults.push_back("customers." + customer + ": not an IPv4 address");
        }
    }
    return faults;
}

} // namespace bouncelab::middlebox
