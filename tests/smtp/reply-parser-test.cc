#include "models/smtp/reply-parser.h"

#include "tests/smtp/feeding.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace bouncelab::smtp
{

namespace
{

struct Reading
{
    std::uint32_t code = 0;
    std::string text;
    std::string faults;
    std::size_t taken = 0;
    bool complete = false;

    bool operator==(const Reading& o) const
    {
        return code == o.code && text == o.text && faults == o.faults && taken == o.taken &&
               complete == o.complete;
    }
};

Reading
Read(std::string_view bytes, const ReplyRules& rules, std::size_t step)
{
    ReplyParser parser(rules);
    Reading reading;
    reading.taken = FeedInPieces(parser, bytes, step);
    reading.complete = parser.Complete();
    reading.code = parser.Get().code;
    reading.text = parser.Get().text;
    reading.faults = DescribeFaults(parser.Get().faults);
    return reading;
}

/// Whole, in pieces of every size, and with octets after it: always the same.
Reading
ReadAllWays(std::string_view bytes, const ReplyRules& rules)
{
    const Reading whole = Read(bytes, rules, bytes.size());
    for (std::size_t step = 1; step <= bytes.size(); ++step)
    {
        BOOST_TEST((Read(bytes, rules, step) == whole));
        if (whole.complete)
        {
            BOOST_TEST((Read(std::string(bytes) + "250 next\r\n", rules, step) == whole));
        }
    }
    return whole;
}

Reading
Strict(std::string_view bytes)
{
    return ReadAllWays(bytes, {});
}

Reading
Qmail(std::string_view bytes)
{
    ReplyRules rules;
    rules.reading = ReplyReading::Qmail;
    return ReadAllWays(bytes, rules);
}

} // namespace

BOOST_AUTO_TEST_SUITE(reply_parser)

BOOST_AUTO_TEST_CASE(BothReadGoodReplies)
{
    for (const auto& read : {Strict, Qmail})
    {
        const Reading single = read("250 Ok\r\n");
        BOOST_TEST(single.complete);
        BOOST_TEST(single.code == 250u);
        BOOST_TEST(single.text == "250 Ok");
        BOOST_TEST(single.faults == "");
        const Reading multi = read("250-mx.example.com\r\n250-SIZE 100\r\n250 HELP\r\n");
        BOOST_TEST(multi.complete);
        BOOST_TEST(multi.text == "250-mx.example.com\n250-SIZE 100\n250 HELP");
        BOOST_TEST(multi.faults == "");
        BOOST_TEST(read("354\r\n").code == 354u);
        BOOST_TEST(!read("250 Ok\r").complete);
        BOOST_TEST(!read("250-Ok\r\n").complete);
    }
}

BOOST_AUTO_TEST_CASE(QmailMakesACodeOfAnyThreeOctets)
{
    const Reading left = Qmail("r\r\n354 go\r\n");
    BOOST_TEST(left.complete);
    BOOST_TEST(left.code == 6212u);
    BOOST_TEST(left.text == "r\n354 go");
    BOOST_TEST(left.faults == "bad-code bad-separator");
    BOOST_TEST(!Qmail("r\r\n").complete);
    BOOST_TEST(Qmail("2500 x\r\n").code == 250u);
    BOOST_TEST(Qmail("\r\n2 x\r\n").code == static_cast<std::uint32_t>(-35 * 100 + -38 * 10 + 2));
}

BOOST_AUTO_TEST_CASE(QmailChecksOnlyTheFourthOctetOfFurtherLines)
{
    const Reading r = Qmail("250-a\r\nxyz-b\r\n999 c\r\n");
    BOOST_TEST(r.complete);
    BOOST_TEST(r.code == 250u);
    BOOST_TEST(r.text == "250-a\nxyz-b\n999 c");
    BOOST_TEST(r.faults == "bad-code code-mismatch");
}

BOOST_AUTO_TEST_CASE(QmailKeepsFiveThousandOctets)
{
    const Reading r = Read("550 " + std::string(9000, 'x') + "\r\n",
                           {ReplyReading::Qmail, false, 512, 5000},
                           100000);
    BOOST_TEST(r.complete);
    BOOST_TEST(r.text.size() == 5000u);
    BOOST_TEST(r.faults == "line-too-long text-too-long");
}

BOOST_AUTO_TEST_CASE(StrictRefusesWhatIsNoReply)
{
    for (const std::string_view bytes : {"r\r\n",
                                         "\r\n",
                                         "25 x\r\n",
                                         "600 x\r\n",
                                         "150 x\r\n",
                                         "2500 x\r\n",
                                         "250_x\r\n",
                                         "abc def\r\n"})
    {
        const Reading r = Strict(bytes);
        BOOST_TEST(r.complete);
        BOOST_TEST(r.code == 0u);
        BOOST_TEST(r.faults != "");
    }
    BOOST_TEST(Strict("250-a\r\n550 b\r\n").faults == "code-mismatch");
    BOOST_TEST(Strict("250-a\r\n550 b\r\n").code == 250u);
    BOOST_TEST(Strict("250 Ok\n").faults == "bare-lf");
    BOOST_TEST(Strict("250 \x01\r\n").faults == "odd-octet");
}

BOOST_AUTO_TEST_CASE(StrictCanPassOverMalformedLines)
{
    ReplyRules rules;
    rules.skipMalformed = true;
    const Reading r = ReadAllWays("r\r\n354 go\r\n", rules);
    BOOST_TEST(r.code == 354u);
    BOOST_TEST(r.text == "354 go");
    BOOST_TEST(r.faults == "bad-code");
}

BOOST_AUTO_TEST_CASE(StrictNotesLongLines)
{
    BOOST_TEST(Read("250 " + std::string(506, 'x') + "\r\n", {}, 7).faults == "");
    BOOST_TEST(Read("250 " + std::string(507, 'x') + "\r\n", {}, 7).faults == "line-too-long");
}

BOOST_AUTO_TEST_CASE(MemoryIsBoundedUnderEndlessReplies)
{
    for (const auto reading : {ReplyReading::Strict, ReplyReading::Qmail})
    {
        ReplyRules rules;
        rules.reading = reading;
        ReplyParser endlessLine(rules);
        endlessLine.Feed("250 ");
        ReplyParser endlessLines(rules);
        std::string lines;
        for (int i = 0; i < 100; ++i)
        {
            lines += "250-again and again\r\n";
        }
        for (int i = 0; i < 200; ++i)
        {
            BOOST_TEST(endlessLine.Feed(std::string(1000, 'x')) == 1000u);
            BOOST_TEST(endlessLines.Feed(lines) == lines.size());
        }
        BOOST_TEST(endlessLines.Get().text.capacity() < 20000u);
        endlessLine.Feed("\r\n");
        BOOST_TEST(endlessLine.Complete());
        BOOST_TEST(endlessLine.Get().text.capacity() < 20000u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
