#ifndef BOUNCELAB_MODELS_MIDDLEBOX_PROXY_TEXT_H
#define BOUNCELAB_MODELS_MIDDLEBOX_PROXY_TEXT_H

#include "models/middlebox/interception-proxy-config.h"
#include "models/smtp/server-policy.h"

#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/// What the words in braces of a proxy's texts stand for.
struct ProxyWords
{
    const InterceptionProxyConfig& config;
    const smtp::ConnectionInfo& connection;
    std::string_view helo; //!< The client's name for itself.
    bool extended = false; //!< It said EHLO.
    Nanoseconds now{0};
};

/// Appends `text` with {hostname} {client} {server} {helo} {protocol} {date} replaced; other words
/// in braces stay. Replacements are not expanded again.
void ExpandProxyText(std::string& out, std::string_view text, const ProxyWords& words);

/// The config's Received field, CRLF at the end of each line; empty if it adds none.
std::string ReceivedField(const ProxyWords& words);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_PROXY_TEXT_H
