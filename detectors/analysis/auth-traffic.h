#ifndef BOUNCELAB_DETECTORS_ANALYSIS_AUTH_TRAFFIC_H
#define BOUNCELAB_DETECTORS_ANALYSIS_AUTH_TRAFFIC_H

#include "detectors/analysis/clock-offset.h"
#include "detectors/flow/flow.h"
#include "detectors/readers/kerberos-message.h"
#include "detectors/readers/server-logs.h"
#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// A request to a domain controller, or an attempt at one, and what came of it.
struct KerberosExchange
{
    enum class Outcome : std::uint8_t
    {
        Answered,
        Silent,
        Refused,    //!< By RST.
        Prohibited, //!< By ICMP.
    };

    std::string file;
    std::uint64_t frame = 0; //!< Of the first packet of it.
    WallTime time{};         //!< Of that packet.
    HostAddress client;
    std::uint16_t clientPort = 0;
    HostAddress server;
    Outcome outcome = Outcome::Silent;
    std::optional<KerberosMessage> request; //!< Empty where no connection stood.
    std::optional<KerberosMessage> answer;
    std::uint64_t answerFrame = 0;
    WallTime answerTime{};

    /// Whether the answer is an error with this code.
    bool IsError(std::uint32_t code) const
    {
        return answer && answer->type == KerberosMessage::Type::Error && answer->error == code;
    }

    bool HasTicket() const { return answer && answer->type == KerberosMessage::Type::TgsReply; }
};

/// What a host said the time was while a capture ran.
struct ClockSight
{
    std::string file;
    std::uint64_t frame = 0;
    WallTime time{}; //!< By the capture's clock.
    HostAddress host;
    std::string name;    //!< By which it greets; empty of a domain controller.
    ClockInterval ahead; //!< Of the capture's clock.
};

/// A session that was secured by X-ANONYMOUSTLS, got an answer that was held back, and ended: what
/// was said is sealed.
struct SealedSession
{
    std::string file;
    std::uint64_t frame = 0; //!< Of the answer.
    WallTime time{};
    HostAddress client;
    HostAddress server;
};

/// What captures show of how servers authenticate to each other: Kerberos, and hosts' clocks in
/// greetings and in the errors of domain controllers.
class AuthTraffic
{
  public:
    void Add(const Flow& flow);

    /// Those over TCP and, by the datagrams at hand, over UDP; in order of files and frames.
    std::vector<KerberosExchange> Exchanges(const Records<KerberosDatagram>& datagrams) const;

    const std::vector<ClockSight>& Clocks() const { return m_clocks; }

    const std::vector<SealedSession>& Sealed() const { return m_sealed; }

  private:
    void AddKerberos(const Flow& flow);
    void AddGreeting(const Flow& flow);
    void AddSealed(const Flow& flow);

    std::vector<KerberosExchange> m_exchanges;
    std::vector<ClockSight> m_clocks;
    std::vector<SealedSession> m_sealed;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_AUTH_TRAFFIC_H
