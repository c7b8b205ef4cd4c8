#ifndef BOUNCELAB_MODELS_SMTP_TLS_SUITES_H
#define BOUNCELAB_MODELS_SMTP_TLS_SUITES_H

#include "models/smtp/tls-persona.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bouncelab::smtp
{

/// A cipher suite, as far as it shows in the lengths of records and the messages of the handshake.
struct TlsSuite
{
    enum class Mode
    {
        Stream,
        Block,
        Counter,  //!< GCM
        Offering, //!< Not implemented: may stand in a client's list, and is never chosen.
    };

    std::uint16_t id;
    std::string_view name;
    Mode mode;
    std::size_t blockSize; //!< Octets; Block only.
    std::size_t macSize;   //!< Octets of the authentication code, or of GCM's tag.
    bool keyExchange;      //!< By ECDHE: the server sends a ServerKeyExchange.
    TlsVersion oldest;     //!< The first version that has it.
};

/// Null if there is none of that name or number.
const TlsSuite* FindTlsSuite(std::string_view name);
const TlsSuite* FindTlsSuite(std::uint16_t id);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_SUITES_H
