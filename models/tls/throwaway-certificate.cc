#include "models/tls/throwaway-certificate.h"

#include <gnutls/x509.h>

#include <ctime>
#include <stdexcept>

namespace bouncelab::tls
{

namespace
{

void
Check(int status)
{
    if (status < 0)
    {
        throw std::runtime_error(std::string("GnuTLS: ") + gnutls_strerror(status));
    }
}

struct PrivateKey
{
    PrivateKey() { Check(gnutls_x509_privkey_init(&handle)); }

    ~PrivateKey() { gnutls_x509_privkey_deinit(handle); }

    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;

    gnutls_x509_privkey_t handle = nullptr;
};

struct Certificate
{
    Certificate() { Check(gnutls_x509_crt_init(&handle)); }

    ~Certificate() { gnutls_x509_crt_deinit(handle); }

    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    gnutls_x509_crt_t handle = nullptr;
};

constexpr std::time_t DAY = 86400;

} // namespace

Credentials
MakeCredentials()
{
    gnutls_certificate_credentials_t credentials = nullptr;
    Check(gnutls_certificate_allocate_credentials(&credentials));
    return Credentials(credentials);
}

Credentials
MakeCredentials(const std::string& name)
{
    PrivateKey key;
    Check(gnutls_x509_privkey_generate(key.handle,
                                       GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                       0));
    Certificate certificate;
    gnutls_x509_crt_t crt = certificate.handle;
    const std::time_t now = std::time(nullptr);
    const unsigned char serial[] = {1};
    Check(gnutls_x509_crt_set_version(crt, 3));
    Check(gnutls_x509_crt_set_serial(crt, serial, sizeof(serial)));
    Check(gnutls_x509_crt_set_dn_by_oid(crt,
                                        GNUTLS_OID_X520_COMMON_NAME,
                                        0,
                                        name.data(),
                                        static_cast<unsigned>(name.size())));
    Check(gnutls_x509_crt_set_subject_alt_name(crt,
                                               GNUTLS_SAN_DNSNAME,
                                               name.data(),
                                               static_cast<unsigned>(name.size()),
                                               GNUTLS_FSAN_SET));
    Check(gnutls_x509_crt_set_activation_time(crt, now - DAY));
    Check(gnutls_x509_crt_set_expiration_time(crt, now + 7 * DAY));
    Check(gnutls_x509_crt_set_key(crt, key.handle));
    Check(gnutls_x509_crt_sign2(crt, crt, key.handle, GNUTLS_DIG_SHA256, 0));
    Credentials credentials = MakeCredentials();
    Check(gnutls_certificate_set_x509_key(credentials.get(), &crt, 1, key.handle));
    return credentials;
}

} // namespace bouncelab::tls
