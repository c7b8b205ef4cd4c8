#include "models/smtp/tls-certificate.h"
#include "models/smtp/tls-layer.h"
#include "models/smtp/tls-wire.h"

#include <algorithm>

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t RANDOM = 32;
constexpr std::size_t SESSION_ID = 32;
constexpr std::size_t POINT = 65; //!< An uncompressed point of secp256r1.
constexpr std::size_t VERIFY_DATA = 12;
constexpr std::size_t MIN_KEY = 64;
constexpr std::size_t MAX_KEY = 2048;
constexpr std::uint16_t SCSV = 0x00FF; //!< RFC 5746

constexpr std::uint16_t SERVER_NAME = 0; //!< Extensions.
constexpr std::uint16_t GROUPS = 10;
constexpr std::uint16_t POINT_FORMATS = 11;
constexpr std::uint16_t SIGNATURE_ALGORITHMS = 13;
constexpr std::uint16_t RENEGOTIATION_INFO = 0xFF01;

// clang-format off
constexpr std::string_view SIGNATURES("\x04\x01\x05\x01\x02\x01\x04\x03\x05\x03\x02\x03\x02\x02", 14);
// clang-format on
constexpr std::string_view CURVES("\0\x17\0\x18", 4);
constexpr std::string_view NAMED_P256("\x03\0\x17", 3);
constexpr std::string_view SHA1_RSA("\x02\x01", 2);

void
PutExtension(std::string& out, std::uint16_t type, std::string_view body)
{
    tls::Put16(out, type);
    out += tls::Vector<2>(body);
}

/// The host that a server_name extension asks for; empty if none.
std::string_view
HostIn(std::string_view extension)
{
    tls::Cursor list(tls::Cursor(extension).TakeVector(2));
    const std::size_t type = list.Number(1);
    const std::string_view name = list.TakeVector(2);
    return list.Failed() || type != 0 ? std::string_view() : name;
}

} // namespace

void
TlsLayer::PutHandshake(std::string& flight, std::uint8_t type, std::string_view body)
{
    std::string message(1, static_cast<char>(type));
    tls::Put24(message, body.size());
    message += body;
    m_transcript.Add(message);
    flight += message;
}

void
TlsLayer::SendClientHello()
{
    std::string suites;
    bool curves = false;
    for (const std::string& name : m_persona.suites)
    {
        const TlsSuite* suite = FindTlsSuite(name);
        if (suite && suite->oldest <= m_persona.newest)
        {
            tls::Put16(suites, suite->id);
            curves |= suite->keyExchange;
        }
    }
    std::string extensions;
    PutExtension(extensions, RENEGOTIATION_INFO, std::string_view("\0", 1));
    if (m_persona.serverName && !m_name.empty())
    {
        m_facts.serverName = m_name;
        PutExtension(extensions, SERVER_NAME, tls::Vector<2>('\0' + tls::Vector<2>(m_name)));
    }
    if (curves)
    {
        PutExtension(extensions, GROUPS, tls::Vector<2>(CURVES));
        PutExtension(extensions, POINT_FORMATS, tls::Vector<1>(std::string_view("\0", 1)));
    }
    if (m_persona.newest == TlsVersion::Tls12)
    {
        PutExtension(extensions, SIGNATURE_ALGORITHMS, tls::Vector<2>(SIGNATURES));
    }
    std::string body;
    m_helloVersion = static_cast<std::uint16_t>(m_persona.newest);
    tls::Put16(body, m_helloVersion);
    body += Octets(m_draws("random"), RANDOM);
    body += tls::Vector<1>({});
    body += tls::Vector<2>(suites);
    body += tls::Vector<1>(std::string_view("\0", 1));
    body += tls::Vector<2>(extensions);
    std::string flight;
    PutHandshake(flight, tls::CLIENT_HELLO, body);
    PutRecord(tls::HANDSHAKE, flight);
}

