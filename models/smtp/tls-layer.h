#ifndef BOUNCELAB_MODELS_SMTP_TLS_LAYER_H
#define BOUNCELAB_MODELS_SMTP_TLS_LAYER_H

#include "models/smtp/tls-cipher.h"
#include "models/smtp/tls-engine.h"

#include "formats/random.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bouncelab::smtp
{

/**
 * TLS between a session and its socket, for both roles (RFC 2246, 4346, 5246).
 *
 * The wire shows a whole handshake (hellos, certificate, key exchange, ChangeCipherSpec, Finished)
 * and records of the lengths that the suite gives them. Nothing is secret: keys come from what both
 * ends have said in the open. But two ends that heard different things do not come together, and a
 * record that was changed, forged or left out is noticed, as in TLS: an alert goes out, and the
 * connection has failed.
 *
 * Peers that are not of this lab: TlsEngine's others (models/tls).
 *
 * No session resumption, renegotiation, client certificates or compression.
 */
class TlsLayer : public TlsEngine
{
  public:
    /// Longest handshake message that is read, in octets.
    static constexpr std::size_t MAX_HANDSHAKE = 65536;

    /// A client's hello is in the output at once. \param persona without fault (CheckTlsPersona),
    /// outlives the layer. \param name client: of the server it wants (empty = none); server: for
    /// its certificate.
    TlsLayer(Role role, const TlsPersona& persona, std::string name, DrawKey draws);

    void Receive(std::string_view bytes, std::string& plain) override;
    void Send(std::string_view plain) override;
    void Close() override;

    std::string TakeOutput() override { return std::exchange(m_output, {}); }

    bool Established() const override { return m_state == State::Established; }

    bool Failed() const override { return m_state == State::Failed; }

    std::string_view Failure() const override { return m_failure; }

    const TlsFacts& Facts() const override { return m_facts; }

    bool PeerSaidGoodbye() const { return m_goodbye; }

  private:
    enum class State
    {
        ClientHello, //!< Awaited next, and so on in the handshake's order.
        ServerHello,
        Certificate,
        ServerKeyExchange,
        ServerHelloDone,
        ClientKeyExchange,
        ChangeCipherSpec,
        Finished,
        Established,
        Failed,
    };

    bool CheckHeader();
    void TakeRecord(std::string& plain);
    void OnRecord(std::uint8_t type, std::string_view content, std::string& plain);
    void OnAlert(std::string_view content);
    void OnHandshakeOctets(std::string_view content);
    void OnHandshake(std::uint8_t type, std::string_view body);

    // tls-handshake.cc
    void SendClientHello();
    void SendServerFlight();
    void SendClientFlight();
    void SendFinished();
    void OnClientHello(std::string_view body);
    void OnServerHello(std::string_view body);
    void OnCertificate(std::string_view body);
    void OnFinished(std::string_view body);
    void DeriveKeys();
    void Choose(const TlsSuite& suite, std::uint16_t version);
    std::string FinishedOctets(Role role) const;

    void PutHandshake(std::string& flight, std::uint8_t type, std::string_view body);
    void PutRecord(std::uint8_t type, std::string_view content);
    void Fail(std::uint8_t alert, std::string_view reason);

    const Role m_role;
    const TlsPersona& m_persona;
    const std::string m_name;
    DrawKey m_draws;
    State m_state;
    TlsFacts m_facts;
    const TlsSuite* m_suite = nullptr;
    std::uint16_t m_recordVersion;
    std::uint16_t m_helloVersion = 0; //!< The client's newest.
    std::string m_input;              //!< Of a record that is not complete.
    std::string m_handshake;          //!< Of a handshake message that is not complete.
    std::string m_output;
    std::string_view m_failure;
    TlsDigest m_transcript;
    std::optional<TlsCipher> m_reading;
    std::optional<TlsCipher> m_writing;
    std::uint64_t m_key = 0;
    std::size_t m_keySize = 0; //!< Octets of the server's key, as the client saw it.
    bool m_readProtected = false;
    bool m_writeProtected = false;
    bool m_renegotiationInfo = false;
    bool m_pointFormats = false;
    bool m_goodbye = false;
    bool m_closed = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_LAYER_H
