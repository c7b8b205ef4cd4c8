#ifndef BOUNCELAB_MODELS_HOST_MAIL_TRUTH_H
#define BOUNCELAB_MODELS_HOST_MAIL_TRUTH_H

#include "models/mail/queue-event.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::host
{

/**
 * Signs what a mail server does with what strangers handed it:
 *
 *  - `relay.mail`: a message that came by SMTP left for a domain that is not the server's, and
 *    nobody had allowed that. A cause per session that it came by. Where its client had logged on,
 *    or the server relays for the domain or the client, it is ordinary (`did=relayed`, `by`).
 *  - `backscatter.ndr`: a report left for somebody who did not send what it reports; its cause is
 *    the campaign's. It names the session that the message came by (`did=reported`) and the one
 *    that the report left by (`did=sent`). Other reports are ordinary (`did=reported`).
 *
 * Both are written when the next host has taken the message over.
 */
class MailTruth
{
  public:
    /// The session that a message came by.
    struct MessageSource
    {
        std::string client; //!< "192.0.2.7:40000"
        std::string server;
        std::string user;      //!< Who had logged on; empty = nobody.
        bool isClient = false; //!< The server relays for its address (`relay-clients`).
    };

    /// The campaign that a message is of whose sender is forged; 0 = its sender is true.
    using Forgeries = std::function<provenance::CauseId(std::string_view messageId)>;

    /**
     * The ledger has to outlive this.
     * \param relayDomains that the server takes mail for to pass it on
     */
    MailTruth(provenance::ActorId actor,
              provenance::Ledger& ledger,
              std::vector<std::string> relayDomains,
              Forgeries forgeries);

    /// What is queued next came by this session.
    void Expect(MessageSource source) { m_expected = std::move(source); }

    void OnQueueEvent(const mail::QueueEvent& event);

  private:
    struct Message
    {
        MessageSource source;
        std::string sender;
        std::string messageId;
        provenance::CauseId forgery = 0;
        bool isReport = false;
    };

    void OnRelayed(const mail::QueueEvent& event, const Message& message);
    void OnReported(const mail::QueueEvent& event, const Message& message);
    void Sign(const mail::QueueEvent& event,
              const Message& message,
              std::string_view classLabel,
              provenance::CauseId cause,
              TruthEvent did,
              std::vector<std::pair<std::string, std::string>> params = {});

    provenance::ActorId m_actor;
    provenance::Ledger& m_ledger;
    std::vector<std::string> m_relayDomains;
    Forgeries m_forgeries;
    std::optional<MessageSource> m_expected;
    std::map<std::uint64_t, Message> m_messages; //!< In the queue, by serial.
    std::map<std::pair<std::string, std::string>, provenance::CauseId> m_causes; //!< By session.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_MAIL_TRUTH_H
