#ifndef BOUNCELAB_MODELS_PROBE_LOCKSTEP_SESSION_H
#define BOUNCELAB_MODELS_PROBE_LOCKSTEP_SESSION_H

#include "models/smtp/input-buffer.h"
#include "models/smtp/reply-parser.h"
#include "models/smtp/session.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::probe
{

/// What a script says next.
struct ScriptLine
{
    std::string octets;     //!< As they go on the wire, with their line ends.
    Nanoseconds pause{0};   //!< Before they go.
    Nanoseconds timeout{0}; //!< How long their reply is awaited; 0 = for ever.
};

/// The mind behind a LockstepSession. No call leads back into the session.
class Script
{
  public:
    virtual ~Script() = default;

    virtual Nanoseconds GreetingTimeout() const = 0; //!< 0 = for ever.

    /// A reply is complete: to what was said last, or the greeting. \return what to say now;
    /// nothing closes the connection.
    virtual std::optional<ScriptLine> OnReply(const smtp::Reply& reply, Nanoseconds now) = 0;

    /// The octets go out, after their pause.
    virtual void OnSaid(std::string_view octets, Nanoseconds now) = 0;

    /// The connection is over. Called once, last. Quit: the script closed it.
    virtual void OnEnd(smtp::EndReason reason, Nanoseconds now) = 0;
};

/**
 * The client's side of a connection that says one thing at a time and waits for its reply, without
 * pipelining. What is said is the script's matter.
 *
 * Replies are read as a program does that reads from a socket: octets that are early wait for their
 * turn and answer whatever is said next.
 */
class LockstepSession final : public smtp::Session
{
  public:
    static constexpr std::size_t INPUT_BUFFER = 65536;

    /// The script has to outlive the session.
    explicit LockstepSession(Script& script);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override;

    bool WantsClose() const override { return m_ended && m_output.empty(); }

    std::size_t ReceiveRoom() const override;

    std::size_t Unread() const override { return m_input.Size(); }

  private:
    void Process();
    void Say();
    void End(smtp::EndReason reason);

    Script& m_script;
    smtp::InputBuffer m_input;
    smtp::ReplyParser m_parser;
    std::string m_output;
    std::optional<ScriptLine> m_next; //!< Waits for m_due.
    Nanoseconds m_due{0};
    std::optional<Nanoseconds> m_deadline; //!< Of the reply that is awaited.
    Nanoseconds m_now{0};
    bool m_peerClosed = false;
    bool m_ended = false;
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_LOCKSTEP_SESSION_H
