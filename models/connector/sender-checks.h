#ifndef BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_H
#define BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_H

#include "models/connector/sender-checks-config.h"
#include "models/dns/inquiry.h"

#include <optional>
#include <string>
#include <vector>

namespace bouncelab::connector
{

/// Whom a server finds out about.
struct CheckedClient
{
    IpAddress client;
    IpAddress server;
    std::string serverName; //!< As the server calls itself.
    std::string helo;
    std::string sender; //!< Mailbox; empty for the null sender.
};

enum class SenderCheck
{
    Blacklist,
    ReverseName,
    Hello,
    Spf,
};

/// Something that speaks against a client.
struct CheckFinding
{
    SenderCheck check = SenderCheck::Blacklist;
    CheckAction action = CheckAction::Tag;
    std::string reply; //!< With its code, which fits the action.
};

struct CheckResult
{
    std::vector<CheckFinding> findings; //!< In the order in which they count.
    std::string clientName;             //!< By reverse DNS, confirmed; empty = none.
    std::string header;                 //!< Lines for the message, each with CRLF.

    /// The finding that refuses, or else the one that defers; null if none does.
    const CheckFinding* Decisive() const;
};

/**
 * Makes all checks. Where DNS gives no answer, a list counts as one that says no, and a name that a
 * refusal hangs on defers.
 *
 * \param hasResolver whether names can be asked for at all; without, only what shows at once counts
 * \return nothing if answers are wanted
 */
std::optional<CheckResult> CheckSender(const SenderChecksConfig& config,
                                       const CheckedClient& client,
                                       bool hasResolver,
                                       dns::AnswerBook& book);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_H
