#ifndef BOUNCELAB_MODELS_HOST_MAIL_SERVER_H
#define BOUNCELAB_MODELS_HOST_MAIL_SERVER_H

#include "models/host/sending-mta.h"
#include "models/mail/address-routing.h"
#include "models/mail/mta-persona.h"
#include "models/smtp/envelope.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/**
 * The mail system of a host behind its receive side: what was accepted is routed, put into the
 * queue, delivered to a mailbox or sent on, and reported to its sender where it comes to nothing.
 */
class MailServer
{
  public:
    /// What a directory says of a mailbox.
    enum class LookupResult
    {
        Mailbox, //!< There is one.
        Unknown,
        Unavailable, //!< The directory cannot tell for now.
    };

    using LookupAnswerHandler = std::function<void(LookupResult)>;

    /// Looks a mailbox up and answers once, at once or later.
    using Directory = std::function<void(const std::string& mailbox, LookupAnswerHandler answer)>;

    /// A message lands in a mailbox, which is not the order's recipient where a catch-all took it.
    using MailboxHandler =
        std::function<void(const mail::DeliveryOrder& order, const std::string& mailbox)>;

    /// Who answers the server's questions and hears what happens; none may be empty but the last.
    struct Handlers
    {
        SendingMta::Resolver resolve;
        Directory lookUp; //!< Asked at every delivery to a mailbox.
        SendingMta::QueueHandler onQueueEvent;
        MailboxHandler onMailbox;
        SendingMta::AttributionHandler onAttribution;
        SendingMta::SessionObserverFactory observeSession = {};
    };

    /**
     * \param host has to outlive the server
     * \param hostname what HELO, Received fields and reports say
     * \param persona its `routing` decides where addresses lead
     * \param start its local domains are those of the mailboxes; the first is the server's own
     */
    MailServer(Host& host,
               const std::string& hostname,
               const mail::MtaPersona& persona,
               const mail::QueueStart& start,
               Handlers handlers);
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;

    /// What the message that is taken next will be called.
    const std::string& NameNext() { return m_sender.NameNext(); }

    /**
     * Takes over what the receive side has accepted.
     *
     * \param content with CRLF line ends, dots unstuffed
     * \param arrival becomes a Received field in the persona's form
     */
    void Take(const smtp::Envelope& envelope,
              std::string_view content,
              const mail::Arrival& arrival);

    /// A user or program of the host hands a message over.
    void Submit(const mail::Submission& submission) { m_sender.Submit(submission); }

    const mail::AddressRouting& Routing() const { return m_routing; }

    const SendingMta& Sender() const { return m_sender; }

    SendingMta& Sender() { return m_sender; }

  private:
    void DeliverLocally(const mail::DeliveryOrder& order, SendingMta::LocalAnswer answer);

    mail::MtaPersona m_persona;
    mail::AddressRouting m_routing;
    Directory m_directory;
    MailboxHandler m_onMailbox;
    SendingMta m_sender;
};

/// What RET, ENVID, NOTIFY and ORCPT of an envelope ask for (RFC 3461).
smtp::DsnRequest DsnRequestOf(const smtp::Envelope& envelope);

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_MAIL_SERVER_H
