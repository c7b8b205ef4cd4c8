#include "tests/run/run-fixture.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab::run;

namespace
{

namespace fs = std::filesystem;

constexpr std::int64_t SECOND = 1000000000;
constexpr std::size_t PCAP_HEAD = 24;
constexpr std::size_t FRAME_HEAD = 16;

fs::path
CaptureWith(Runs& runs, const std::vector<std::string>& flaws)
{
    std::vector<std::string> overrides{"duration=60 s"};
    for (const std::string& flaw : flaws)
    {
        overrides.push_back("vantages.gateway-inside." + flaw);
    }
    return runs.Run("control", overrides) / "evidence/gateway-inside/capture.pcap";
}

/// The frames that a minute without a fault leaves in a capture with flaws.
std::vector<std::vector<std::uint8_t>>
Frames(const std::vector<std::string>& flaws = {}, std::vector<std::int64_t>* times = nullptr)
{
    Runs runs;
    std::vector<std::vector<std::uint8_t>> frames;
    for (const RecordedFrame& frame : ReadCapture(CaptureWith(runs, flaws)))
    {
        frames.push_back(frame.bytes);
        if (times)
        {
            times->push_back(frame.ns);
        }
    }
    return frames;
}

/// Whether one row follows from the other by leaving out.
template <class T>
bool
IsPartOf(const std::vector<T>& part, const std::vector<T>& whole)
{
    auto at = whole.begin();
    return std::all_of(part.begin(),
                       part.end(),
                       [&](const T& item)
                       {
                           at = std::find(at, whole.end(), item);
                           return at != whole.end() && ++at != whole.begin();
                       });
}

} // namespace

BOOST_AUTO_TEST_SUITE(capture_flaws)

BOOST_AUTO_TEST_CASE(each_frame_stands_there_as_often_as_asked)
{
    const auto plain = Frames();
    const auto copied = Frames({"copies=3"});
    BOOST_REQUIRE(copied.size() == 3 * plain.size());
    for (std::size_t i = 0; i < copied.size(); ++i)
    {
        BOOST_TEST((copied[i] == plain[i / 3]));
    }
}

BOOST_AUTO_TEST_CASE(both_directions_make_the_whole)
{
    const auto plain = Frames();
    const auto inward = Frames({"takes=inward"});
    const auto outward = Frames({"takes=outward"});
    BOOST_TEST(!inward.empty());
    BOOST_TEST(!outward.empty());
    BOOST_TEST(inward.size() + outward.size() == plain.size());
    BOOST_TEST(IsPartOf(inward, plain));
    BOOST_TEST(IsPartOf(outward, plain));
}

BOOST_AUTO_TEST_CASE(some_frames_are_missed_or_all_for_a_time)
{
    const auto plain = Frames();
    const auto missed = Frames({"missed-per-million=200000"});
    BOOST_TEST(missed.size() < plain.size() * 9 / 10);
    BOOST_TEST(missed.size() > plain.size() * 7 / 10);
    BOOST_TEST(IsPartOf(missed, plain));

    std::vector<std::int64_t> whole;
    Frames({}, &whole);
    std::vector<std::int64_t> times;
    Frames({"misses-from=10 s", "misses-until=40 s"}, &times);
    const std::int64_t start = whole.front() / SECOND * SECOND;
    whole.erase(std::remove_if(whole.begin(),
                               whole.end(),
                               [start](std::int64_t time) {
                                   return time - start >= 10 * SECOND && time - start < 40 * SECOND;
                               }),
                whole.end());
    BOOST_TEST(times == whole);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_long_frame_is_cut_off)
{
    std::size_t expected = PCAP_HEAD;
    for (const auto& frame : Frames())
    {
        expected += FRAME_HEAD + std::min<std::size_t>(frame.size(), 96);
    }
    Runs runs;
    BOOST_TEST(fs::file_size(CaptureWith(runs, {"snap-length=96"})) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
