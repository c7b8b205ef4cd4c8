#ifndef BOUNCELAB_MODELS_SMTP_TLS_CERTIFICATE_H
#define BOUNCELAB_MODELS_SMTP_TLS_CERTIFICATE_H

#include "models/smtp/tls-persona.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// A well-formed X.509 certificate (RFC 5280) with a made-up RSA key and signature. The
/// same persona and name give the same octets. \param commonName whom it is for.
std::string MakeCertificate(const TlsPersona& persona, std::string_view commonName);

/// The common name of a certificate's subject; empty if none can be read.
std::string CommonNameOf(std::string_view certificate);

/// Size of its signature, which is that of the key that made it, in octets; 0 if none can be read.
std::size_t SignatureSizeOf(std::string_view certificate);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_CERTIFICATE_H
