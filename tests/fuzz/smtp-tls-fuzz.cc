// A peer's octets against both ends of TLS, in the open and after a handshake, and against a server
// that starts it. The first octet chooses the suite, the second the pieces. Pieces must not change
// what a TLS end makes of its octets; no octet that the peer did not send is taken for its own.

#include "models/smtp/server-session.h"
#include "models/smtp/tls-certificate.h"
#include "models/smtp/tls-layer.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace bouncelab;
using namespace bouncelab::smtp;

namespace
{

TlsPersona
PersonaFor(std::uint8_t knobs)
{
    constexpr const char* SUITES[] = {"TLS_RSA_WITH_RC4_128_MD5",
                                      "TLS_RSA_WITH_AES_128_CBC_SHA",
                                      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    TlsPersona p;
    p.newest = knobs & 4 ? TlsVersion::Tls10 : TlsVersion::Tls12;
    p.suites = {SUITES[knobs % 4], SUITES[1]};
    p.keyBits = 512;
    return p;
}

std::string
Feed(TlsLayer& layer, std::string_view bytes, std::size_t step)
{
    std::string plain;
    for (std::size_t at = 0; at < bytes.size(); at += step)
    {
        layer.Receive(bytes.substr(at, step), plain);
    }
    return plain + '|' + layer.TakeOutput() + '|' + std::string(layer.Failure());
}

std::string
InTheOpen(TlsLayer::Role role, const TlsPersona& persona, std::string_view bytes, std::size_t step)
{
    TlsLayer layer(role, persona, "mx.example.org", DrawKey(1, "open"));
    return Feed(layer, bytes, step);
}

/// What was not sealed by the peer never comes out, whatever it is.
void
AfterHandshake(const TlsPersona& persona, std::string_view bytes, std::size_t step)
{
    TlsLayer client(TlsLayer::Role::Client, persona, "mx.example.org", DrawKey(1, "c"));
    TlsLayer server(TlsLayer::Role::Server, persona, "mx.example.org", DrawKey(1, "s"));
    std::string plain;
    for (int i = 0; i < 3; ++i)
    {
        server.Receive(client.TakeOutput(), plain);
        client.Receive(server.TakeOutput(), plain);
    }
    if (!client.Established() || !server.Established() || !plain.empty())
    {
        std::abort();
    }
    if (Feed(server, bytes, step).front() != '|' || Feed(client, bytes, step).front() != '|')
    {
        std::abort();
    }
}

void
AgainstServer(const TlsPersona& tls, std::string_view bytes, std::size_t step)
{
    ServerPersona persona;
    persona.keywords = {"STARTTLS", "X-ANONYMOUSTLS", "AUTH LOGIN"};
    persona.tls = tls;
    persona.keepInputAtTls = step % 2 == 0;
    ServerPolicy policy;
    SessionObserver observer;
    const ConnectionInfo connection;
    ServerSession session(persona, policy, observer, connection, DrawKey(1, "fuzz"));
    Nanoseconds now{0};
    session.Connected(now);
    session.Receive("EHLO c\r\n", now);
    for (std::size_t at = 0; at < bytes.size(); at += step)
    {
        session.Receive(bytes.substr(at, step), now);
        session.TakeOutput();
    }
    session.PeerClosed(now, false);
    session.TakeOutput();
    if (!session.WantsClose() || session.NextTimer())
    {
        std::abort();
    }
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
    {
        return 0;
    }
    const TlsPersona persona = PersonaFor(data[0]);
    const std::size_t step = data[1] % 32 + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    for (const TlsLayer::Role role : {TlsLayer::Role::Client, TlsLayer::Role::Server})
    {
        if (InTheOpen(role, persona, bytes, bytes.size() + 1) !=
            InTheOpen(role, persona, bytes, step))
        {
            std::abort();
        }
    }
    AfterHandshake(persona, bytes, step);
    AgainstServer(persona, bytes, step);
    CommonNameOf(bytes);
    return 0;
}
