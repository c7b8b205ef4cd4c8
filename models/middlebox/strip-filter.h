#ifndef BOUNCELAB_MODELS_MIDDLEBOX_STRIP_FILTER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_STRIP_FILTER_H

#include "models/middlebox/interception-proxy-config.h"
#include "models/middlebox/relay-filter.h"

namespace bouncelab::middlebox
{

/// Keeps STARTTLS, AUTH or both from a client, each in one of the ways of StripMethod.
class StripFilter final : public RelayFilter
{
  public:
    /// Both configurations have to outlive the filter.
    StripFilter(const StripConfig& startTls, const StripConfig& auth)
        : m_startTls(startTls)
        , m_auth(auth)
    {
    }

    LineAction OnCommand(std::string_view line, const smtp::Command& command) override;
    std::optional<TruthEvent> OnHelloReply(std::string& octets) override;

  private:
    const StripConfig& m_startTls;
    const StripConfig& m_auth;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_STRIP_FILTER_H
