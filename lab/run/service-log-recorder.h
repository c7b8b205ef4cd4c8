#ifndef BOUNCELAB_LAB_RUN_SERVICE_LOG_RECORDER_H
#define BOUNCELAB_LAB_RUN_SERVICE_LOG_RECORDER_H

#include "lab/evidence/smtp-service-log.h"
#include "models/connector/connector-observer.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bouncelab::run
{

/**
 * Turns what SMTP sessions say into rows of the SMTP service's log, as S002-50 to S002-75
 * show them: a row for each command of a session that came in, with the code of its answer and the
 * octets of all its lines; a row for each command and one for each answer, of which the first line
 * is shown, in sessions that the server began. The greeting of a session that came in, its answers'
 * texts and its ports are not told.
 */
class ServiceLogRecorder
{
  public:
    explicit ServiceLogRecorder(std::unique_ptr<evidence::SmtpServiceLog> log);

    void Opened(const smtp::ConnectionInfo& connection, std::int64_t timeNs);
    void Command(const smtp::ConnectionInfo& connection, const smtp::CommandEvent& event);
    void Queued(const smtp::ConnectionInfo& connection, const connector::QueuedEvent& event);
    void Reply(const smtp::ConnectionInfo& connection, const smtp::ReplyEvent& event);
    void Closed(const smtp::ConnectionInfo& connection);

    /// What hears a session that the server begins; must not outlive this.
    std::unique_ptr<smtp::SessionObserver> Outbound(Ipv4 server, std::uint16_t port);

    void Close() { m_log->Close(); }

  private:
    class OutboundEars;

    struct Pending
    {
        std::int64_t timeNs = 0;
        smtp::Verb verb = smtp::Verb::Unknown;
        std::string line;
    };

    struct Session
    {
        std::int64_t openedNs = 0;
        std::string hello;
        std::string messageId; //!< Of content that was taken and is not logged yet.
        std::size_t contentBytes = 0;
        std::deque<Pending> pending; //!< Commands without their last answer.
    };

    void Row(const smtp::ConnectionInfo& connection,
             Session& session,
             const Pending& command,
             const smtp::ReplyEvent& reply);

    std::unique_ptr<evidence::SmtpServiceLog> m_log;
    std::unordered_map<const smtp::ConnectionInfo*, Session> m_sessions; //!< Never walked.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_SERVICE_LOG_RECORDER_H
