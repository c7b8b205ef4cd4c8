#include "models/smtp/line-reader.h"

#include "tests/smtp/feeding.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace bouncelab::smtp
{

namespace
{

struct Cut
{
    std::string text;
    LineEnd end;
    bool tooLong;

    bool operator==(const Cut& o) const
    {
        return text == o.text && end == o.end && tooLong == o.tooLong;
    }
};

std::vector<Cut>
CutAll(std::string_view bytes, const LineRules& rules, std::size_t step)
{
    std::vector<Cut> lines;
    LineReader reader(rules);
    for (;;)
    {
        bytes.remove_prefix(FeedInPieces(reader, bytes, step));
        if (!reader.Complete())
        {
            return lines;
        }
        const Line line = reader.Get();
        lines.push_back({std::string(line.text), line.end, line.tooLong});
        reader.Next();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(line_reader)

BOOST_AUTO_TEST_CASE(CutsTheSameInAnyPieces)
{
    const std::string bytes = "HELO a\r\n\r\nx\ry\nz\n\r\r\nlast\r\nrest";
    for (const auto cr : {BareLineEnd::Accept, BareLineEnd::Reject, BareLineEnd::Pass})
    {
        for (const auto lf : {BareLineEnd::Accept, BareLineEnd::Reject, BareLineEnd::Pass})
        {
            const LineRules rules{cr, lf, 64};
            const auto whole = CutAll(bytes, rules, bytes.size());
            for (std::size_t step = 1; step < bytes.size(); ++step)
            {
                BOOST_TEST((CutAll(bytes, rules, step) == whole));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(BareLineEndsFollowTheRules)
{
    const auto accept = CutAll("a\rb\nc\r\n", {BareLineEnd::Accept, BareLineEnd::Accept, 64}, 99);
    const std::vector<Cut> three{{"a", LineEnd::Cr, false},
                                 {"b", LineEnd::Lf, false},
                                 {"c", LineEnd::CrLf, false}};
    BOOST_TEST((accept == three));
    const auto pass = CutAll("a\rb\nc\r\n", {BareLineEnd::Pass, BareLineEnd::Pass, 64}, 99);
    const std::vector<Cut> one{{"a\rb\nc", LineEnd::CrLf, false}};
    BOOST_TEST((pass == one));
}

BOOST_AUTO_TEST_CASE(KeepsNothingBeyondTheLimit)
{
    LineReader reader({BareLineEnd::Pass, BareLineEnd::Accept, 10});
    const std::string piece(1000, 'x');
    for (int i = 0; i < 1000; ++i)
    {
        BOOST_TEST(reader.Feed(piece) == piece.size());
        BOOST_TEST(!reader.Complete());
    }
    BOOST_TEST(reader.Feed("\r\nnext") == 2u);
    const Line line = reader.Get();
    BOOST_TEST(line.tooLong);
    BOOST_TEST(line.length == 1000002u);
    BOOST_TEST(line.text == "xxxxxxxxxx");
}

BOOST_AUTO_TEST_CASE(LimitCountsTheLineEnd)
{
    const LineRules rules{BareLineEnd::Pass, BareLineEnd::Accept, 10};
    BOOST_TEST(!CutAll("12345678\r\n", rules, 99).at(0).tooLong);
    BOOST_TEST(CutAll("123456789\r\n", rules, 99).at(0).tooLong);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
