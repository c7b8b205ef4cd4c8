#ifndef BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H
#define BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H

#include "formats/clock.h"
#include "models/smtp/credentials.h"
#include "models/smtp/envelope.h"
#include "models/smtp/session.h"
#include "models/smtp/transitions.h"

#include "formats/address.h"
#include "formats/duration.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// Who is connected to whom. Known when the connection is accepted.
struct ConnectionInfo
{
    std::string hostname; //!< Of the server, as it names itself.
    std::string domain;   //!< Of the server's mail.
    IpAddress client;
    IpAddress server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 25;
    std::uint64_t session = 0; //!< Number of this session at this server.
    WallTime unixTime{};       //!< The host's clock at time 0 of the session's times.
    int zoneMinutes = 0;       //!< Its local time, east of UTC.
    /// What the host's queue will call the message that the server is about to take; empty = it has
    /// no queue, and the server's persona tells.
    std::function<std::string()> nameMessage = {};
};

/// What a policy may look at before it decides.
struct ServerFacts
{
    const ConnectionInfo& connection;
    Nanoseconds now{0};
    Phase phase = Phase::Connected;
    std::string helo;                //!< Name from HELO or EHLO; empty before.
    bool extended = false;           //!< It was EHLO.
    Envelope envelope;               //!< The transaction so far.
    std::uint32_t refusals = 0;      //!< Negative replies so far, of any kind.
    std::uint32_t errors = 0;        //!< Protocol errors among them.
    std::uint32_t messages = 0;      //!< Messages accepted so far.
    std::string user = {};           //!< Who has authenticated; empty = nobody.
    std::string mechanism = {};      //!< By which mechanism.
    std::uint32_t logonFailures = 0; //!< Authentications that failed.
    bool tls = false;
};

/// A reply before it waits for its time.
struct ReplyDraft
{
    Step step;
    std::uint32_t code;
    std::string_view text; //!< Expanded, without codes, lines joined by LF.
};

struct Decision
{
    std::string
        reply; //!< Template of ServerReplies; its code accepts or refuses. Empty = the persona's.
    Nanoseconds delay{0}; //!< On top of the persona's think time.
    bool close = false;   //!< Close after this reply.
    bool literal = false; //!< Words in braces stay as they are; for replies with a peer's text.
    EndReason reason = EndReason::Refused; //!< What a close is called.
    std::string user = {};  //!< OnAuthenticate: whom to take the client for; empty = as it said.
    std::string token = {}; //!< OnAuthenticate: a challenge before the reply that refuses, to which
                            //!< the client has no answer; empty = none.
    bool wait = false;      //!< OnRecipient: not known yet; the policy is asked again (OnAwaited).
};

/**
 * Decides for a server, step by step. The defaults accept everything.
 *
 * One object may serve many sessions. A decision is asked once, when the command is complete, and
 * counts from then on; its reply may leave later. The exception is a recipient that has to be
 * looked up somewhere: see OnAwaited.
 */
class ServerPolicy
{
  public:
    virtual ~ServerPolicy() = default;

    virtual Decision OnConnect(const ServerFacts&) { return {}; }

    virtual Decision OnHello(const ServerFacts&, std::string_view, bool) { return {}; }

    virtual Decision OnMail(const ServerFacts&, const EnvelopeEntry&) { return {}; }

    virtual Decision OnRecipient(const ServerFacts&, const EnvelopeEntry&) { return {}; }

    /// STARTTLS or X-ANONYMOUSTLS, offered and not yet in use.
    virtual Decision OnStartTls(const ServerFacts&) { return {}; }

    /// AUTH with a mechanism that is offered, before the exchange. A reply refuses it (504, 538).
    virtual Decision OnAuthStart(const ServerFacts&, AuthMechanism) { return {}; }

    /// Whether it judges a mechanism's tokens itself: Credentials::secret is the client's token as
    /// it came.
    virtual bool JudgesTokens(const ServerFacts&, AuthMechanism) { return false; }

    /// The exchange is complete. The empty reply is the persona's `authenticated`; a negative one
    /// refuses (535, 454).
    virtual Decision OnAuthenticate(const ServerFacts&, const Credentials&) { return {}; }

    /// What EHLO shows, and so which extensions there are; null = the persona's. Asked at each
    /// EHLO; lives as long as the session.
    virtual const std::vector<std::string>* Keywords(const ServerFacts&) { return nullptr; }

    /// Asked at every Tick of the session once OnRecipient has said `wait`, and until the answer
    /// says so no more; nothing else is read meanwhile. Whoever has the answer has to tick the
    /// session (host::SessionLink::Wake): it has no timer for this. Not asked again once the
    /// session has ended, which OnEnd tells.
    virtual Decision OnAwaited(const ServerFacts&, const EnvelopeEntry&) { return {}; }

    virtual Decision OnData(const ServerFacts&) { return {}; }

    /// The content is complete and within the limits; facts.envelope is whose it is.
    virtual Decision OnMessage(const ServerFacts&, const std::shared_ptr<const std::string>&)
    {
        return {};
    }

    /// Further delay of a reply that is about to be scheduled (tarpit). Not asked for replies that
    /// end a session at once: timeouts, shutdown.
    virtual Nanoseconds DelayReply(const ServerFacts&, const ReplyDraft&) { return Nanoseconds(0); }
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H
