#ifndef BOUNCELAB_TESTS_PROBE_RELAY_POLICIES_H
#define BOUNCELAB_TESTS_PROBE_RELAY_POLICIES_H

#include "formats/text.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/server-policy.h"

#include <string>
#include <vector>

namespace bouncelab::probe
{

/// The rule of S004-12: a recipient is taken if its domain is the server's, or if it has none.
struct LocalDomainsOnly : smtp::ServerPolicy
{
    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override
    {
        const std::string& domain = recipient.path.domain;
        const smtp::ConnectionInfo& server = facts.connection;
        const bool local = domain.empty() || EqualIgnoringCase(domain, server.domain) ||
                           EqualIgnoringCase(domain, server.hostname) ||
                           domain == "[" + server.server.ToString() + "]";
        smtp::Decision decision;
        if (!local)
        {
            decision.reply = "550 5.7.1 Unable to relay for {address}";
        }
        return decision;
    }
};

/// The same, with a look at who exists: nobody whom a relay test asks for.
struct LooksUp : LocalDomainsOnly
{
    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override
    {
        smtp::Decision decision = LocalDomainsOnly::OnRecipient(facts, recipient);
        const std::string& user = recipient.path.localPart;
        if (decision.reply.empty() && user != "anna" && user != "bruno")
        {
            decision.reply = "550 5.1.1 User unknown";
        }
        return decision;
    }
};

/// Trusts whoever claims to be one of its own.
struct TrustsLocalSenders : LocalDomainsOnly
{
    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override
    {
        const std::string& sender = facts.envelope.sender.path.domain;
        const bool own = EqualIgnoringCase(sender, facts.connection.domain) ||
                         EqualIgnoringCase(sender, facts.connection.hostname);
        return own ? smtp::Decision{} : LocalDomainsOnly::OnRecipient(facts, recipient);
    }
};

/// Closes after every so many refusals.
struct LosesPatience : LocalDomainsOnly
{
    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override
    {
        smtp::Decision decision = LocalDomainsOnly::OnRecipient(facts, recipient);
        if (!decision.reply.empty() && facts.refusals >= 2)
        {
            decision.reply = "421 4.7.0 Too many errors";
            decision.close = true;
        }
        return decision;
    }
};

/// A server that reads addresses as S004's did: bare local parts, and any text around the at sign.
inline smtp::ServerPersona
LooseReader()
{
    smtp::ServerPersona persona;
    persona.acceptWithoutDomain = true;
    persona.acceptAnyDomain = true;
    return persona;
}

} // namespace bouncelab::probe

#endif // BOUNCELAB_TESTS_PROBE_RELAY_POLICIES_H
