#include "models/middlebox/interception-proxy-config.h"

#include "formats/address.h"

namespace bouncelab::middlebox
{

namespace
{

/// Checks every text that a field table holds: each of them is a reply.
class ReplyChecker
{
  public:
    ReplyChecker(std::string_view prefix, std::vector<std::string>& faults)
        : m_prefix(prefix)
        , m_faults(faults)
    {
    }

    void Field(std::string_view name, const std::string& text, const FieldNote& /* note */)
    {
        if (name != "injected")
        {
            smtp::CheckReplyText(m_prefix + std::string(name), text, m_faults);
        }
    }

    template <class T>
    void Field(std::string_view /* name */, const T& /* value */, const FieldNote& /* note */)
    {
    }

  private:
    std::string m_prefix;
    std::vector<std::string>& m_faults;
};

} // namespace

std::vector<std::string>
Faults(const InterceptionProxyConfig& config)
{
    std::vector<std::string> faults;
    InterceptionProxyConfig copy = config;
    ReplyChecker replies("replies.", faults);
    Describe(replies, copy.replies);
    ReplyChecker startTls("start-tls.", faults);
    Describe(startTls, copy.startTls);
    ReplyChecker auth("auth.", faults);
    Describe(auth, copy.auth);
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
        if (!Ipv4::Parse(customer))
        {
            faults.push_back("customers." + customer + ": not an IPv4 address");
        }
    }
    return faults;
}

} // namespace bouncelab::middlebox
