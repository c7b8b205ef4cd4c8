#ifndef BOUNCELAB_LAB_RUN_SENDMAIL_RECORDER_H
#define BOUNCELAB_LAB_RUN_SENDMAIL_RECORDER_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/evidence/sendmail-log.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace bouncelab::run
{

/// Writes the maillog of a host that runs sendmail: it hears the queue, and the sessions that come
/// in.
class SendmailRecorder
{
  public:
    using ReverseName = std::function<std::string(Ipv4)>; //!< Empty = none.

    /// \param file not owned. \param hostname,seed,name as evidence::SendmailLog has them
    SendmailRecorder(evidence::OutputFile& file,
                     const HostClock& clock,
                     const std::string& hostname,
                     std::uint64_t seed,
                     const std::string& name,
                     ReverseName reverseName);

    void OnQueueEvent(const mail::QueueEvent& event) { m_log.Write(event); }

    /// What hears a session, and tells another one of all that it hears. Must not outlive this.
    std::unique_ptr<smtp::SessionObserver> Session(const smtp::ConnectionInfo& connection,
                                                   std::unique_ptr<smtp::SessionObserver> next);

  private:
    class Ears;

    HostClock m_clock;
    evidence::SendmailLog m_log;
    RandomStream m_random;
    ReverseName m_reverseName;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_SENDMAIL_RECORDER_H
