#ifndef BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_H
#define BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_H

#include "models/smtp/manual-session-config.h"
#include "models/smtp/reply-parser.h"
#include "models/smtp/session.h"

#include <deque>
#include <string>

namespace bouncelab::smtp
{

/**
 * A person at a telnet window, as administrators test a server by hand: reads the greeting, types a
 * line, reads the reply, and closes the window when all lines are answered, or nothing more comes.
 * What the server says has no influence on what is typed.
 */
class ManualSession : public Session
{
  public:
    explicit ManualSession(const ManualSessionConfig& config);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override { return m_timer; }

    bool WantsClose() const override { return m_closing && m_output.empty(); }

    std::size_t ReceiveRoom() const override { return UNLIMITED; }

    std::size_t Unread() const override { return 0; }

  private:
    void Close();

    Nanoseconds m_typing;
    Nanoseconds m_patience;
    std::deque<std::string> m_lines;
    ReplyParser m_parser;
    std::string m_output;
    std::optional<Nanoseconds> m_timer;
    bool m_isTyping = false;
    bool m_closing = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_MANUAL_SESSION_H
