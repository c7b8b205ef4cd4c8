#ifndef BOUNCELAB_MODELS_KERBEROS_TIME_SERVICE_H
#define BOUNCELAB_MODELS_KERBEROS_TIME_SERVICE_H

#include "models/kerberos/drifting-clock.h"
#include "models/kerberos/key.h"
#include "models/kerberos/ntp-packet.h"
#include "models/kerberos/take-front.h"
#include "models/kerberos/time-config.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::kerberos
{

/// A request to port 123 of a source.
struct TimeSend
{
    std::string source;
    std::string octets;
};

/// What the time service has to tell; numbers are those of W32Time's events in the System log.
struct TimeEvent
{
    enum class Kind
    {
        Synchronized,      //!< 35: with a source that is new.
        Set,               //!< The clock was set by `offset` at once.
        CorrectionRefused, //!< 34: `offset` is more than is allowed.
        SourceLost,        //!< 24: no valid answer after all attempts.
        NoSource,          //!< 29: none of them answers.
    };

    Kind kind = Kind::Synchronized;
    Nanoseconds time{0};
    std::string source;
    Nanoseconds offset{0}; //!< What the clock has to be changed by.
    Nanoseconds limit{0};  //!< CorrectionRefused: what is allowed.
};

/// What a server of time says of itself.
struct TimeServerState
{
    std::uint8_t stratum = 1; //!< 0 = it is not synchronized, and says so.
    std::uint32_t referenceId = 0;
    WallTime reference{}; //!< When it was last synchronized.
};

/**
 * A server's answer to a request; nothing to what is none.
 *
 * \param clock as the server has it; \param secret of the account that a signed request names, as
 * the server's copy of the domain has it; null: a signed request gets no answer
 */
std::optional<std::string> AnswerTime(std::string_view request,
                                      const TimeServerState& state,
                                      WallTime clock,
                                      const Secret* secret);

/**
 * The core that keeps a host's clock by asking its sources in turn. The time and answers go in;
 * requests, timers, events and corrections of the clock come out. The caller calls Advance() at
 * NextTimer().
 */
class TimeService
{
  public:
    /// \param clock of the host; outlives the service. \param keyId RID of its account; 0 = it
    /// asks without signature
    TimeService(const TimeServiceConfig& config, DriftingClock& clock, std::uint32_t keyId);

    /// Whom it asks, the first as long as it answers: the controllers of its site, then others; a
    /// controller asks the one at the domain's head.
    void SetSources(std::vector<std::string> sources)
    {
        m_sources = std::move(sources);
        m_place = 0;
        m_asked.reset();
    }

    /// What signatures are checked with.
    void SetSecrets(std::vector<Secret> newestFirst) { m_secrets = std::move(newestFirst); }

    void Start(Nanoseconds now); //!< Asks at once.
    void Stop();

    bool IsRunning() const { return m_timer.has_value(); }

    void Receive(std::string_view source, std::string_view octets, Nanoseconds now);
    void Advance(Nanoseconds now);

    std::optional<Nanoseconds> NextTimer() const { return m_timer; }

    std::optional<TimeSend> TakeSend() { return TakeFront(m_sends); }

    std::optional<TimeEvent> TakeEvent() { return TakeFront(m_events); }

    /// What it answers others with: one stratum below its source.
    const TimeServerState& State() const { return m_state; }

    /// Its source; empty as long as there is none.
    const std::string& Source() const { return m_source; }

  private:
    void Ask(Nanoseconds now);
    void OnSilence(Nanoseconds now);
    bool IsGenuine(const NtpPacket& answer) const;
    void Correct(Nanoseconds offset, Nanoseconds now);
    TimeEvent& Emit(TimeEvent::Kind kind, Nanoseconds now);

    TimeServiceConfig m_config;
    DriftingClock& m_clock;
    std::uint32_t m_keyId;
    std::vector<std::string> m_sources;
    std::vector<Secret> m_secrets;
    std::size_t m_place = 0; //!< In m_sources.
    std::uint32_t m_attempts = 0;
    std::optional<NtpTime> m_asked; //!< Its time in the request that is open.
    std::optional<Nanoseconds> m_timer;
    std::string m_source;
    TimeServerState m_state{0, 0, {}};
    std::deque<TimeSend> m_sends;
    std::deque<TimeEvent> m_events;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_TIME_SERVICE_H
