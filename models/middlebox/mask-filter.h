#ifndef BOUNCELAB_MODELS_MIDDLEBOX_MASK_FILTER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_MASK_FILTER_H

#include "models/middlebox/interception-proxy-config.h"
#include "models/middlebox/relay-filter.h"

namespace bouncelab::middlebox
{

/**
 * Cisco PIX `fixup protocol smtp` and ASA `inspect esmtp` (facts F72, I30):
 * overwrites what it does not like, and keeps every length, so that a device may do it in packets
 * that pass.
 */
class MaskFilter final : public RelayFilter
{
  public:
    /// \param config has to outlive the filter.
    explicit MaskFilter(const MaskConfig& config)
        : m_config(config)
    {
    }

    LineAction OnCommand(std::string_view line, const smtp::Command& command) override;
    std::optional<TruthEvent> OnGreeting(std::string& octets) override;
    std::optional<TruthEvent> OnHelloReply(std::string& octets) override;

  private:
    bool Passes(std::string_view verb) const;

    const MaskConfig& m_config;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_MASK_FILTER_H
