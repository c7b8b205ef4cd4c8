#ifndef BOUNCELAB_MODELS_KERBEROS_CLIENT_H
#define BOUNCELAB_MODELS_KERBEROS_CLIENT_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/kerberos/kerberos-persona.h"
#include "models/kerberos/messages.h"
#include "models/kerberos/take-front.h"
#include "models/kerberos/transport.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::kerberos
{

/// A moment as a host has it: timers go by the first, stamps by the second.
struct Moment
{
    Nanoseconds now{0}; //!< Since any fixed start; never runs backwards.
    WallTime clock{};
};

/// A request that is to be sent to port 88 of a controller.
struct KdcSend
{
    std::uint64_t request = 0; //!< To be handed back with what comes of it.
    std::string controller;
    Transport transport = Transport::Udp;
    std::string octets; //!< By TCP it goes behind its length (Framed()).
};

/// What a client has to tell.
struct ClientEvent
{
    enum class Kind
    {
        Obtained,       //!< A ticket for the service is there.
        Failed,         //!< There will be none: `error`, ServiceUnavailable if nobody answered.
        NoAnswer,       //!< From the controller, in time, or it could not be reached.
        ClockCorrected, //!< A request is repeated with the KDC's time.
        Refused,        //!< The service answered a token with `error`.
    };

    Kind kind = Kind::Obtained;
    Nanoseconds time{0};
    std::string service;
    std::string controller; //!< That was asked, or gave the ticket that is at hand.
    ErrorCode error = ErrorCode::None;
    Nanoseconds correction{0}; //!< What the KDC's clock is ahead of the host's.
    std::string server;        //!< Refused: whom the error names: "hub2$".
    std::string realm;         //!< Refused: its realm.
};

/// A ticket with the key that goes with it.
struct Credential
{
    Ticket ticket;
    EncryptionKey key;
    Seconds end = 0;
    std::string controller; //!< That gave it.
};

/// What a client shows a service, and what it will know the answer by.
struct ApToken
{
    std::string octets; //!< An AP-REQ.
    EncryptionKey key;
    Stamp time;
};

/// Whether an AP-REP answers a token: only who could open the ticket can have written it.
bool Answers(const ApToken& token, std::string_view reply);

/**
 * The core of a Kerberos client on one host. Wishes, messages and the time go in; requests, timers
 * and events come out. Services are asked for one after another.
 *
 * The caller, after every call, takes the requests and events, and calls Advance() at NextTimer().
 */
class Client
{
  public:
    Client(const ClientPolicy& policy, std::string account, std::string realm, DrawKey draws);

    /// What it proves its identity with, the newest first.
    void SetSecrets(std::vector<Secret> newestFirst) { m_secrets = std::move(newestFirst); }

    /// Whom it asks, in this order; it stays with the one that answers.
    void SetControllers(std::vector<std::string> controllers);

    /// Asks for a ticket, if it has none that is valid: Obtained or Failed follow.
    void Obtain(const PrincipalName& service, Moment at);

    /// A message came, without TCP's length.
    void Receive(std::uint64_t request, std::string_view octets, Moment at);

    /// A request could not be delivered, or its connection ended without an answer.
    void Fail(std::uint64_t request, Moment at);

    void Advance(Moment at);
    std::optional<Nanoseconds> NextTimer() const;

    std::optional<KdcSend> TakeSend() { return TakeFront(m_sends); }

    std::optional<ClientEvent> TakeEvent() { return TakeFront(m_events); }

    /// The ticket for a service that is valid now; null if there is none.
    const Credential* Find(const PrincipalName& service, WallTime clock) const;

    /// A token for a service. \pre Find() has a ticket for it
    ApToken MakeToken(const PrincipalName& service, WallTime clock);

    void Forget(const PrincipalName& service); //!< As after an answer that the ticket is no good.

    void ForgetAll() { m_tickets.clear(); }

    /// What it adds to its host's clock in what it writes.
    Nanoseconds Correction() const { return m_correction; }

  private:
    /// The way to a ticket, as far as it is gone.
    struct Quest
    {
        PrincipalName wanted;
        Exchange exchange = Exchange::As;
        Transport transport = Transport::Udp;
        bool transportIsSet = false;
        std::optional<EncryptionType> preAuth; //!< With which key it proves itself.
        std::size_t secret = 0;                //!< Which of its own it uses.
        bool clockTried = false;
        bool ticketRenewed = false;
        std::uint32_t attempts = 0; //!< Without an answer, in a row.
        bool waiting = false;       //!< For an answer; else until the next attempt.
        Nanoseconds timer{0};
        std::uint64_t request = 0;
        std::int64_t nonce = 0;
        EncryptionKey sessionKey; //!< Of the ticket that a TGS-REQ shows.
    };

    void Begin(Moment at);
    void Ask(Moment at);
    void AskTickets(Moment at);
    void AskService(Moment at);
    void Send(const KdcRequest& request, Moment at);
    void TryNext(Moment at);
    void End(ErrorCode error, Moment at);
    void OnReply(const KdcReply& reply, Moment at);
    void OnError(const KrbError& error, Moment at);
    bool TakeHints(const KrbError& error);
    std::optional<KdcReplyPart> OpenReply(const KdcReply& reply) const;
    KdcRequest NewRequest(Exchange exchange, const PrincipalName& service);
    PaData TimeProof(EncryptionType type, WallTime clock) const;
    std::string MakeApRequest(const Credential& credential,
                              const Authenticator& authenticator,
                              KeyUsage usage,
                              std::uint32_t options);
    Authenticator NewAuthenticator(WallTime clock);
    ClientEvent& Emit(ClientEvent::Kind kind, Nanoseconds now);
    std::vector<EncryptionType> KnownTypes() const;
    PrincipalName TicketService() const;
    const std::string& Controller() const;

    ClientPolicy m_policy;
    PrincipalName m_name;
    std::string m_realm;
    DrawKey m_draws;
    std::vector<Secret> m_secrets;
    std::vector<std::string> m_controllers;
    std::size_t m_controller = 0;
    Nanoseconds m_awaySince{0}; //!< From its first controller.
    Nanoseconds m_correction{0};
    WallTime m_lastReading{}; //!< And what was made of it to have no stamp twice.
    WallTime m_lastStamp{};
    std::map<std::string, Credential> m_tickets; //!< By service.
    std::deque<PrincipalName> m_wanted;
    std::optional<Quest> m_quest;
    std::uint64_t m_requests = 0;
    std::uint64_t m_tokens = 0;
    std::deque<KdcSend> m_sends;
    std::deque<ClientEvent> m_events;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_CLIENT_H
