#include "models/smtp/data-decoder.h"
#include "models/smtp/dot-stuffer.h"

#include "tests/smtp/feeding.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>

namespace bouncelab::smtp
{

namespace
{

std::string
Stuff(const std::string& content, ContentLineEnds ends, std::size_t limit)
{
    DotStuffer stuffer(std::make_shared<const std::string>(content), ends);
    std::string out;
    while (!stuffer.Done())
    {
        const std::size_t before = out.size();
        const std::size_t written = stuffer.Read(out, limit);
        BOOST_TEST(written == out.size() - before);
        BOOST_TEST(written <= limit);
        BOOST_TEST_REQUIRE(written > 0u);
    }
    return out;
}

struct Decoded
{
    std::string content;
    std::size_t taken;
    bool complete;
    bool bareCr;
    bool bareLf;
};

Decoded
Decode(std::string_view bytes, const DataRules& rules, std::size_t step)
{
    DataDecoder decoder(rules);
    const std::size_t taken = FeedInPieces(decoder, bytes, step);
    return {decoder.Content(), taken, decoder.Complete(), decoder.SawBareCr(), decoder.SawBareLf()};
}

/// Content of the octets that matter, so that every corner comes up.
rc::Gen<std::string>
Content()
{
    return rc::gen::container<std::string>(rc::gen::element('.', '\r', '\n', 'a', '\0', '\xff'));
}

std::string
WithLineEnd(const std::string& content)
{
    const bool ends =
        content.empty() ||
        (content.size() >= 2 && content[content.size() - 2] == '\r' && content.back() == '\n');
    return ends ? content : content + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dot_stuffing)

BOOST_AUTO_TEST_CASE(AnyContentSurvives)
{
    const auto survives =
        rc::check("content survives",
                  []
                  {
                      const std::string content = *Content();
                      const auto writeStep = *rc::gen::inRange<std::size_t>(1, 20);
                      const auto readStep = *rc::gen::inRange<std::size_t>(1, 20);
                      const std::string wire = Stuff(content, ContentLineEnds::AsIs, writeStep);
                      const Decoded got = Decode(wire + "QUIT\r\n", {}, readStep);
                      RC_ASSERT(got.complete);
                      RC_ASSERT(got.taken == wire.size());
                      RC_ASSERT(got.content == WithLineEnd(content));
                  });
    BOOST_TEST(survives);
}

BOOST_AUTO_TEST_CASE(ConvertedContentHasNoBareLfAndSurvivesEveryReader)
{
    const auto survives = rc::check(
        "converted content survives",
        []
        {
            std::string content = *Content();
            content.erase(std::remove(content.begin(), content.end(), '\r'), content.end());
            std::string expected;
            for (const char c : content)
            {
                expected += c == '\n' ? "\r\n" : std::string(1, c);
            }
            const std::string wire = Stuff(content, ContentLineEnds::Convert, 3);
            for (const auto policy : {BareLineEnd::Accept, BareLineEnd::Reject, BareLineEnd::Pass})
            {
                const Decoded got = Decode(wire, {policy, policy, 1000, 1 << 20}, 5);
                RC_ASSERT(got.complete);
                RC_ASSERT(!got.bareLf);
                RC_ASSERT(!got.bareCr);
                RC_ASSERT(got.taken == wire.size());
                RC_ASSERT(got.content == WithLineEnd(expected));
            }
        });
    BOOST_TEST(survives);
}

BOOST_AUTO_TEST_CASE(AnyOctetsDecodeTheSameInAnyPieces)
{
    const auto same = rc::check("pieces do not matter",
                                []
                                {
                                    const std::string bytes = *Content();
                                    const auto policy = rc::gen::element(BareLineEnd::Accept,
                                                                         BareLineEnd::Reject,
                                                                         BareLineEnd::Pass);
                                    const DataRules rules{*policy, *policy, 1000, 1 << 20};
                                    const auto step = *rc::gen::inRange<std::size_t>(1, 5);
                                    const Decoded whole = Decode(bytes, rules, bytes.size() + 1);
                                    const Decoded pieces = Decode(bytes, rules, step);
                                    RC_ASSERT(whole.content == pieces.content);
                                    RC_ASSERT(whole.taken == pieces.taken);
                                    RC_ASSERT(whole.complete == pieces.complete);
                                });
    BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(PlainCases)
{
    BOOST_TEST(Stuff("", ContentLineEnds::AsIs, 99) == ".\r\n");
    BOOST_TEST(Stuff("a", ContentLineEnds::AsIs, 99) == "a\r\n.\r\n");
    BOOST_TEST(Stuff(".\r\n..\r\na.\r\n", ContentLineEnds::AsIs, 99) == "..\r\n...\r\na.\r\n.\r\n");
    BOOST_TEST(Stuff("a\n.b\n", ContentLineEnds::Convert, 99) == "a\r\n..b\r\n.\r\n");
    BOOST_TEST(Decode(".hidden\r\n.\r\n", {}, 99).content == "hidden\r\n");
}

/// The smuggling ends: who takes a bare LF as a line end sees the end of the message, others do
/// not.
BOOST_AUTO_TEST_CASE(ServersOfDifferentRulesDisagreeAboutTheEnd)
{
    const std::string bytes = "a\r\n\n.\r\nMAIL FROM:<x@y>\r\n.\r\n";
    const Decoded accept = Decode(bytes, {BareLineEnd::Pass, BareLineEnd::Accept, 1000, 99}, 1);
    BOOST_TEST(accept.complete);
    BOOST_TEST(accept.taken == 7u);
    BOOST_TEST(accept.content == "a\r\n\r\n");
    const Decoded pass = Decode(bytes, {BareLineEnd::Pass, BareLineEnd::Pass, 1000, 99}, 1);
    BOOST_TEST(pass.complete);
    BOOST_TEST(pass.taken == bytes.size());
    BOOST_TEST(pass.bareLf);
    BOOST_TEST(Decode("a\n.\nb", {BareLineEnd::Pass, BareLineEnd::Accept, 1000, 99}, 1).taken ==
               4u);
    BOOST_TEST(!Decode("a\n.\nb", {BareLineEnd::Pass, BareLineEnd::Pass, 1000, 99}, 1).complete);
    BOOST_TEST(Decode("a\r.\rb", {BareLineEnd::Accept, BareLineEnd::Pass, 1000, 99}, 1).taken ==
               4u);
}

BOOST_AUTO_TEST_CASE(LimitsAreNotedAndMemoryIsBounded)
{
    DataDecoder decoder({BareLineEnd::Pass, BareLineEnd::Pass, 1000, 5000});
    for (int i = 0; i < 1000; ++i)
    {
        decoder.Feed(std::string(1000, 'x'));
    }
    decoder.Feed("\r\n.\r\n");
    BOOST_TEST(decoder.Complete());
    BOOST_TEST(decoder.TooBig());
    BOOST_TEST(decoder.LineTooLong());
    BOOST_TEST(decoder.Size() == 1000002u);
    BOOST_TEST(decoder.Content().size() == 5000u);
    decoder.Start();
    decoder.Feed(std::string(998, 'x') + "\r\n.\r\n");
    BOOST_TEST(!decoder.LineTooLong());
    BOOST_TEST(!decoder.TooBig());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