void
TlsLayer::OnHandshake(std::uint8_t type, std::string_view body)
{
    if (type == tls::CLIENT_HELLO && m_state == State::ClientHello)
    {
        OnClientHello(body);
    }
    else if (type == tls::SERVER_HELLO && m_state == State::ServerHello)
    {
        OnServerHello(body);
    }
    else if (type == tls::CERTIFICATE && m_state == State::Certificate)
    {
        OnCertificate(body);
    }
    else if (type == tls::SERVER_KEY_EXCHANGE && m_state == State::ServerKeyExchange)
    {
        m_state = State::ServerHelloDone;
    }
    else if (type == tls::SERVER_HELLO_DONE && m_state == State::ServerHelloDone && body.empty())
    {
        SendClientFlight();
    }
    else if (type == tls::CLIENT_KEY_EXCHANGE && m_state == State::ClientKeyExchange)
    {
        DeriveKeys();
        m_state = State::ChangeCipherSpec;
    }
    else if (type == tls::FINISHED && m_state == State::Finished)
    {
        OnFinished(body);
    }
    else
    {
        Fail(tls::UNEXPECTED_MESSAGE, "a handshake message out of order");
    }
}

void
TlsLayer::Choose(const TlsSuite& suite, std::uint16_t version)
{
    m_suite = &suite;
    m_recordVersion = version;
    m_facts.version = static_cast<TlsVersion>(version);
    m_facts.suite = suite.name;
}

void
TlsLayer::OnClientHello(std::string_view body)
{
    tls::Cursor hello(body);
    m_helloVersion = static_cast<std::uint16_t>(hello.Number(2));
    hello.Take(RANDOM);
    hello.TakeVector(1);
    const std::string_view suites = hello.TakeVector(2);
    hello.TakeVector(1);
    tls::Cursor extensions(hello.AtEnd() ? std::string_view() : hello.TakeVector(2));
    while (!extensions.AtEnd() && !extensions.Failed())
    {
        const std::size_t type = extensions.Number(2);
        const std::string_view value = extensions.TakeVector(2);
        m_renegotiationInfo |= type == RENEGOTIATION_INFO;
        m_pointFormats |= type == POINT_FORMATS;
        if (type == SERVER_NAME)
        {
            m_facts.serverName = HostIn(value);
        }
    }
    if (hello.Failed() || extensions.Failed() || suites.size() % 2 != 0)
    {
        Fail(tls::DECODE_ERROR, "a hello that cannot be read");
        return;
    }
    const std::uint16_t version =
        std::min(m_helloVersion, static_cast<std::uint16_t>(m_persona.newest));
    if (version < static_cast<std::uint16_t>(m_persona.oldest))
    {
        Fail(tls::PROTOCOL_VERSION, "no version in common");
        return;
    }
    const auto offered = [suites](std::uint16_t id)
    {
        for (std::size_t at = 0; at < suites.size(); at += 2)
        {
            if (tls::Get16(suites, at) == id)
            {
                return true;
            }
        }
        return false;
    };
    m_renegotiationInfo |= offered(SCSV);
    for (const std::string& name : m_persona.suites)
    {
        const TlsSuite* suite = FindTlsSuite(name);
        if (suite && suite->mode != TlsSuite::Mode::Offering && offered(suite->id) &&
            static_cast<std::uint16_t>(suite->oldest) <= version)
        {
            Choose(*suite, version);
            SendServerFlight();
            return;
        }
    }
    Fail(tls::HANDSHAKE_FAILURE, "no cipher suite in common");
}

void
TlsLayer::SendServerFlight()
{
    std::string extensions;
    if (m_renegotiationInfo)
    {
        PutExtension(extensions, RENEGOTIATION_INFO, std::string_view("\0", 1));
    }
    if (m_suite->keyExchange && m_pointFormats)
    {
        PutExtension(extensions, POINT_FORMATS, tls::Vector<1>(std::string_view("\0", 1)));
    }
    std::string hello;
    tls::Put16(hello, m_recordVersion);
    hello += Octets(m_draws("random"), RANDOM);
    hello += tls::Vector<1>(Octets(m_draws("session-id"), SESSION_ID));
    tls::Put16(hello, m_suite->id);
    hello += '\0';
    hello += extensions.empty() ? std::string() : tls::Vector<2>(extensions);

    const std::string certificate = MakeCertificate(m_persona, m_name);
    m_facts.certificate = m_name;
    std::string flight;
    PutHandshake(flight, tls::SERVER_HELLO, hello);
    PutHandshake(flight, tls::CERTIFICATE, tls::Vector<3>(tls::Vector<3>(certificate)));
    if (m_suite->keyExchange)
    {
        std::string exchange(NAMED_P256);
        exchange += tls::Vector<1>('\x04' + Octets(m_draws("point"), POINT - 1));
        exchange += m_recordVersion == static_cast<std::uint16_t>(TlsVersion::Tls12)
                        ? SHA1_RSA
                        : std::string_view();
        exchange += tls::Vector<2>(Octets(m_draws("signature"), m_persona.keyBits / 8));
        PutHandshake(flight, tls::SERVER_KEY_EXCHANGE, exchange);
    }
    PutHandshake(flight, tls::SERVER_HELLO_DONE, {});
    PutRecord(tls::HANDSHAKE, flight);
    m_state = State::ClientKeyExchange;
}

