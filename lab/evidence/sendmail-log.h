#ifndef BOUNCELAB_LAB_EVIDENCE_SENDMAIL_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_SENDMAIL_LOG_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/evidence/output-file.h"
#include "models/mail/queue-event.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// How a message came to a sendmail, as the line "from=" tells.
struct SendmailArrival
{
    std::string clientName;       //!< By reverse DNS; empty = none.
    std::string client;           //!< Its address; empty for what a program of the host submits.
    std::string protocol{"SMTP"}; //!< "ESMTP"
};

/**
 * The lines of sendmail 8.13 in a host's maillog, from the events of its queue:
 *
 *     Mar 22 17:47:14 mail sendmail[2345]: g2MHlEgH002345: from=<a@b>, size=473, class=0, nrcpts=1,
 *         msgid=<...>, proto=SMTP, daemon=MTA, relay=tester.example.net [192.0.2.7]
 *     Mar 22 17:47:15 mail sendmail[2347]: g2MHlEgH002345: to=<c@d>, delay=00:00:01,
 * xdelay=00:00:01, mailer=esmtp, pri=30473, relay=mx.d [192.0.2.9], dsn=2.0.0, stat=Sent (2.0.0 Ok)
 *
 * each on one line; a report is `old-id: new-id: DSN: why`. The priority rises by 30000 a recipient
 * and 90000 an attempt (RecipientFactor, RetryFactor).
 */
class SendmailLog
{
  public:
    /**
     * \param file where the log goes; not owned.
     * \param hostname syslog's name of the host: its first label.
     * \param seed,name of the stream of draws for process ids ("mail-host/maillog").
     */
    SendmailLog(OutputFile& file,
                const HostClock& clock,
                std::string_view hostname,
                std::uint64_t seed,
                std::string_view name);

    /// What is queued next came so.
    void Expect(SendmailArrival arrival) { m_expected = std::move(arrival); }

    void Write(const mail::QueueEvent& event);

    /// A recipient is refused: the ruleset's line. \param reply with its code
    void Reject(std::int64_t timeNs,
                std::string_view id,
                std::uint32_t processId,
                std::string_view recipient,
                const SendmailArrival& arrival,
                std::string_view reply);

    /// An envelope all of whose recipients were refused is given up.
    void Drop(std::int64_t timeNs,
              std::string_view id,
              std::uint32_t processId,
              std::string_view sender,
              const SendmailArrival& arrival);

  private:
    struct Message
    {
        std::string id;
        std::string messageId;
        std::uint32_t processId = 0;
        std::uint64_t bytes = 0;
        std::size_t recipients = 0;
        std::int64_t arrivedNs = 0;
        std::uint32_t attempts = 0;
        SendmailArrival arrival;
        std::string lastFailure;
    };

    void Begin(std::int64_t timeNs, std::uint32_t processId, std::string_view id);
    void PutFrom(const mail::QueueEvent& info, const Message& message);
    void PutTo(const mail::QueueEvent& event, Message& message);
    void End();

    OutputFile& m_file;
    HostClock m_clock;
    std::string m_host;
    RandomStream m_random;
    std::optional<SendmailArrival> m_expected;
    std::map<std::uint64_t, Message> m_messages;     //!< In the queue, by serial.
    std::map<std::uint64_t, std::string> m_reports;  //!< Serial of a report to what it answers.
    std::map<std::uint64_t, std::int64_t> m_started; //!< Deliveries under way.
    std::string m_line;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SENDMAIL_LOG_H
