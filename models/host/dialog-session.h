#ifndef BOUNCELAB_MODELS_HOST_DIALOG_SESSION_H
#define BOUNCELAB_MODELS_HOST_DIALOG_SESSION_H

#include "formats/random.h"
#include "models/host/tcp-service-config.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bouncelab::host
{

/// One end of a connection on which so many octets are written, in turns. They mean nothing.
class DialogSession final : public smtp::Session
{
  public:
    /// \param config has to outlive the session \param draws of the octets
    DialogSession(const DialogClient& config, DialogSide side, DrawKey draws);

    void Connected(Nanoseconds now) override { Await(now); }

    void Receive(std::string_view bytes, Nanoseconds now) override;

    void PeerClosed(Nanoseconds /* now */, bool /* reset */) override { m_isOver = true; }

    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override { return m_timer; }

    bool WantsClose() const override { return m_isOver && m_output.empty(); }

    std::size_t ReceiveRoom() const override { return UNLIMITED; }

    std::size_t Unread() const override { return 0; }

  private:
    void Await(Nanoseconds now);

    bool IsOurs() const { return m_config.steps[m_step].by == m_side; }

    const DialogClient& m_config;
    DialogSide m_side;
    DrawKey m_draws;
    std::size_t m_step = 0;
    std::uint64_t m_read = 0; //!< Octets of the other side's step.
    std::uint64_t m_written = 0;
    std::string m_output;
    std::optional<Nanoseconds> m_timer;
    bool m_isOver = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_DIALOG_SESSION_H
