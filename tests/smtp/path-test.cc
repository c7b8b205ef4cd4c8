#include "models/smtp/parameters.h"
#include "models/smtp/path.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace bouncelab::smtp
{

namespace
{

std::optional<Path>
Whole(std::string_view text, const PathRules& rules = {})
{
    auto path = TakePath(text, rules);
    return path && text.empty() ? path : std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(path)

BOOST_AUTO_TEST_CASE(ReadsWhatRfc5321Allows)
{
    for (const std::string_view text : {"<>",
                                        "<a@b>",
                                        "<a.b+c=d@mail-1.example.com>",
                                        "<Postmaster>",
                                        "<\"a b@c>\\\"\"@example.com>",
                                        "<user@[192.0.2.1]>",
                                        "<user@[IPv6:2001:db8::1]>",
                                        "<@one.example,@two.example:a@b.example>",
                                        "<D!T@[192.0.2.1]>",
                                        "<T%D@example.com>",
                                        "<\"T@D\"@example.com>",
                                        "<a@163.com>"})
    {
        const auto path = Whole(text);
        BOOST_TEST_REQUIRE(path.has_value(), text);
        BOOST_TEST(path->ToString() == text);
    }
}

BOOST_AUTO_TEST_CASE(RefusesWhatItDoesNot)
{
    for (const std::string_view text : {"",
                                        "a@b",
                                        "<a@b",
                                        "<@b>",
                                        "<a@>",
                                        "<a..b@c>",
                                        "<.a@c>",
                                        "<a.@c>",
                                        "<a@-b.c>",
                                        "<a@b-.c>",
                                        "<a@b..c>",
                                        "<a@b.>",
                                        "<a b@c>",
                                        "<a@b@c>",
                                        "<\"a@b>",
                                        "<user>",
                                        "<a@[192.0.2.256]>",
                                        "<a@[IPv6:zz]>",
                                        "<a@[]>",
                                        "<@one.example:>",
                                        "<@one.example>",
                                        "<@one.example,two.example:a@b>",
                                        "<\xc3\xa4@b>"})
    {
        BOOST_TEST(!Whole(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(FollowsLooserRules)
{
    BOOST_TEST(Whole("a@b", {true, false, false}).value().Mailbox() == "a@b");
    BOOST_TEST(Whole("<user>", {false, true, false}).value().localPart == "user");
    const Path odd = Whole("<T@D@[192.0.2.1]>", {false, false, true}).value();
    BOOST_TEST(odd.localPart == "T@D");
    BOOST_TEST(odd.domain == "[192.0.2.1]");
}

BOOST_AUTO_TEST_CASE(KeepsTheSourceRoute)
{
    const Path path = Whole("<@one.example,@two.example:a@b.example>").value();
    BOOST_TEST(path.route.size() == 2u);
    BOOST_TEST(path.route[1] == "two.example");
    BOOST_TEST(path.Mailbox() == "a@b.example");
}

BOOST_AUTO_TEST_CASE(ReadsArgumentsOfMailAndRcpt)
{
    using Status = PathArgument::Status;
    const auto mail = [](std::string_view text) { return ParsePathArgument("FROM:", text, {}); };
    const PathArgument good = mail("from:<a@b.c> SIZE=100 BODY=8BITMIME X-FLAG");
    BOOST_TEST((good.status == Status::Ok));
    BOOST_TEST(good.parameters.size() == 3u);
    BOOST_TEST(FindParameter(good.parameters, "size")->value == "100");
    BOOST_TEST(!FindParameter(good.parameters, "X-FLAG")->hasValue);
    BOOST_TEST(FindParameter(good.parameters, "NOTIFY") == nullptr);
    BOOST_TEST((mail("FROM: <a@b.c>").status == Status::Ok));
    BOOST_TEST((mail("<a@b.c>").status == Status::NoKeyword));
    BOOST_TEST((mail("").status == Status::NoKeyword));
    BOOST_TEST((mail("FROM:").status == Status::BadPath));
    BOOST_TEST((mail("FROM:<a@b.c>SIZE=1").status == Status::BadParameter));
    BOOST_TEST((mail("FROM:<a@b.c> =1").status == Status::BadParameter));
    BOOST_TEST((mail("FROM:<a@b.c> SIZE=").status == Status::BadParameter));
    BOOST_TEST((mail("FROM:<a@b.c> SIZE=1=2").status == Status::BadParameter));
}

BOOST_AUTO_TEST_CASE(ReadsSizes)
{
    BOOST_TEST(ParseSize("0").value() == 0u);
    BOOST_TEST(ParseSize("18446744073709551615").value() == UINT64_MAX);
    for (const std::string_view bad :
         {"", "-1", "1x", "18446744073709551616", "000000000000000000001"})
    {
        BOOST_TEST(!ParseSize(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
