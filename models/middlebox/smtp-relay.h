#ifndef BOUNCELAB_MODELS_MIDDLEBOX_SMTP_RELAY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_SMTP_RELAY_H

#include "models/middlebox/delayed-output.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/middlebox/proxy-text.h"
#include "models/smtp/input-buffer.h"
#include "models/smtp/server-policy.h"

#include "formats/random.h"
#include "formats/truth-event.h"
#include "models/smtp/line-reader.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

enum class RelaySide
{
    Client,
    Server,
};

/// Hears what a relay does to a session, when it does it. Views are valid during the call only.
class ProxyObserver
{
  public:
    virtual ~ProxyObserver() = default;

    /// \param detail the octets that it did it to or put in their place.
    virtual void OnTruth(TruthEvent /* did */, std::string_view /* detail */) {}
};

/// How a relay reads lines of commands.
smtp::LineRules CommandRules(const InterceptionProxyConfig& config);

/**
 * Stands between a client and a server of SMTP, without sockets and clocks: octets of both sides
 * and the time go in; octets for both sides come out. The modes are the classes that Make() chooses
 * from.
 *
 * The caller, after every call that takes the time, and for each side:
 *  1. writes what TakeOutput() gives; 2. closes the connection if WantsClose(); 3. calls Tick() at
 *  NextTimer(). A call about one side may change the other: TakeChange() tells. When WantsServer(),
 *  it calls ServerOpening() and opens a connection to the server, whose outcome is Connected() or
 *  ConnectFailed(). There may be several in turn, never two at once.
 *
 * Times are those since any fixed start, and never run backwards. Memory is bounded by
 * InterceptionProxyConfig::buffer in each direction, so long as the caller heeds ReceiveRoom().
 */
class SmtpRelay
{
  public:
    static constexpr std::size_t UNLIMITED = static_cast<std::size_t>(-1);

    /**
     * \param config, observer outlive the relay; config.mode is not store-and-forward, whose client
     * side is a smtp::ServerSession
     * \param mode in place of config.mode
     * \param connection client, and the server that it believes to speak to; hostname is not used
     */
    static std::unique_ptr<SmtpRelay> Make(const InterceptionProxyConfig& config,
                                           InterceptionMode mode,
                                           const smtp::ConnectionInfo& connection,
                                           ProxyObserver& observer,
                                           DrawKey draws);
    SmtpRelay(const SmtpRelay&) = delete;
    SmtpRelay& operator=(const SmtpRelay&) = delete;
    virtual ~SmtpRelay() = default;

    bool WantsServer() const { return m_wantsServer; }

    void ServerOpening();
    void ConnectFailed(Nanoseconds now); //!< The connection to the server did not come about.

    void Connected(RelaySide side, Nanoseconds now);
    void Receive(RelaySide side, std::string_view bytes, Nanoseconds now);
    void PeerClosed(RelaySide side, Nanoseconds now, bool reset);
    void Tick(Nanoseconds now);

    std::string TakeOutput(RelaySide side, std::size_t limit = UNLIMITED);

    bool HasOutput(RelaySide side) const { return At(side).out.HasDue(m_now); }

    std::optional<Nanoseconds> NextTimer(RelaySide side) const;

    bool WantsClose(RelaySide side) const { return At(side).closing && At(side).out.Size() == 0; }

    std::size_t ReceiveRoom(RelaySide side) const;

    std::size_t Unread(RelaySide side) const { return At(side).in.Size(); }

    /// Whether a side has something new to write, to close or to read since this was last asked.
    bool TakeChange(RelaySide side);

  protected:
    /// One of the two connections.
    struct End
    {
        smtp::InputBuffer in;
        DelayedOutput out;
        std::optional<Nanoseconds> deadline; //!< OnSilence() then.
        bool connected = false;
        bool peerClosed = false;
        bool closing = false;
        bool changed = false;
        bool wasFull = false;
    };

    SmtpRelay(const InterceptionProxyConfig& config,
              const smtp::ConnectionInfo& connection,
              ProxyObserver& observer,
              DrawKey draws);

    virtual void OnConnected(RelaySide side) = 0;
    virtual void OnConnectFailed() = 0;
    /// The peer closed; its octets have been offered to Process().
    virtual void OnClosed(RelaySide side) = 0;
    virtual void OnSilence(RelaySide side) = 0;
    /// Reads what it can of both sides. Called after everything else.
    virtual void Process() = 0;

    void AskForServer() { m_wantsServer = true; }

    /// Octets for a side, after the answer or the forward delay.
    void Put(RelaySide side, std::string_view octets, const smtp::ThinkTime& delay);
    void PutText(
        std::string_view text); //!< An own reply to the client: a template of ProxyReplies.
    void Close(RelaySide side);
    void Drop(RelaySide side); //!< Closes, and what it should still have got is lost.
    void Sign(TruthEvent did, std::string_view detail = {});
    void Await(RelaySide side, Nanoseconds patience); //!< 0 = for ever.

    void AwaitNothing(RelaySide side) { At(side).deadline.reset(); }

    /// The text with its words replaced, as reply lines on the wire; further lines are appended.
    std::string Reply(std::string_view text, const std::vector<std::string>& furtherLines = {});
    ProxyWords Words() const;

    /// Whether a side has octets that may be read, and the other side room for them.
    bool MayRead(RelaySide side) const;

    End& At(RelaySide side) { return side == RelaySide::Client ? m_client : m_server; }

    const End& At(RelaySide side) const { return side == RelaySide::Client ? m_client : m_server; }

    Nanoseconds Now() const { return m_now; }

    const InterceptionProxyConfig& m_config;
    const smtp::ConnectionInfo& m_connection;
    std::string m_helo; //!< The client's name for itself.
    bool m_extended = false;

  private:
    void Settle();

    ProxyObserver& m_observer;
    DrawKey m_draws;
    std::uint64_t m_puts = 0; //!< Texts that were given a delay.
    End m_client;
    End m_server;
    Nanoseconds m_now{0};
    bool m_wantsServer = false;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_SMTP_RELAY_H
