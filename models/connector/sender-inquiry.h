#ifndef BOUNCELAB_MODELS_CONNECTOR_SENDER_INQUIRY_H
#define BOUNCELAB_MODELS_CONNECTOR_SENDER_INQUIRY_H

#include "models/connector/sender-checks.h"

#include <functional>
#include <memory>
#include <optional>

namespace bouncelab::connector
{

/// The checks of one connection's client, which may have to wait for names. What they came to
/// holds for all recipients until the client says another name or another sender.
class SenderInquiry
{
  public:
    /**
     * \param config,names have to outlive it; names may be null
     * \param onEnd called when names have been asked and the result stands; never inside Ask()
     */
    SenderInquiry(const SenderChecksConfig& config,
                  dns::LookupClient* names,
                  std::function<void()> onEnd);

    /// Starts the checks unless they have been made, or are being made, of the same client.
    void Ask(const CheckedClient& client);

    const CheckResult* Result() const { return m_result ? &*m_result : nullptr; }

    bool TakeEnd(); //!< Whether a result has come since the last call.

    void Stop() { m_names.reset(); } //!< Nobody waits any more.

  private:
    void Start();

    const SenderChecksConfig& m_config;
    dns::LookupClient* m_client;
    std::function<void()> m_onEnd;
    CheckedClient m_about;
    std::unique_ptr<dns::Inquiry> m_names; //!< Until the end is taken.
    std::optional<CheckResult> m_result;
    bool m_isStarting = false;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_SENDER_INQUIRY_H
