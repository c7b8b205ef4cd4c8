#include "models/kerberos/time-service.h"

#include <algorithm>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::uint8_t MAX_STRATUM = 15;

std::string
SignatureOf(const NtpPacket& packet, const Secret& secret)
{
    return ChecksumOf(KeyOf(secret, EncryptionType::Rc4Hmac), KeyUsage::TimeAnswer, packet.Header())
        .octets;
}

/// How far time b is ahead of a.
Nanoseconds
Ahead(NtpTime a, NtpTime b)
{
    return FromNtpTime(b) - FromNtpTime(a);
}

} // namespace

std::optional<std::string>
AnswerTime(std::string_view octets,
           const TimeServerState& state,
           WallTime clock,
           const Secret* secret)
{
    const auto request = NtpPacket::Parse(octets);
    if (!request || !request->IsRequest() || (request->signature && !secret))
    {
        return std::nullopt;
    }
    NtpPacket answer;
    answer.leap = state.stratum == 0 ? NtpPacket::UNSYNCHRONIZED : 0;
    answer.version = request->version;
    answer.mode = NtpPacket::SERVER;
    answer.stratum = state.stratum;
    answer.poll = request->poll;
    answer.referenceId = state.referenceId;
    answer.reference = ToNtpTime(state.reference);
    answer.origin = request->transmit;
    answer.receive = answer.transmit = ToNtpTime(clock);
    if (request->signature)
    {
        answer.signature = {request->signature->keyId, SignatureOf(answer, *secret)};
    }
    return answer.ToOctets();
}

TimeService::TimeService(const TimeServiceConfig& config, DriftingClock& clock, std::uint32_t keyId)
    : m_config(config)
    , m_clock(clock)
    , m_keyId(keyId)
{
    if (m_config.running)
    {
        m_timer = m_config.first;
    }
}

void
TimeService::Start(Nanoseconds now)
{
    m_timer = now;
}

void
TimeService::Stop()
{
    m_timer.reset();
    m_asked.reset();
    m_source.clear();
    m_state.stratum = 0;
}

TimeEvent&
TimeService::Emit(TimeEvent::Kind kind, Nanoseconds now)
{
    m_events.push_back({kind, now, m_sources.empty() ? "" : m_sources[m_place], {}, {}});
    return m_events.back();
}

void
TimeService::Advance(Nanoseconds now)
{
    while (m_timer && *m_timer <= now)
    {
        if (m_asked)
        {
            OnSilence(*m_timer);
        }
        else
        {
            Ask(*m_timer);
        }
    }
}

void
TimeService::Ask(Nanoseconds now)
{
    if (m_sources.empty())
    {
        Emit(TimeEvent::Kind::NoSource, now);
        m_timer = now + m_config.rest;
        return;
    }
    NtpPacket request;
    request.mode = m_config.symmetricActive ? NtpPacket::SYMMETRIC_ACTIVE : NtpPacket::CLIENT;
    request.transmit = ToNtpTime(m_clock.Read(now));
    if (m_keyId != 0)
    {
        request.signature = {m_keyId, ""};
    }
    m_asked = request.transmit;
    m_sends.push_back({m_sources[m_place], request.ToOctets()});
    m_timer = now + m_config.wait;
}

void
TimeService::OnSilence(Nanoseconds now)
{
    m_asked.reset();
    m_timer = now + m_config.retry;
    if (++m_attempts < m_config.attempts)
    {
        return;
    }
    m_attempts = 0;
    m_source.clear();
    Emit(TimeEvent::Kind::SourceLost, now);
    m_place = (m_place + 1) % m_sources.size();
    if (m_place == 0)
    {
        m_state.stratum = 0;
        Emit(TimeEvent::Kind::NoSource, now).source.clear();
        m_timer = now + m_config.rest;
    }
}

bool
TimeService::IsGenuine(const NtpPacket& answer) const
{
    return m_keyId == 0 ||
           (answer.signature && answer.signature->keyId == m_keyId &&
            std::any_of(m_secrets.begin(),
                        m_secrets.end(),
                        [&](const Secret& secret)
                        { return answer.signature->checksum == SignatureOf(answer, secret); }));
}

void
TimeService::Receive(std::string_view source, std::string_view octets, Nanoseconds now)
{
    const auto answer = NtpPacket::Parse(octets);
    if (!m_asked || source != m_sources[m_place] || !answer || answer->mode != NtpPacket::SERVER ||
        answer->origin != *m_asked || answer->leap == NtpPacket::UNSYNCHRONIZED ||
        answer->stratum == 0 || answer->stratum > MAX_STRATUM || !IsGenuine(*answer))
    {
        return;
    }
    const Nanoseconds offset = (Ahead(answer->origin, answer->receive) +
                                Ahead(ToNtpTime(m_clock.Read(now)), answer->transmit)) /
                               2;
    m_asked.reset();
    m_attempts = 0;
    m_timer = now + m_config.poll;
    const Nanoseconds limit =
        offset.count() > 0 ? m_config.largestForward : m_config.largestBackward;
    if (limit.count() > 0 && std::chrono::abs(offset) > limit)
    {
        TimeEvent& refused = Emit(TimeEvent::Kind::CorrectionRefused, now);
        refused.offset = offset;
        refused.limit = limit;
        return;
    }
    if (m_source != source)
    {
        m_source = source;
        Emit(TimeEvent::Kind::Synchronized, now).offset = offset;
    }
    Correct(offset, now);
    m_state = {static_cast<std::uint8_t>(answer->stratum + 1), 0, m_clock.Read(now)};
}

void
TimeService::Correct(Nanoseconds offset, Nanoseconds now)
{
    if (std::chrono::abs(offset) > m_config.setFrom)
    {
        m_clock.Step(now, offset);
        Emit(TimeEvent::Kind::Set, now).offset = offset;
    }
    else
    {
        m_clock.Slew(now, offset, m_config.poll);
    }
}

} // namespace bouncelab::kerberos
