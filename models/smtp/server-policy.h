#ifndef BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H
#define BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H

#include "models/smtp/envelope.h"
#include "models/smtp/transitions.h"

#include "formats/address.h"
#include "formats/describe.h"

#include <cstdint>
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
    Ipv4 client;
    Ipv4 server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 25;
    std::uint64_t session = 0; //!< Number of this session at this server.
    Nanoseconds unixTime{
        0};              //!< The host's clock (UTC since 1970) at time 0 of the session's times.
    int zoneMinutes = 0; //!< Its local time, east of UTC.
};

/// What a policy may look at before it decides.
struct ServerFacts
{
    const ConnectionInfo& connection;
    Nanoseconds now{0};
    Phase phase = Phase::Connected;
    std::string helo;           //!< Name from HELO or EHLO; empty before.
    bool extended = false;      //!< It was EHLO.
    Envelope envelope;          //!< The transaction so far.
    std::uint32_t refusals = 0; //!< Negative replies so far, of any kind.
    std::uint32_t errors = 0;   //!< Protocol errors among them.
    std::uint32_t messages = 0; //!< Messages accepted so far.
};

struct Decision
{
    std::string
        reply; //!< Template of ServerReplies; its code accepts or refuses. Empty = the persona's.
    Nanoseconds delay{0}; //!< On top of the persona's think time.
    bool close = false;   //!< Close after this reply.
};

/**
 * Decides for a server, step by step. The defaults accept everything.
 *
 * One object may serve many sessions. A decision is asked once, when the command is complete, and
 * counts from then on; its reply may leave later.
 */
class ServerPolicy
{
  public:
    virtual ~ServerPolicy() = default;

    virtual Decision OnConnect(const ServerFacts&) { return {}; }

    virtual Decision OnHello(const ServerFacts&, std::string_view, bool) { return {}; }

    virtual Decision OnMail(const ServerFacts&, const EnvelopeEntry&) { return {}; }

    virtual Decision OnRecipient(const ServerFacts&, const EnvelopeEntry&) { return {}; }

    virtual Decision OnData(const ServerFacts&) { return {}; }

    /// The content is complete and within the limits; facts.envelope is whose it is.
    virtual Decision OnMessage(const ServerFacts&, const std::shared_ptr<const std::string>&)
    {
        return {};
    }

    /// Further delay of any reply that is about to be scheduled (tarpit). \param code of the reply.
    virtual Nanoseconds DelayReply(const ServerFacts&, Step, std::uint32_t)
    {
        return Nanoseconds(0);
    }
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_SERVER_POLICY_H
