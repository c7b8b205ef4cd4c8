#ifndef BOUNCELAB_MODELS_KERBEROS_ACCEPT_H
#define BOUNCELAB_MODELS_KERBEROS_ACCEPT_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/kerberos/kerberos-persona.h"
#include "models/kerberos/key.h"
#include "models/kerberos/messages.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::kerberos
{

/// The passwords that a machine knows of its own, the newest first.
class OwnSecrets
{
  public:
    /// \param earlier how many it keeps behind the newest (KerberosPersona::earlierSecrets)
    OwnSecrets(Secret secret, std::uint32_t earlier);

    void Change(Secret secret);

    const std::vector<Secret>& NewestFirst() const { return m_secrets; }

  private:
    std::vector<Secret> m_secrets;
    std::size_t m_limit;
};

/// The authenticators that were taken, as long as their time alone would not refuse them.
class ReplayCache
{
  public:
    explicit ReplayCache(std::size_t limit)
        : m_limit(limit)
    {
    }

    /// Whether it is there for the first time. \param oldest what came before is forgotten
    bool Add(const Authenticator& authenticator, const PrincipalName& service, WallTime oldest);

  private:
    std::set<std::tuple<Stamp, std::string, std::string>> m_seen; //!< By time.
    std::size_t m_limit;
};

/// What came of an AP-REQ. What could not be read is empty.
struct ApVerdict
{
    ErrorCode error = ErrorCode::None;
    TicketPart ticket;
    Authenticator authenticator;
    Nanoseconds clientAhead{0}; //!< Of the clock that judged, if the authenticator was read.
};

/**
 * Judges an AP-REQ.
 *
 * \param usage ApAuthenticator, or TgsAuthenticator for a KDC.
 * \param clock as whoever judges has it
 */
ApVerdict CheckApRequest(const ApRequest& request,
                         KeyUsage usage,
                         const std::vector<Secret>& secrets,
                         const AcceptPolicy& policy,
                         WallTime clock,
                         ReplayCache& replays);

/// What a service makes of a token.
struct AcceptResult
{
    ErrorCode error = ErrorCode::None;
    std::string reply;   //!< AP-REP where it is wanted, or KRB-ERROR.
    std::string client;  //!< "HUB1$@EXAMPLE.COM", where it became known.
    std::string service; //!< That the ticket is for; empty if there was none.
    Nanoseconds clientAhead{0};
};

/// The core of a service: takes AP-REQs, answers, remembers them.
class Acceptor
{
  public:
    /// \param self how it calls itself in errors
    Acceptor(const AcceptPolicy& policy, std::string realm, PrincipalName self, DrawKey draws)
        : m_policy(policy)
        , m_realm(std::move(realm))
        , m_self(std::move(self))
        , m_draws(draws)
        , m_replays(policy.replays)
    {
    }

    /// \param secrets that its host knows; \param clock as its host has it
    AcceptResult Accept(std::string_view octets,
                        const std::vector<Secret>& secrets,
                        WallTime clock);

  private:
    std::string Refusal(ErrorCode error, WallTime clock) const;
    std::string Agreement(const ApVerdict& verdict);

    AcceptPolicy m_policy;
    std::string m_realm;
    PrincipalName m_self;
    DrawKey m_draws;
    ReplayCache m_replays;
    std::uint64_t m_accepted = 0;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_ACCEPT_H
