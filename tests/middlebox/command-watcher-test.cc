#include "models/middlebox/command-watcher.h"

#include "tests/draw-sequence.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using bouncelab::middlebox::CommandWatcher;

namespace
{

using Lines = std::vector<std::pair<std::string, std::uint32_t>>;

void
Pass(CommandWatcher& watcher, std::uint32_t sequence, std::string_view text, Lines& lines)
{
    TcpSegment segment;
    segment.sequence = sequence;
    segment.payload = ViewOf(text);
    watcher.Pass(segment,
                 [&](std::string_view line, std::uint32_t end)
                 { lines.emplace_back(std::string(line), end); });
}

const std::string STREAM = "HELO a\r\nMAIL FROM:<x@y>\r\nRCPT TO:<u@v>\r\nDATA\r\n";

Lines
Expected(std::uint32_t first)
{
    return {{"HELO a", first + 8},
            {"MAIL FROM:<x@y>", first + 25},
            {"RCPT TO:<u@v>", first + 40},
            {"DATA", first + 46}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_watcher)

BOOST_AUTO_TEST_CASE(whole_byte_by_byte_and_across_the_wrap)
{
    for (const std::uint32_t first : {1000U, 0xFFFFFFF0U})
    {
        Lines whole;
        CommandWatcher watcher(first);
        Pass(watcher, first, STREAM, whole);
        BOOST_TEST((whole == Expected(first)));

        Lines bytes;
        CommandWatcher slow(first);
        for (std::size_t i = 0; i < STREAM.size(); ++i)
        {
            Pass(slow, first + static_cast<std::uint32_t>(i), STREAM.substr(i, 1), bytes);
        }
        BOOST_TEST((bytes == Expected(first)));
    }
}

BOOST_AUTO_TEST_CASE(any_order_with_repeats_gives_the_same_lines_once)
{
    tests::DrawSequence random(3, "order");
    for (int round = 0; round < 300; ++round)
    {
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        for (std::size_t at = 0; at < STREAM.size();)
        {
            const std::size_t size =
                std::min<std::size_t>(1 + random.Below(12), STREAM.size() - at);
            pieces.emplace_back(at, size);
            if (random.Below(3) == 0)
            {
                const std::size_t back = random.Below(at + 1);
                pieces.emplace_back(back, at + size - back);
            }
            at += size;
        }
        for (std::size_t i = pieces.size(); i > 1; --i)
        {
            std::swap(pieces[i - 1], pieces[random.Below(i)]);
        }
        Lines lines;
        CommandWatcher watcher(77);
        for (const auto& [at, size] : pieces)
        {
            Pass(watcher, 77 + static_cast<std::uint32_t>(at), STREAM.substr(at, size), lines);
        }
        BOOST_REQUIRE((lines == Expected(77)));
    }
}

BOOST_AUTO_TEST_CASE(an_endless_line_and_an_endless_gap_stay_bounded)
{
    CommandWatcher watcher(0);
    Lines lines;
    const std::string block(1400, 'a');
    for (std::uint32_t i = 0; i < 1000; ++i)
    {
        Pass(watcher, i * 1400, block, lines);
    }
    Pass(watcher, 1400000, "\r\n", lines);
    BOOST_REQUIRE_EQUAL(lines.size(), 1U);
    BOOST_TEST(lines[0].first.size() <= CommandWatcher::LONGEST_LINE);
    for (std::uint32_t i = 0; i < 1000; ++i)
    {
        Pass(watcher, 2000000 + i * 1400, block, lines);
    }
    BOOST_TEST(lines.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
