#ifndef BOUNCELAB_MODELS_TLS_THROWAWAY_CERTIFICATE_H
#define BOUNCELAB_MODELS_TLS_THROWAWAY_CERTIFICATE_H

#include <gnutls/gnutls.h>

#include <memory>
#include <string>
#include <type_traits>

namespace bouncelab::tls
{

struct CredentialsDeleter
{
    void operator()(gnutls_certificate_credentials_t credentials) const
    {
        gnutls_certificate_free_credentials(credentials);
    }
};

using Credentials =
    std::unique_ptr<std::remove_pointer_t<gnutls_certificate_credentials_t>, CredentialsDeleter>;

/// Credentials without a certificate or trust anchors, which check nothing: a client's.
Credentials MakeCredentials();

/// The same with a new P-256 key and a certificate for `name` that it signed itself, valid from
/// yesterday for a week: a server's. Throws std::runtime_error if GnuTLS cannot make them.
Credentials MakeCredentials(const std::string& name);

} // namespace bouncelab::tls

#endif // BOUNCELAB_MODELS_TLS_THROWAWAY_CERTIFICATE_H
