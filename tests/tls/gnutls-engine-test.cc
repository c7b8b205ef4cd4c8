#include "models/tls/gnutls-engine.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace bouncelab::tls
{

namespace
{

using Role = smtp::TlsEngine::Role;
using smtp::TlsVersion;

smtp::TlsPersona
Persona(TlsVersion oldest, TlsVersion newest)
{
    smtp::TlsPersona persona;
    persona.oldest = oldest;
    persona.newest = newest;
    return persona;
}

/// Two ends and what has gone between them.
struct Pair
{
    Pair(smtp::TlsPersona c, smtp::TlsPersona s, std::size_t pieces = 100000)
        : clientPersona(std::move(c))
        , serverPersona(std::move(s))
        , client(Role::Client, clientPersona, "mx.example.org")
        , server(Role::Server, serverPersona, "mx.example.org")
        , step(pieces)
    {
    }

    bool Carry(GnutlsEngine& from, GnutlsEngine& to, std::string& plain)
    {
        const std::string octets = from.TakeOutput();
        for (std::size_t at = 0; at < octets.size(); at += step)
        {
            to.Receive(std::string_view(octets).substr(at, step), plain);
        }
        wire += octets;
        return !octets.empty();
    }

    void Run()
    {
        while (Carry(client, server, atServer) | Carry(server, client, atClient))
        {
        }
    }

    smtp::TlsPersona clientPersona;
    smtp::TlsPersona serverPersona;
    GnutlsEngine client;
    GnutlsEngine server;
    std::string atClient;
    std::string atServer;
    std::string wire;
    std::size_t step;
};

} // namespace

BOOST_AUTO_TEST_SUITE(gnutls_engine)

BOOST_AUTO_TEST_CASE(TwoEndsUnderstandEachOtherInAnyPieces)
{
    const smtp::TlsPersona persona = Persona(TlsVersion::Tls10, TlsVersion::Tls12);
    for (const std::size_t step : {1, 100, 100000})
    {
        Pair pair(persona, persona, step);
        pair.Run();
        BOOST_REQUIRE(pair.client.Established() && pair.server.Established());
        BOOST_TEST((pair.server.Facts().version == TlsVersion::Tls12));
        BOOST_TEST(pair.server.Facts().serverName == "mx.example.org");
        BOOST_TEST(pair.client.Facts().certificate == "mx.example.org");
        BOOST_TEST(pair.client.Facts().suite == pair.server.Facts().suite);
        const std::string text(50000, 'x');
        pair.client.Send("MAIL FROM:<a@example.org>\r\n");
        pair.server.Send(text);
        pair.Run();
        BOOST_TEST(pair.atServer == "MAIL FROM:<a@example.org>\r\n");
        BOOST_TEST(pair.atClient == text);
        BOOST_TEST(pair.wire.find("MAIL FROM") == std::string::npos);
        pair.server.Close();
        pair.Run();
        BOOST_TEST(!pair.client.Failed());
        pair.server.Close();
        BOOST_TEST(pair.server.TakeOutput().empty());
    }
}

BOOST_AUTO_TEST_CASE(TheHandshakesLastOctetsMayBringTheFirstWords)
{
    const smtp::TlsPersona persona = Persona(TlsVersion::Tls12, TlsVersion::Tls12);
    Pair pair(persona, persona);
    pair.Carry(pair.client, pair.server, pair.atServer);
    pair.Carry(pair.server, pair.client, pair.atClient);
    pair.Carry(pair.client, pair.server, pair.atServer);
    BOOST_REQUIRE(pair.server.Established());
    pair.server.Send("220 ready\r\n");
    pair.Carry(pair.server, pair.client, pair.atClient);
    BOOST_TEST(pair.client.Established());
    BOOST_TEST(pair.atClient == "220 ready\r\n");
}

BOOST_AUTO_TEST_CASE(EndsWithoutACommonVersionFailWithAnAlert)
{
    Pair pair(Persona(TlsVersion::Tls12, TlsVersion::Tls12),
              Persona(TlsVersion::Tls10, TlsVersion::Tls10));
    pair.Run();
    BOOST_TEST(pair.server.Failed());
    BOOST_TEST(pair.client.Failed());
    BOOST_TEST(pair.client.Failure() != "");
}

BOOST_AUTO_TEST_CASE(WhatIsNoTlsFails)
{
    const smtp::TlsPersona persona = Persona(TlsVersion::Tls10, TlsVersion::Tls12);
    GnutlsEngine server(Role::Server, persona, "mx.example.org");
    std::string plain;
    server.Receive("EHLO mail.example.org\r\nMAIL FROM:<>\r\n", plain);
    BOOST_TEST(server.Failed());
    BOOST_TEST(plain.empty());
    server.Close();
}

BOOST_AUTO_TEST_CASE(ARecordThatWasChangedFails)
{
    const smtp::TlsPersona persona = Persona(TlsVersion::Tls12, TlsVersion::Tls12);
    Pair pair(persona, persona);
    pair.Run();
    pair.client.Send("DATA\r\n");
    std::string octets = pair.client.TakeOutput();
    octets.back() ^= 1;
    pair.server.Receive(octets, pair.atServer);
    BOOST_TEST(pair.server.Failed());
    BOOST_TEST(pair.atServer.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::tls
