#ifndef BOUNCELAB_MODELS_PROBE_CAMPAIGN_H
#define BOUNCELAB_MODELS_PROBE_CAMPAIGN_H

#include "models/smtp/session.h"

#include <memory>
#include <optional>

namespace bouncelab::probe
{

/**
 * A client that reconnects: it tries a server over one connection after another, one at a time. The
 * caller waits until NextConnection(), opens TCP, runs what Open() gives over it, and asks again
 * when that has ended.
 *
 * Times are those since any fixed start, the same for all connections.
 */
class Campaign
{
  public:
    Campaign() = default;
    Campaign(const Campaign&) = delete;
    Campaign& operator=(const Campaign&) = delete;
    virtual ~Campaign() = default;

    virtual void Start(Nanoseconds now) = 0; //!< Called first, once; a connection is due at once.

    /// When the next connection is wanted; nothing while one is open, and when it is all over.
    virtual std::optional<Nanoseconds> NextConnection() const = 0;

    /// The client's side of the connection that was due. The campaign has to outlive it, and it has
    /// to end (smtp::SessionObserver::OnEnd), or the connection to fail, before the next one.
    virtual std::unique_ptr<smtp::Session> Open() = 0;

    virtual void ConnectFailed(Nanoseconds now) = 0; //!< In place of the session's Connected().

    virtual bool Over() const = 0; //!< There will be no further connection.
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_CAMPAIGN_H
