#ifndef BOUNCELAB_MODELS_CONNECTOR_EFFECTIVE_PERSONA_H
#define BOUNCELAB_MODELS_CONNECTOR_EFFECTIVE_PERSONA_H

#include "models/connector/receive-connector-config.h"
#include "models/smtp/server-persona.h"

#include <string>
#include <vector>

namespace bouncelab::connector
{

/**
 * The EHLO keywords of a session at a connector.
 *
 * \param product everything that the server's version can offer, in its order
 * \param tls the session is under TLS: STARTTLS and X-ANONYMOUSTLS are gone, and LOGIN is there
 * even if it needs TLS.
 */
std::vector<std::string> KeywordsOf(const ReceiveConnectorConfig& config,
                                    const std::vector<std::string>& product,
                                    bool tls);

/// The server's persona with the connector's keywords, limits and timeouts.
smtp::ServerPersona EffectivePersona(const ReceiveConnectorConfig& config,
                                     smtp::ServerPersona server);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_EFFECTIVE_PERSONA_H
