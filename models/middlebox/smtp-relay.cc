#include "models/middlebox/smtp-relay.h"

#include "models/middlebox/command-relay.h"
#include "models/middlebox/mask-filter.h"
#include "models/middlebox/strip-filter.h"
#include "models/middlebox/transparent-relay.h"
#include "models/smtp/reply.h"

#include <algorithm>
#include <cstdlib>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::size_t MAX_REPLY_LINE = 512;

RelaySide
Other(RelaySide side)
{
    return side == RelaySide::Client ? RelaySide::Server : RelaySide::Client;
}

} // namespace

smtp::LineRules
CommandRules(const InterceptionProxyConfig& config)
{
    smtp::LineRules rules;
    rules.maxLength = config.commandLine;
    return rules;
}

std::unique_ptr<SmtpRelay>
SmtpRelay::Make(const InterceptionProxyConfig& config,
                InterceptionMode mode,
                const smtp::ConnectionInfo& connection,
                ProxyObserver& observer,
                DrawKey draws)
{
    switch (mode)
    {
    case InterceptionMode::Relay:
        return std::make_unique<CommandRelay>(config, connection, observer, draws);
    case InterceptionMode::Mask:
        return std::make_unique<TransparentRelay>(config,
                                                  connection,
                                                  observer,
                                                  draws,
                                                  std::make_unique<MaskFilter>(config.mask));
    case InterceptionMode::Strip:
        return std::make_unique<TransparentRelay>(
            config,
            connection,
            observer,
            draws,
            std::make_unique<StripFilter>(config.startTls, config.auth));
    case InterceptionMode::StoreAndForward:
        break;
    }
    std::abort();
}

SmtpRelay::SmtpRelay(const InterceptionProxyConfig& config,
                     const smtp::ConnectionInfo& connection,
                     ProxyObserver& observer,
                     DrawKey draws)
    : m_config(config)
    , m_connection(connection)
    , m_observer(observer)
    , m_draws(draws)
{
}

void
SmtpRelay::ServerOpening()
{
    m_wantsServer = false;
    m_server.out.Clear();
    m_server.in.Take(m_server.in.Size());
    m_server.deadline.reset();
    m_server.connected = m_server.peerClosed = m_server.closing = false;
    m_server.changed = m_server.wasFull = false;
}

void
SmtpRelay::ConnectFailed(Nanoseconds now)
{
    m_now = std::max(m_now, now);
    OnConnectFailed();
    Settle();
}

void
SmtpRelay::Connected(RelaySide side, Nanoseconds now)
{
    m_now = std::max(m_now, now);
    At(side).connected = true;
    OnConnected(side);
    Settle();
}

void
SmtpRelay::Receive(RelaySide side, std::string_view bytes, Nanoseconds now)
{
    m_now = std::max(m_now, now);
    End& end = At(side);
    if (end.closing || end.peerClosed)
    {
        return;
    }
    // Beyond the room nothing is kept: a caller that does not heed it loses its own octets.
    end.in.Add(bytes.substr(0, ReceiveRoom(side)));
    Settle();
    end.in.Settle();
}

void
SmtpRelay::PeerClosed(RelaySide side, Nanoseconds now, bool reset)
{
    m_now = std::max(m_now, now);
    End& end = At(side);
    if (end.peerClosed)
    {
        return;
    }
    end.peerClosed = true;
    if (reset)
    {
        end.in.Take(end.in.Size());
        Drop(side);
    }
    Settle();
    OnClosed(side);
    Settle();
}

void
SmtpRelay::Tick(Nanoseconds now)
{
    m_now = std::max(m_now, now);
    for (const RelaySide side : {RelaySide::Client, RelaySide::Server})
    {
        End& end = At(side);
        if (end.deadline && *end.deadline <= m_now)
        {
            end.deadline.reset();
            OnSilence(side);
        }
    }
    Settle();
}

void
SmtpRelay::Settle()
{
    Process();
    for (const RelaySide side : {RelaySide::Client, RelaySide::Server})
    {
        End& end = At(side);
        const bool isFull = ReceiveRoom(side) == 0;
        end.changed = end.changed || (end.wasFull && !isFull);
        end.wasFull = isFull;
    }
}

std::string
SmtpRelay::TakeOutput(RelaySide side, std::size_t limit)
{
    std::string out = At(side).out.Take(m_now, limit);
    if (!out.empty())
    {
        Settle();
    }
    return out;
}

std::optional<Nanoseconds>
SmtpRelay::NextTimer(RelaySide side) const
{
    const End& end = At(side);
    const std::optional<Nanoseconds> due = end.out.Next();
    if (due && end.deadline)
    {
        return std::min(*due, *end.deadline);
    }
    return due ? due : end.deadline;
}

std::size_t
SmtpRelay::ReceiveRoom(RelaySide side) const
{
    const End& end = At(side);
    if (end.closing)
    {
        return m_config.buffer; // Read and dropped, so that the peer's FIN can be seen.
    }
    const std::size_t waiting = end.in.Size() + At(Other(side)).out.Size();
    return waiting < m_config.buffer ? m_config.buffer - waiting : 0;
}

bool
SmtpRelay::TakeChange(RelaySide side)
{
    const bool changed = At(side).changed;
    At(side).changed = false;
    return changed;
}

void
SmtpRelay::Put(RelaySide side, std::string_view octets, const smtp::ThinkTime& delay)
{
    End& end = At(side);
    if (end.closing || octets.empty())
    {
        return;
    }
    ++m_puts;
    end.out.Put(octets, m_now + Drawn(delay, m_draws("delay", m_puts)));
    end.changed = true;
}

void
SmtpRelay::PutText(std::string_view text)
{
    Put(RelaySide::Client, Reply(text), m_config.answerDelay);
}

void
SmtpRelay::Close(RelaySide side)
{
    End& end = At(side);
    end.changed = end.changed || !end.closing;
    end.closing = true;
    m_wantsServer = m_wantsServer && side == RelaySide::Client;
    end.deadline.reset();
}

void
SmtpRelay::Drop(RelaySide side)
{
    Close(side);
    At(side).out.Clear();
}

void
SmtpRelay::Sign(TruthEvent did, std::string_view detail)
{
    m_observer.OnTruth(did, detail);
}

void
SmtpRelay::Await(RelaySide side, Nanoseconds patience)
{
    if (patience.count() > 0)
    {
        At(side).deadline = m_now + patience;
        At(side).changed = true;
    }
}

bool
SmtpRelay::MayRead(RelaySide side) const
{
    return At(side).in.Size() > 0 && At(Other(side)).out.Size() < m_config.buffer;
}

std::string
SmtpRelay::Reply(std::string_view text, const std::vector<std::string>& furtherLines)
{
    std::string expanded;
    ExpandProxyText(expanded, text, Words());
    for (const std::string& line : furtherLines)
    {
        expanded += '\n';
        expanded += line;
    }
    std::string out;
    if (const auto parts = smtp::SplitReply(expanded))
    {
        smtp::AppendReply(out, parts->code, parts->text, MAX_REPLY_LINE);
    }
    return out;
}

ProxyWords
SmtpRelay::Words() const
{
    return {m_config, m_connection, m_helo, m_extended, m_now};
}

} // namespace bouncelab::middlebox
