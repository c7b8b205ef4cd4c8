#ifndef BOUNCELAB_MODELS_SMTP_RULE_POLICY_H
#define BOUNCELAB_MODELS_SMTP_RULE_POLICY_H

#include "models/smtp/server-policy.h"

#include "formats/field.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/// Where a rule of a server's policy applies.
enum class RulePoint
{
    Connect, //!< Matched against the client's address.
    Hello,   //!< Against the name that the client gave.
    Mail,    //!< Against the sender's mailbox.
    Rcpt,    //!< Against the recipient's mailbox.
    Data,    //!< Against the sender's mailbox.
    Message, //!< Against the sender's mailbox, when the content is complete.
};

constexpr auto
EnumNames(RulePoint)
{
    return std::array<EnumName<RulePoint>, 6>{{{"connect", RulePoint::Connect},
                                               {"hello", RulePoint::Hello},
                                               {"mail", RulePoint::Mail},
                                               {"rcpt", RulePoint::Rcpt},
                                               {"data", RulePoint::Data},
                                               {"message", RulePoint::Message}}};
}

struct ServerRule
{
    RulePoint at = Field(&at, "at", RulePoint::Rcpt) | "Where the rule applies.";
    std::string match =
        Field(&match, "match", "*") |
        "What it applies to, in any case: `*` stands for any text, `?` for any character.";
    std::string reply = Field(&reply, "reply") | "Code and text of the answer, with the persona's "
                                                 "words in braces; empty = the persona's own.";
    Nanoseconds delay =
        Field(&delay, "delay").Range(0, 3600e9) | "On top of the persona's think time.";
    bool close = Field(&close, "close") | "Closes the connection after the answer.";
};

/// Does `text` fit the pattern of ServerRule::match?
bool FitsPattern(std::string_view text, std::string_view pattern);

/// What is wrong with rules beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckServerRules(const std::vector<ServerRule>& rules);

/// Decides by a list: at each point the first rule that matches; what none matches is accepted.
class RulePolicy : public ServerPolicy
{
  public:
    /// \pre the rules are without fault (CheckServerRules).
    explicit RulePolicy(std::vector<ServerRule> rules)
        : m_rules(std::move(rules))
    {
    }

    Decision OnConnect(const ServerFacts& facts) override;
    Decision OnHello(const ServerFacts& facts, std::string_view name, bool extended) override;
    Decision OnMail(const ServerFacts& facts, const EnvelopeEntry& sender) override;
    Decision OnRecipient(const ServerFacts& facts, const EnvelopeEntry& recipient) override;
    Decision OnData(const ServerFacts& facts) override;
    Decision OnMessage(const ServerFacts& facts,
                       const std::shared_ptr<const std::string>& content) override;

  private:
    Decision Decide(RulePoint point, std::string_view text) const;

    std::vector<ServerRule> m_rules;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_RULE_POLICY_H
