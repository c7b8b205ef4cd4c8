#include "models/smtp/reply.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

std::string
Wire(std::uint32_t code, std::string_view text, std::size_t maxLine = 512)
{
    std::string out;
    AppendReply(out, code, text, maxLine);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reply)

BOOST_AUTO_TEST_CASE(WritesLines)
{
    BOOST_TEST(Wire(250, "Ok") == "250 Ok\r\n");
    BOOST_TEST(Wire(250, "") == "250 \r\n");
    BOOST_TEST(Wire(250, "a\nb\nc") == "250-a\r\n250-b\r\n250 c\r\n");
}

BOOST_AUTO_TEST_CASE(CutsLinesAtTheLimit)
{
    const std::string wire = Wire(250, std::string(600, 'x') + "\nshort");
    BOOST_TEST(wire.find("\r\n") == 510u);
    BOOST_TEST(wire.size() == 512u + 11u);
}

BOOST_AUTO_TEST_CASE(ReadsEnhancedCodes)
{
    BOOST_TEST(EnhancedCode::Parse("5.1.1 User unknown").value().ToString() == "5.1.1");
    BOOST_TEST(EnhancedCode::Parse("4.7.0").value().subject == 7);
    BOOST_TEST(EnhancedCode::Parse("2.999.999 x").value().detail == 999);
    for (const std::string_view bad :
         {"", "5.1", "3.1.1 x", "5.1.1x", "5.1.1000", "5..1 x", "a.b.c"})
    {
        BOOST_TEST(!EnhancedCode::Parse(bad).has_value(), bad);
    }
    Reply r;
    r.text = "451 5.7.3 Cannot achieve Exchange Server authentication";
    BOOST_TEST(r.Enhanced().value().ToString() == "5.7.3");
    r.text = "500 error";
    BOOST_TEST(!r.Enhanced().has_value());
}

BOOST_AUTO_TEST_CASE(SplitsTemplates)
{
    BOOST_TEST(SplitReply("250 2.1.0 Ok").value().code == 250u);
    BOOST_TEST(SplitReply("250 2.1.0 Ok").value().text == "2.1.0 Ok");
    BOOST_TEST(SplitReply("250").value().text == "");
    for (const std::string_view bad : {"", "Ok", "25 Ok", "2500 Ok", "250-Ok", "600 x", "199 x"})
    {
        BOOST_TEST(!SplitReply(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
