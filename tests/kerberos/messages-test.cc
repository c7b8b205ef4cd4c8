// Octets to structs and back: every kind of message as a client, KDCs and a service write them.

#include "models/kerberos/framing.h"
#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

namespace bouncelab::kerberos
{

namespace
{

/// One of each kind, AP-REQ, AP-REP and errors with data among them.
const std::vector<std::string>&
Samples()
{
    static const std::vector<std::string> samples = []
    {
        KerberosPersona persona;
        persona.client.netbiosAddress = true;
        persona.client.offeredTypes = {18, 17, 23, -133, 3, 1};
        persona.kdc.encryptionTypes = {EncryptionType::Aes256, EncryptionType::Rc4Hmac};
        DomainRig rig(TwoControllers(), persona);
        rig.SetClock("hub1", std::chrono::seconds(600));
        rig.Authenticate();
        rig.SetClock("hub2", std::chrono::seconds(600));
        rig.Authenticate();
        rig.Authenticate("SMTPSVC/nobody.example.com");
        std::vector<std::string> octets;
        for (const auto* wire : {&rig.wire, &rig.tokens})
        {
            for (const WireMessage& message : *wire)
            {
                octets.push_back(message.octets);
            }
        }
        return octets;
    }();
    return samples;
}

/// Whatever octets are, they are no message or one that is written as it is read.
void
Demand(std::string_view octets)
{
    const auto message = ParseMessage(octets);
    if (message)
    {
        const std::string once = ToOctets(*message);
        const auto again = ParseMessage(once);
        BOOST_REQUIRE(again && ToOctets(*again) == once);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(EachKindIsReadAsItWasWritten)
{
    std::set<std::pair<std::size_t, char>> kinds;
    for (const std::string& octets : Samples())
    {
        const auto message = ParseMessage(octets);
        BOOST_TEST_REQUIRE(message.has_value());
        BOOST_TEST((ToOctets(*message) == octets));
        kinds.emplace(message->index(), octets[0]);
    }
    BOOST_TEST(kinds.size() == 7u);
}

BOOST_AUTO_TEST_CASE(NoPartOfAMessageIsOneAndNothingStandsBehindIt)
{
    for (const std::string& octets : Samples())
    {
        for (std::size_t size = 0; size < octets.size(); ++size)
        {
            BOOST_REQUIRE(!ParseMessage(octets.substr(0, size)));
        }
        BOOST_TEST(!ParseMessage(octets + '\0'));
        BOOST_TEST(!ParseMessage(octets + octets));
    }
}

BOOST_AUTO_TEST_CASE(EachOctetThatChangesGivesAMessageOrNone)
{
    for (const std::string& octets : Samples())
    {
        for (std::size_t at = 0; at < octets.size(); ++at)
        {
            for (const unsigned change : {0x01u, 0x80u, 0xFFu})
            {
                std::string changed = octets;
                changed[at] = static_cast<char>(changed[at] ^ change);
                Demand(changed);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(AnyOctetsAreTakenWithoutHarm)
{
    BOOST_TEST(rc::check(
        [](const std::string& octets)
        {
            for (const char tag : {'\x6A', '\x6B', '\x6C', '\x6D', '\x6E', '\x6F', '\x7E'})
            {
                Demand(tag + octets);
            }
        }));
}

BOOST_AUTO_TEST_CASE(NumbersAndTimesKeepTheirRange)
{
    KrbError error;
    error.realm = "EXAMPLE.COM";
    error.service = PrincipalName::Parse("krbtgt/EXAMPLE.COM");
    for (const std::int64_t code : {std::int64_t{0},
                                    std::int64_t{127},
                                    std::int64_t{128},
                                    std::int64_t{-1},
                                    std::int64_t{-129},
                                    std::int64_t{0x7FFFFFFFFFFFFFFF}})
    {
        error.code = static_cast<ErrorCode>(code);
        const auto read = ParseMessage(ToOctets(error));
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST(static_cast<std::int64_t>(std::get<KrbError>(*read).code) == code);
    }
    for (const Seconds time : {Seconds{0}, Seconds{951782400}, Seconds{253402300799}})
    {
        error.serverTime = {time, 999999};
        const auto read = ParseMessage(ToOctets(error));
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST((std::get<KrbError>(*read).serverTime == error.serverTime));
    }
}

BOOST_AUTO_TEST_CASE(OverlongListsAndControlCharactersAreRefused)
{
    KdcRequest request;
    request.body.realm = "EXAMPLE.COM";
    request.body.encryptionTypes.assign(64, 23);
    BOOST_TEST(ParseMessage(ToOctets(request)).has_value());
    request.body.encryptionTypes.push_back(23);
    BOOST_TEST(!ParseMessage(ToOctets(request)));
    request.body.encryptionTypes = {23};
    request.body.realm = "EXAMPLE\nCOM";
    BOOST_TEST(!ParseMessage(ToOctets(request)));
}

BOOST_AUTO_TEST_CASE(NamesAreReadAsPeopleWriteThem)
{
    BOOST_TEST(PrincipalName::Parse("SMTPSVC/a").parts ==
                   (std::vector<std::string>{"SMTPSVC", "a"}),
               boost::test_tools::per_element());
    BOOST_TEST(PrincipalName::Parse("SMTPSVC/a").type == name_type::SERVICE_INSTANCE);
    BOOST_TEST(PrincipalName::Parse("HUB1$").type == name_type::PRINCIPAL);
    for (const char* text : {"a/b/c", "HUB1$", "a/", "/"})
    {
        BOOST_TEST(PrincipalName::Parse(text).ToString() == text);
    }
}

BOOST_AUTO_TEST_CASE(FramesComeOutOfAStreamHoweverItIsCut)
{
    const std::string stream = Framed("first") + Framed("") + Framed("third");
    for (std::size_t step = 1; step <= stream.size(); ++step)
    {
        FrameReader reader;
        std::string taken;
        for (std::size_t at = 0; at < stream.size(); at += step)
        {
            reader.Receive(stream.substr(at, step));
            while (const auto message = reader.Take())
            {
                taken += *message + '|';
            }
        }
        BOOST_TEST(taken == "first||third|");
        BOOST_TEST(!reader.HasFailed());
    }
    for (const char* head : {"\x80\x00\x00\x01x", "\x00\x01\x00\x01x"})
    {
        FrameReader reader;
        reader.Receive(std::string_view(head, 5));
        BOOST_TEST(!reader.Take());
        BOOST_TEST(reader.HasFailed());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