void
TlsLayer::OnServerHello(std::string_view body)
{
    tls::Cursor hello(body);
    const auto version = static_cast<std::uint16_t>(hello.Number(2));
    hello.Take(RANDOM);
    hello.TakeVector(1);
    const TlsSuite* suite = FindTlsSuite(static_cast<std::uint16_t>(hello.Number(2)));
    const std::size_t compression = hello.Number(1);
    if (hello.Failed() || compression != 0)
    {
        Fail(tls::DECODE_ERROR, "a hello that cannot be read");
        return;
    }
    if (version < static_cast<std::uint16_t>(m_persona.oldest) || version > m_helloVersion)
    {
        Fail(tls::PROTOCOL_VERSION, "no version in common");
        return;
    }
    const bool mine =
        suite && std::find(m_persona.suites.begin(), m_persona.suites.end(), suite->name) !=
                     m_persona.suites.end();
    if (!mine || suite->mode == TlsSuite::Mode::Offering)
    {
        Fail(tls::HANDSHAKE_FAILURE, "a cipher suite that was not offered");
        return;
    }
    Choose(*suite, version);
    m_state = State::Certificate;
}

void
TlsLayer::OnCertificate(std::string_view body)
{
    tls::Cursor whole(body);
    tls::Cursor list(whole.TakeVector(3));
    const std::string_view certificate = list.TakeVector(3);
    if (whole.Failed() || list.Failed())
    {
        Fail(tls::DECODE_ERROR, "a certificate that cannot be read");
        return;
    }
    m_facts.certificate = CommonNameOf(certificate);
    m_keySize = std::clamp(SignatureSizeOf(certificate), MIN_KEY, MAX_KEY);
    m_state = m_suite->keyExchange ? State::ServerKeyExchange : State::ServerHelloDone;
}

void
TlsLayer::SendClientFlight()
{
    const std::string exchange = m_suite->keyExchange
                                     ? tls::Vector<1>('\x04' + Octets(m_draws("point"), POINT - 1))
                                     : tls::Vector<2>(Octets(m_draws("secret"), m_keySize));
    std::string flight;
    PutHandshake(flight, tls::CLIENT_KEY_EXCHANGE, exchange);
    PutRecord(tls::HANDSHAKE, flight);
    DeriveKeys();
    SendFinished();
    m_state = State::ChangeCipherSpec;
}

void
TlsLayer::DeriveKeys()
{
    const std::uint64_t client = m_transcript.Draw("client write");
    const std::uint64_t server = m_transcript.Draw("server write");
    const bool isClient = m_role == Role::Client;
    m_key = m_transcript.Draw("finished");
    m_writing.emplace(*m_suite, m_facts.version, isClient ? client : server);
    m_reading.emplace(*m_suite, m_facts.version, isClient ? server : client);
}

std::string
TlsLayer::FinishedOctets(Role role) const
{
    const DrawKey draws(m_key ^ m_transcript.Draw("verify"), "tls");
    return Octets(draws(role == Role::Client ? "client finished" : "server finished"), VERIFY_DATA);
}

void
TlsLayer::SendFinished()
{
    PutRecord(tls::CHANGE_CIPHER_SPEC, "\x01");
    m_writeProtected = true;
    const std::string octets = FinishedOctets(m_role);
    std::string flight;
    PutHandshake(flight, tls::FINISHED, octets);
    PutRecord(tls::HANDSHAKE, flight);
}

void
TlsLayer::OnFinished(std::string_view body)
{
    const bool isClient = m_role == Role::Client;
    if (body != FinishedOctets(isClient ? Role::Server : Role::Client))
    {
        Fail(tls::DECRYPT_ERROR, "the ends heard different handshakes");
        return;
    }
    if (!m_handshake.empty())
    {
        Fail(tls::UNEXPECTED_MESSAGE, "a handshake message out of order");
        return;
    }
    m_state = State::Established;
}

} // namespace bouncelab::smtp
