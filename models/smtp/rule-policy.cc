#include "models/smtp/rule-policy.h"

#include "formats/text.h"
#include "models/smtp/server-persona.h"

#include <fmt/format.h>

namespace bouncelab::smtp
{

bool
FitsPattern(std::string_view text, std::string_view pattern)
{
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size())
    {
        if (p < pattern.size() && pattern[p] == '*')
        {
            star = p++;
            resume = t;
        }
        else if (p < pattern.size() &&
                 (pattern[p] == '?' || ToUpper(pattern[p]) == ToUpper(text[t])))
        {
            ++p;
            ++t;
        }
        else if (star != std::string_view::npos)
        {
            p = star + 1;
            t = ++resume;
        }
        else
        {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<std::string>
CheckServerRules(const std::vector<ServerRule>& rules)
{
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < rules.size(); ++i)
    {
        if (!rules[i].reply.empty())
        {
            CheckReplyText(fmt::format("rules[{}].reply", i), rules[i].reply, faults);
        }
    }
    return faults;
}

Decision
RulePolicy::Decide(RulePoint point, std::string_view text) const
{
    for (const ServerRule& rule : m_rules)
    {
        if (rule.at == point && FitsPattern(text, rule.match))
        {
            return {rule.reply, rule.delay, rule.close};
        }
    }
    return {};
}

Decision
RulePolicy::OnConnect(const ServerFacts& facts)
{
    return Decide(RulePoint::Connect, facts.connection.client.ToString());
}

Decision
RulePolicy::OnHello(const ServerFacts&, std::string_view name, bool)
{
    return Decide(RulePoint::Hello, name);
}

Decision
RulePolicy::OnMail(const ServerFacts&, const EnvelopeEntry& sender)
{
    return Decide(RulePoint::Mail, sender.path.Mailbox());
}

Decision
RulePolicy::OnRecipient(const ServerFacts&, const EnvelopeEntry& recipient)
{
    return Decide(RulePoint::Rcpt, recipient.path.Mailbox());
}

Decision
RulePolicy::OnData(const ServerFacts& facts)
{
    return Decide(RulePoint::Data, facts.envelope.sender.path.Mailbox());
}

Decision
RulePolicy::OnMessage(const ServerFacts& facts, const std::shared_ptr<const std::string>&)
{
    return Decide(RulePoint::Message, facts.envelope.sender.path.Mailbox());
}

} // namespace bouncelab::smtp
