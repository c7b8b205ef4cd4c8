#include "models/tls/gnutls-engine.h"

#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace bouncelab::tls
{

using smtp::TlsVersion;

namespace
{

constexpr std::array<std::pair<TlsVersion, const char*>, 3> VERSIONS{
    {{TlsVersion::Tls10, ":+VERS-TLS1.0"},
     {TlsVersion::Tls11, ":+VERS-TLS1.1"},
     {TlsVersion::Tls12, ":+VERS-TLS1.2"}}};

std::string
PriorityOf(const smtp::TlsPersona& persona)
{
    std::string out = "NORMAL:-VERS-ALL";
    for (const auto& [version, word] : VERSIONS)
    {
        if (version >= persona.oldest && version <= persona.newest)
        {
            out += word;
        }
    }
    return out + ":%COMPAT";
}

TlsVersion
VersionOf(gnutls_session_t session)
{
    switch (gnutls_protocol_get_version(session))
    {
    case GNUTLS_TLS1_2:
        return TlsVersion::Tls12;
    case GNUTLS_TLS1_1:
        return TlsVersion::Tls11;
    default:
        return TlsVersion::Tls10;
    }
}

} // namespace

GnutlsEngine::GnutlsEngine(Role role, const smtp::TlsPersona& persona, std::string name)
    : m_role(role)
    , m_persona(persona)
    , m_name(std::move(name))
    , m_credentials(role == Role::Server ? MakeCredentials(m_name) : MakeCredentials())
{
    gnutls_init(&m_session,
                (role == Role::Server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK |
                    GNUTLS_NO_SIGNAL);
    const int status = gnutls_priority_set_direct(m_session, PriorityOf(persona).c_str(), nullptr);
    if (status < 0)
    {
        gnutls_deinit(m_session);
        throw std::runtime_error(std::string("GnuTLS: ") + gnutls_strerror(status));
    }
    gnutls_credentials_set(m_session, GNUTLS_CRD_CERTIFICATE, m_credentials.get());
    gnutls_transport_set_ptr(m_session, this);
    gnutls_transport_set_push_function(m_session, &GnutlsEngine::Push);
    gnutls_transport_set_pull_function(m_session, &GnutlsEngine::Pull);
    gnutls_handshake_set_timeout(m_session, GNUTLS_INDEFINITE_TIMEOUT);
    if (role == Role::Client)
    {
        if (persona.serverName && !m_name.empty())
        {
            gnutls_server_name_set(m_session, GNUTLS_NAME_DNS, m_name.data(), m_name.size());
        }
        Handshake();
    }
}

GnutlsEngine::~GnutlsEngine()
{
    gnutls_deinit(m_session);
}

ssize_t
GnutlsEngine::Push(gnutls_transport_ptr_t self, const void* octets, std::size_t count)
{
    static_cast<GnutlsEngine*>(self)->m_output.append(static_cast<const char*>(octets), count);
    return static_cast<ssize_t>(count);
}

ssize_t
GnutlsEngine::Pull(gnutls_transport_ptr_t self, void* octets, std::size_t count)
{
    auto& engine = *static_cast<GnutlsEngine*>(self);
    const std::size_t size = std::min(count, engine.m_input.size() - engine.m_taken);
    if (size == 0)
    {
        gnutls_transport_set_errno(engine.m_session, EAGAIN);
        return -1;
    }
    engine.m_input.copy(static_cast<char*>(octets), size, engine.m_taken);
    engine.m_taken += size;
    return static_cast<ssize_t>(size);
}

void
GnutlsEngine::Receive(std::string_view bytes, std::string& plain)
{
    if (Failed())
    {
        return;
    }
    m_input.append(bytes);
    if (!m_established)
    {
        Handshake();
    }
    std::array<char, 16384> piece;
    while (m_established && !Failed())
    {
        const ssize_t size = gnutls_record_recv(m_session, piece.data(), piece.size());
        if (size > 0)
        {
            plain.append(piece.data(), static_cast<std::size_t>(size));
        }
        else if (size == 0 || size == GNUTLS_E_AGAIN)
        {
            break;
        }
        else if (gnutls_error_is_fatal(static_cast<int>(size)) != 0)
        {
            Fail(static_cast<int>(size));
        }
    }
    m_input.erase(0, m_taken);
    m_taken = 0;
}

void
GnutlsEngine::Handshake()
{
    int status = GNUTLS_E_SUCCESS;
    do
    {
        status = gnutls_handshake(m_session);
    } while (status < 0 && status != GNUTLS_E_AGAIN && gnutls_error_is_fatal(status) == 0);
    if (status == GNUTLS_E_SUCCESS)
    {
        m_established = true;
        Learn();
    }
    else if (status != GNUTLS_E_AGAIN)
    {
        Fail(status);
    }
}

void
GnutlsEngine::Learn()
{
    m_facts.version = VersionOf(m_session);
    if (const char* suite = gnutls_ciphersuite_get(m_session))
    {
        m_suite = suite;
        m_facts.suite = m_suite;
    }
    if (m_role == Role::Server)
    {
        m_facts.certificate = m_name;
        std::array<char, 256> name;
        std::size_t size = name.size();
        unsigned type = 0;
        if (gnutls_server_name_get(m_session, name.data(), &size, &type, 0) == GNUTLS_E_SUCCESS)
        {
            m_facts.serverName = name.data();
        }
        return;
    }
    m_facts.serverName = m_persona.serverName ? m_name : std::string();
    unsigned count = 0;
    const gnutls_datum_t* list = gnutls_certificate_get_peers(m_session, &count);
    gnutls_x509_crt_t certificate = nullptr;
    if (count == 0 || gnutls_x509_crt_init(&certificate) < 0)
    {
        return;
    }
    std::array<char, 256> name;
    std::size_t size = name.size();
    if (gnutls_x509_crt_import(certificate, &list[0], GNUTLS_X509_FMT_DER) >= 0 &&
        gnutls_x509_crt_get_dn_by_oid(certificate,
                                      GNUTLS_OID_X520_COMMON_NAME,
                                      0,
                                      0,
                                      name.data(),
                                      &size) >= 0)
    {
        m_facts.certificate.assign(name.data(), size);
    }
    gnutls_x509_crt_deinit(certificate);
}

void
GnutlsEngine::Fail(int status)
{
    gnutls_alert_send_appropriate(m_session, status);
    m_failure = gnutls_strerror(status);
    if (status == GNUTLS_E_FATAL_ALERT_RECEIVED)
    {
        if (const char* alert = gnutls_alert_get_name(gnutls_alert_get(m_session)))
        {
            m_failure = std::string("alert: ") + alert;
        }
    }
}

void
GnutlsEngine::Send(std::string_view plain)
{
    while (!plain.empty() && Established())
    {
        const ssize_t size = gnutls_record_send(m_session, plain.data(), plain.size());
        if (size < 0)
        {
            Fail(static_cast<int>(size));
            return;
        }
        plain.remove_prefix(static_cast<std::size_t>(size));
    }
}

void
GnutlsEngine::Close()
{
    if (!m_closed && Established() && m_persona.closeNotify)
    {
        gnutls_bye(m_session, GNUTLS_SHUT_WR);
    }
    m_closed = true;
}

void
UseGnutls()
{
    smtp::SetTlsMaker([](smtp::TlsEngine::Role role,
                         const smtp::TlsPersona& persona,
                         std::string name,
                         DrawKey) -> std::unique_ptr<smtp::TlsEngine>
                      { return std::make_unique<GnutlsEngine>(role, persona, std::move(name)); });
}

} // namespace bouncelab::tls
