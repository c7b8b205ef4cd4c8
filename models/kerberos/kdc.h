#ifndef BOUNCELAB_MODELS_KERBEROS_KDC_H
#define BOUNCELAB_MODELS_KERBEROS_KDC_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/kerberos/accept.h"
#include "models/kerberos/kerberos-persona.h"
#include "models/kerberos/messages.h"
#include "models/kerberos/replica.h"
#include "models/kerberos/take-front.h"
#include "models/kerberos/transport.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::kerberos
{

/// What a KDC has to tell: each of its answers, and a service name that more than one account has
/// (event 11 of source KDC).
struct KdcEvent
{
    enum class Kind
    {
        Answer,
        DuplicateName,
    };

    Kind kind = Kind::Answer;
    WallTime time{}; //!< By the controller's clock.
    Exchange exchange = Exchange::As;
    Transport transport = Transport::Udp;
    ErrorCode error = ErrorCode::None; //!< None: a ticket was given.
    std::string client;                //!< Empty where it is not known.
    std::string service;
    std::vector<std::string> holders; //!< Of a duplicate name.
    Nanoseconds clientAhead{0};       //!< Of the controller's clock, where a time was read.
};

/**
 * The core of a key distribution center over one controller's copy of the domain: a request and the
 * clock go in, an answer comes out. Each error follows from what the copy has, what the clocks show
 * and what was sealed with which key.
 */
class Kdc
{
  public:
    /// \param replica outlives the KDC
    Kdc(const KerberosPersona& persona, std::string realm, const Replica& replica, DrawKey draws);

    /**
     * The message that answers one, without TCP's length.
     *
     * \param clock as the controller has it. \return empty where octets that are no message are
     * dropped
     */
    std::string Answer(std::string_view octets, Transport transport, WallTime clock);

    std::optional<KdcEvent> TakeEvent() { return TakeFront(m_events); }

  private:
    /// A request under way.
    struct Job
    {
        const KdcRequest& request;
        WallTime clock;
        std::uint64_t number; //!< Of requests to this KDC.
        KdcEvent event;
        std::string errorData;
    };

    /// What a ticket is made of.
    struct Grant
    {
        PrincipalName client;
        const Account* account = nullptr; //!< The client's; null if it has left this copy.
        EncryptionKey replyKey;
        KeyUsage usage = KeyUsage::AsReply;
        std::uint32_t flags = 0;
        Seconds authenticated = 0;
        Seconds latestEnd = 0;
        std::optional<Seconds> renewTill;
    };

    std::string AnswerRequest(const KdcRequest& request, Transport transport, WallTime clock);
    std::optional<Grant> Authenticate(Job& job);
    bool CheckPreAuth(Job& job, const Account& account, EncryptionType type);
    std::optional<Grant> CheckTicket(Job& job);
    const Account* FindService(Job& job);
    std::optional<EncryptionType> ChooseType(const KdcRequest& request) const;
    std::string Hints(const Account& account) const;
    std::string Give(Job& job, const Grant& grant, const Account& service);
    std::string Refusal(const Job& job) const;

    KerberosPersona m_persona;
    std::string m_realm;
    const Replica& m_replica;
    DrawKey m_draws;
    ReplayCache m_replays;
    std::uint64_t m_requests = 0;
    std::deque<KdcEvent> m_events;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_KDC_H
