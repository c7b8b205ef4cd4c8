#ifndef BOUNCELAB_MODELS_TLS_GNUTLS_ENGINE_H
#define BOUNCELAB_MODELS_TLS_GNUTLS_ENGINE_H

#include "models/smtp/tls-engine.h"
#include "models/tls/throwaway-certificate.h"

namespace bouncelab::tls
{

/**
 * TLS by GnuTLS, for sessions with programs that are not of this lab. Of the persona it takes the
 * versions (a persona with TLS 1.0 only is refused by programs of today, as the real product is),
 * `server-name` and `close-notify`; suites and extensions are GnuTLS's. A server's certificate is
 * new and signed by itself; a client checks none. Nothing of it is the same in two runs.
 */
class GnutlsEngine final : public smtp::TlsEngine
{
  public:
    /// As smtp::TlsMaker. Throws std::runtime_error if GnuTLS refuses its settings.
    GnutlsEngine(Role role, const smtp::TlsPersona& persona, std::string name);
    ~GnutlsEngine() override;

    GnutlsEngine(const GnutlsEngine&) = delete;
    GnutlsEngine& operator=(const GnutlsEngine&) = delete;

    void Receive(std::string_view bytes, std::string& plain) override;
    void Send(std::string_view plain) override;
    void Close() override;

    std::string TakeOutput() override { return std::exchange(m_output, {}); }

    bool Established() const override { return m_established && !Failed(); }

    bool Failed() const override { return !m_failure.empty(); }

    std::string_view Failure() const override { return m_failure; }

    const smtp::TlsFacts& Facts() const override { return m_facts; }

  private:
    void Handshake();
    void Learn();
    void Fail(int status);

    static ssize_t Push(gnutls_transport_ptr_t self, const void* octets, std::size_t count);
    static ssize_t Pull(gnutls_transport_ptr_t self, void* octets, std::size_t count);

    const Role m_role;
    const smtp::TlsPersona& m_persona;
    const std::string m_name;
    Credentials m_credentials;
    gnutls_session_t m_session = nullptr;
    std::string m_input;
    std::size_t m_taken = 0; //!< Octets of it that GnuTLS has.
    std::string m_output;
    std::string m_failure;
    std::string m_suite;
    smtp::TlsFacts m_facts;
    bool m_established = false;
    bool m_closed = false;
};

/// From now on all sessions of this process speak real TLS.
void UseGnutls();

} // namespace bouncelab::tls

#endif // BOUNCELAB_MODELS_TLS_GNUTLS_ENGINE_H
