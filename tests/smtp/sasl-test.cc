#include "models/smtp/base64.h"
#include "models/smtp/der.h"
#include "models/smtp/ntlm.h"
#include "models/smtp/sasl.h"
#include "models/smtp/spnego.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace bouncelab::smtp
{

namespace
{

constexpr AuthMechanism ALL[] = {AuthMechanism::Login,
                                 AuthMechanism::Plain,
                                 AuthMechanism::Ntlm,
                                 AuthMechanism::Gssapi};

/// Plays an exchange to its end. \return nothing if it did not come to credentials.
std::optional<Credentials>
Exchange(AuthMechanism mechanism, const Account& account)
{
    SaslServer server(mechanism, "mx.example.org", DrawKey(1, "s"));
    SaslClient client(mechanism, account, "PC", "mx.example.org", DrawKey(1, "c"));
    std::optional<std::string> response = client.Initial();
    for (int i = 0; i < 3 && response; ++i)
    {
        const SaslServer::SaslStep next = server.Take(*response);
        if (next == SaslServer::SaslStep::Done)
        {
            return server.Get();
        }
        if (next == SaslServer::SaslStep::Malformed)
        {
            return std::nullopt;
        }
        response = client.Respond(server.Challenge());
    }
    return std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sasl)

BOOST_AUTO_TEST_CASE(Base64OfRfc4648)
{
    const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"},
                                                           {"Username:", "VXNlcm5hbWU6"}};
    for (const auto& [octets, text] : vectors)
    {
        BOOST_TEST(EncodeBase64(octets) == text);
        BOOST_TEST(DecodeBase64(text).value() == octets);
    }
    for (const char* bad : {"Z", "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9v\n", "Zg==Zg==", "Z g="})
    {
        BOOST_TEST(!DecodeBase64(bad).has_value(), bad);
    }
    const auto roundTrip = rc::check("base64 comes back",
                                     [](const std::string& octets)
                                     { RC_ASSERT(DecodeBase64(EncodeBase64(octets)) == octets); });
    BOOST_TEST(roundTrip);
}

BOOST_AUTO_TEST_CASE(EveryMechanismProvesThePasswordAndNoOther)
{
    for (const AuthMechanism mechanism : ALL)
    {
        const auto credentials = Exchange(mechanism, {"EXAMPLE\\jia", "secret"});
        BOOST_TEST_REQUIRE(credentials.has_value(), NameOf(mechanism));
        BOOST_TEST(credentials->identity == "EXAMPLE\\jia");
        BOOST_TEST(credentials->Proves("secret"));
        BOOST_TEST(!credentials->Proves("Secret"));
        BOOST_TEST(!credentials->Proves(""));
    }
}

BOOST_AUTO_TEST_CASE(NothingThatAPeerSaysIsBelievedUnread)
{
    for (const AuthMechanism mechanism : {AuthMechanism::Ntlm, AuthMechanism::Gssapi})
    {
        SaslClient client(mechanism, {"jia", "secret"}, "PC", "mx", DrawKey(1, "c"));
        const std::string whole = client.Initial();
        for (std::size_t cut = 0; cut < (mechanism == AuthMechanism::Ntlm ? 16 : whole.size());
             ++cut)
        {
            SaslServer server(mechanism, "mx", DrawKey(1, "s"));
            BOOST_TEST((server.Take(whole.substr(0, cut)) == SaslServer::SaslStep::Malformed), cut);
        }
    }
    const std::string last = ntlm::ToMessage(
        ntlm::Authenticate{"D", "user", "PC", std::string(ntlm::RESPONSE_SIZE, 'x')});
    for (std::size_t cut = 0; cut < last.size(); ++cut)
    {
        BOOST_TEST(!ntlm::ParseAuthenticate(last.substr(0, cut)).has_value());
    }
    BOOST_TEST(ntlm::ParseAuthenticate(last)->user == "user");
    SaslServer plain(AuthMechanism::Plain, "mx", DrawKey(1, "s"));
    for (const std::string& bad :
         {std::string("jia"), std::string("\0jia", 4), std::string(2, '\0')})
    {
        BOOST_TEST((plain.Take(bad) == SaslServer::SaslStep::Malformed));
    }
}

BOOST_AUTO_TEST_CASE(AnyOctetsAreTakenWithoutHarm)
{
    const auto harmless = rc::check("tokens",
                                    [](const std::string& octets)
                                    {
                                        spnego::ParseInitialToken(octets);
                                        ntlm::ParseAuthenticate("NTLMSSP" + octets);
                                        std::string_view rest = octets;
                                        while (der::Take(rest))
                                        {
                                        }
                                    });
    BOOST_TEST(harmless);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
