#include "models/smtp/tls-certificate.h"
#include "models/smtp/tls-layer.h"
#include "models/smtp/tls-suites.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace bouncelab::smtp
{

namespace
{

/// Two ends and what has gone between them.
struct Pair
{
    explicit Pair(TlsPersona c = {}, TlsPersona s = {}, std::size_t pieces = 100000)
        : clientPersona(std::move(c))
        , serverPersona(std::move(s))
        , client(TlsLayer::Role::Client, clientPersona, "mx.example.org", DrawKey(1, "c"))
        , server(TlsLayer::Role::Server, serverPersona, "mx.example.org", DrawKey(1, "s"))
        , step(pieces)
    {
    }

    bool Carry(TlsLayer& from, TlsLayer& to, std::string& plain)
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

    TlsPersona clientPersona;
    TlsPersona serverPersona;
    TlsLayer client;
    TlsLayer server;
    std::string atClient;
    std::string atServer;
    std::string wire;
    std::size_t step;
};

TlsPersona
Only(const std::string& suite, TlsVersion version = TlsVersion::Tls12)
{
    TlsPersona persona;
    persona.newest = version;
    persona.suites = {suite};
    return persona;
}

constexpr const char* SUITES[] = {"TLS_RSA_WITH_RC4_128_MD5",
                                  "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                                  "TLS_RSA_WITH_AES_128_CBC_SHA",
                                  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                  "TLS_RSA_WITH_AES_128_CBC_SHA256",
                                  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};

} // namespace

BOOST_AUTO_TEST_SUITE(tls_layer)

BOOST_AUTO_TEST_CASE(TwoEndsUnderstandEachOtherInAnyPieces)
{
    for (const char* suite : SUITES)
    {
        for (const std::size_t step : {1, 5, 100, 100000})
        {
            Pair pair(Only(suite), Only(suite), step);
            pair.Run();
            BOOST_TEST_REQUIRE(pair.client.Established(), suite << pair.client.Failure());
            BOOST_TEST_REQUIRE(pair.server.Established());
            BOOST_TEST(pair.server.Facts().suite == suite);
            BOOST_TEST(pair.server.Facts().serverName == "mx.example.org");
            BOOST_TEST(pair.client.Facts().certificate == "mx.example.org");
            const std::string large(40000, 'x');
            pair.client.Send("EHLO c\r\n");
            pair.client.Send(large);
            pair.server.Send("250 mx\r\n");
            pair.Run();
            BOOST_TEST(pair.atServer == "EHLO c\r\n" + large);
            BOOST_TEST(pair.atClient == "250 mx\r\n");
            BOOST_TEST(pair.wire.find("EHLO") == std::string::npos);
            pair.client.Close();
            pair.Run();
            BOOST_TEST(pair.server.PeerSaidGoodbye());
        }
    }
}

BOOST_AUTO_TEST_CASE(RecordsHaveTheLengthsOfTheirSuite)
{
    struct Case
    {
        const char* suite;
        TlsVersion version;
        std::size_t record; //!< Of 10 octets.
    };

    // Header 5; CBC: (10 + 20 + padding) and from 1.1 on an IV; RC4: 10 + 16; GCM: 8 + 10 + 16.
    for (const Case& c : {Case{SUITES[2], TlsVersion::Tls10, 5 + 32},
                          Case{SUITES[2], TlsVersion::Tls11, 5 + 16 + 32},
                          Case{SUITES[1], TlsVersion::Tls10, 5 + 32},
                          Case{SUITES[4], TlsVersion::Tls12, 5 + 16 + 48},
                          Case{SUITES[0], TlsVersion::Tls10, 5 + 26},
                          Case{SUITES[5], TlsVersion::Tls12, 5 + 34}})
    {
        Pair pair(Only(c.suite, c.version), Only(c.suite, c.version));
        pair.Run();
        pair.client.Send("0123456789");
        BOOST_TEST(pair.client.TakeOutput().size() == c.record, c.suite);
    }
}

BOOST_AUTO_TEST_CASE(TheNewestCommonVersionAndTheServersFirstSuite)
{
    TlsPersona client;
    client.newest = TlsVersion::Tls12;
    TlsPersona server;
    server.newest = TlsVersion::Tls11;
    server.suites = {"TLS_DHE_DSS_WITH_AES_128_CBC_SHA", SUITES[0], SUITES[2]};
    Pair pair(client, server);
    pair.Run();
    BOOST_TEST((pair.client.Facts().version == TlsVersion::Tls11));
    BOOST_TEST(pair.client.Facts().suite == SUITES[0]);

    client.newest = TlsVersion::Tls10;
    server.oldest = TlsVersion::Tls11;
    Pair old(client, server);
    old.Run();
    BOOST_TEST(old.server.Failed());
    BOOST_TEST(old.client.Failed());
    Pair none(Only(SUITES[1]), Only(SUITES[2]));
    none.Run();
    BOOST_TEST(none.server.Failure() == "no cipher suite in common");
    BOOST_TEST(none.client.Failure() == "the peer sent a fatal alert");
}

BOOST_AUTO_TEST_CASE(WhatIsChangedForgedOrMissingIsNoticed)
{
    const auto noticed =
        rc::check("one changed octet",
                  []
                  {
                      Pair pair;
                      pair.Run();
                      pair.client.Send("MAIL FROM:<a@example.com>\r\n");
                      std::string record = pair.client.TakeOutput();
                      const auto at = *rc::gen::inRange<std::size_t>(0, record.size());
                      record[at] = static_cast<char>(record[at] ^ *rc::gen::inRange(1, 256));
                      std::string plain;
                      pair.server.Receive(record + std::string(70000, 'x'), plain);
                      RC_ASSERT(plain.empty());
                      RC_ASSERT(pair.server.Failed());
                      RC_ASSERT(!pair.server.TakeOutput().empty());
                  });
    BOOST_TEST(noticed);
    const auto together =
        rc::check("one changed octet of the handshake",
                  []
                  {
                      Pair pair;
                      std::string hello = pair.client.TakeOutput();
                      const auto at = *rc::gen::inRange<std::size_t>(5, hello.size());
                      hello[at] = static_cast<char>(hello[at] ^ *rc::gen::inRange(1, 256));
                      pair.server.Receive(hello, pair.atServer);
                      pair.Run();
                      RC_ASSERT(!pair.client.Established());
                      RC_ASSERT(!pair.server.Established());
                  });
    BOOST_TEST(together);

    Pair plainText;
    plainText.Run();
    std::string plain;
    plainText.client.Receive("551 User not local\r\n", plain);
    BOOST_TEST(plainText.client.Failure() == "what came is no record");
    Pair replayed;
    replayed.Run();
    replayed.client.Send("NOOP\r\n");
    const std::string record = replayed.client.TakeOutput();
    replayed.server.Receive(record, plain);
    replayed.server.Receive(record, plain);
    BOOST_TEST(plain == "NOOP\r\n");
    BOOST_TEST(replayed.server.Failed());
}

BOOST_AUTO_TEST_CASE(AnyOctetsAreTakenWithoutHarm)
{
    const auto harmless = rc::check("octets",
                                    [](const std::string& octets)
                                    {
                                        Pair pair;
                                        std::string plain;
                                        pair.server.Receive(octets, plain);
                                        pair.client.Receive("\x16\x03\x01" + octets, plain);
                                        RC_ASSERT(plain.empty());
                                        CommonNameOf(octets);
                                        SignatureSizeOf(octets);
                                    });
    BOOST_TEST(harmless);
}

BOOST_AUTO_TEST_CASE(CertificatesAreTheirPersonas)
{
    TlsPersona persona;
    const std::string certificate = MakeCertificate(persona, "mx.example.org");
    BOOST_TEST(CommonNameOf(certificate) == "mx.example.org");
    BOOST_TEST(SignatureSizeOf(certificate) == 256u);
    BOOST_TEST(MakeCertificate(persona, "mx.example.org") == certificate);
    BOOST_TEST(MakeCertificate(persona, "mx2.example.org") != certificate);
    persona.issuer = "Example CA";
    persona.keyBits = 1024;
    BOOST_TEST(CommonNameOf(MakeCertificate(persona, "mx.example.org")) == "mx.example.org");
    BOOST_TEST(SignatureSizeOf(MakeCertificate(persona, "mx.example.org")) == 128u);
}

BOOST_AUTO_TEST_CASE(PersonaFaultsAreNamed)
{
    std::vector<std::string> faults;
    CheckTlsPersona("tls", {}, faults);
    BOOST_TEST(faults.empty());
    TlsPersona persona;
    persona.suites = {"TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "AES"};
    persona.oldest = TlsVersion::Tls11;
    persona.validTo = "2016";
    persona.keyBits = 1000;
    CheckTlsPersona("tls", persona, faults);
    BOOST_TEST(faults.size() == 5u);
    BOOST_TEST(faults.at(0) == "tls.suites: unknown cipher suite \"AES\"");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
