#include "models/kerberos/key.h"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

namespace bouncelab::kerberos
{

namespace
{

constexpr EncryptionType TYPES[] = {EncryptionType::Aes128,
                                    EncryptionType::Aes256,
                                    EncryptionType::Rc4Hmac};
const Secret HUB{"HUB2$", "first", 1};

Draw
Confounder(std::uint64_t seed)
{
    return DrawKey(seed, "test")("confounder");
}

} // namespace

BOOST_AUTO_TEST_SUITE(key)

BOOST_AUTO_TEST_CASE(LengthsAreThoseOfTheRealTypes)
{
    const std::size_t keys[] = {16, 32, 16};
    const std::size_t more[] = {28, 28, 24};
    for (std::size_t i = 0; i < 3; ++i)
    {
        const EncryptionKey key = KeyOf(HUB, TYPES[i]);
        BOOST_TEST(key.octets.size() == keys[i]);
        for (const std::size_t size : {0u, 1u, 15u, 16u, 1000u})
        {
            const std::string plain(size, 'x');
            const std::string cipher = Seal(key, KeyUsage::Ticket, plain, Confounder(1));
            BOOST_TEST(cipher.size() == size + more[i]);
            BOOST_TEST(Open(key, KeyUsage::Ticket, cipher).value_or("?") == plain);
        }
    }
}

BOOST_AUTO_TEST_CASE(OnlyTheSameKeyForTheSameUsageOpens)
{
    for (const EncryptionType type : TYPES)
    {
        const EncryptionKey key = KeyOf(HUB, type);
        const std::string cipher = Seal(key, KeyUsage::Ticket, "plain", Confounder(1));
        BOOST_TEST(Open(KeyOf({"HUB2$", "first", 7}, type), KeyUsage::Ticket, cipher).has_value());
        BOOST_TEST(!Open(key, KeyUsage::AsReply, cipher));
        BOOST_TEST(!Open(KeyOf({"HUB2$", "second", 1}, type), KeyUsage::Ticket, cipher));
        BOOST_TEST(!Open(KeyOf({"HUB3$", "first", 1}, type), KeyUsage::Ticket, cipher));
        for (std::size_t at = 0; at < cipher.size(); ++at)
        {
            std::string changed = cipher;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            BOOST_REQUIRE(!Open(key, KeyUsage::Ticket, changed));
            BOOST_REQUIRE(!Open(key, KeyUsage::Ticket, cipher.substr(0, at)));
        }
    }
    BOOST_TEST(!Open({{3, "01234567"}}, KeyUsage::Ticket, std::string(100, 'x')));
}

BOOST_AUTO_TEST_CASE(TheSameDrawGivesTheSameOctetsAndAnotherOneOthers)
{
    const EncryptionKey key = KeyOf(HUB, EncryptionType::Rc4Hmac);
    const auto seal = [&](std::uint64_t seed)
    { return Seal(key, KeyUsage::Ticket, std::string(64, 'x'), Confounder(seed)); };
    BOOST_TEST((seal(1) == seal(1)));
    BOOST_TEST((seal(1) != seal(2)));
    BOOST_TEST(seal(1).find("xxx") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(ChecksumsFollowFromKeyUsageAndOctets)
{
    const EncryptionKey key = KeyOf(HUB, EncryptionType::Aes256);
    const auto sum = [](const EncryptionKey& with, KeyUsage usage, std::string_view octets)
    { return ChecksumOf(with, usage, octets).octets; };
    const std::string right = sum(key, KeyUsage::TgsChecksum, "body");
    BOOST_TEST(right.size() == 12u);
    BOOST_TEST((right == sum(key, KeyUsage::TgsChecksum, "body")));
    BOOST_TEST((right != sum(key, KeyUsage::TgsChecksum, "bodz")));
    BOOST_TEST((right != sum(key, KeyUsage::Ticket, "body")));
    BOOST_TEST(ChecksumOf(key, KeyUsage::TgsChecksum, "").type == 16);
}

BOOST_AUTO_TEST_CASE(AnyOctetsAreClosedToAnyKey)
{
    BOOST_TEST(rc::check(
        [](const std::string& octets)
        {
            for (const EncryptionType type : TYPES)
            {
                RC_ASSERT(!Open(KeyOf(HUB, type), KeyUsage::Ticket, octets));
            }
        }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
