// Turning a knob moves the evidence by the arithmetic of the lab's fit in docs/documents/s003.md,
// and the detectors follow.

#include "tests/run/run-fixture.h"

#include <nlohmann/json.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

using namespace bouncelab;
using namespace bouncelab::run;

namespace
{

constexpr double MS = 1e6;

struct Race
{
    double forgedMs = 0;  //!< From RCPT to the forged reply.
    double genuineMs = 0; //!< From RCPT to the genuine one.
    int forgedTtl = 0;
};

Race
RaceOf(const std::filesystem::path& run)
{
    const auto frames = CaseFrames(run);
    const RecordedFrame& rcpt = Find(frames, "RCPT");
    const RecordedFrame& forged = Find(frames, "500 error");
    double genuine = 0;
    for (const RecordedFrame& f : frames)
    {
        if (f.number > rcpt.number && f.Text() == "250 Ok\r\n" && genuine == 0)
        {
            genuine = static_cast<double>(f.ns - rcpt.ns) / MS;
        }
    }
    return {static_cast<double>(forged.ns - rcpt.ns) / MS, genuine, forged.ip.ttl};
}

/// The alerts of one detector at the gateway.
std::vector<nlohmann::json>
Alerts(const std::filesystem::path& run, const std::string& detector)
{
    std::ifstream file(run / "verdicts" / detector / "gateway-inside.jsonl");
    BOOST_REQUIRE_MESSAGE(file, detector << " left no file");
    std::vector<nlohmann::json> alerts;
    std::string line;
    while (std::getline(file, line))
    {
        alerts.push_back(nlohmann::json::parse(line));
    }
    return alerts;
}

std::size_t
Faults(const std::filesystem::path& run, const std::string& detector)
{
    std::size_t faults = 0;
    for (const auto& alert : Alerts(run, detector))
    {
        faults += alert.at("verdict") == "fault" ? 1 : 0;
    }
    return faults;
}

} // namespace

BOOST_AUTO_TEST_SUITE(causes)

BOOST_AUTO_TEST_CASE(as_documented)
{
    Runs runs;
    const auto run = runs.Run("error-500", {}, 1, true);
    const Race race = RaceOf(run);
    BOOST_TEST(std::abs(race.forgedMs - 54.053) < 0.5);
    BOOST_TEST(std::abs(race.genuineMs - 105.028) < 0.5);
    BOOST_TEST(race.forgedTtl == 57);
    BOOST_TEST(Faults(run, "early-reply") == 1U);
    const auto place = Alerts(run, "hop-locator");
    BOOST_REQUIRE_EQUAL(place.size(), 1U);
    BOOST_TEST(place[0].at("where").at("hops").at("after") == 6);
    BOOST_TEST(place[0].at("where").at("hops").at("to") == 7);
}

BOOST_AUTO_TEST_CASE(an_injector_beyond_hop_8_shows_another_ttl_and_comes_too_late_to_be_early)
{
    Runs runs;
    const auto run = runs.Run("error-500", {"injectors.border.at-hop=9"}, 1, true);
    const Race race = RaceOf(run);
    BOOST_TEST(race.forgedTtl == 55);
    BOOST_TEST(std::abs(race.forgedMs - 103.65) < 0.5);
    BOOST_TEST(Faults(run, "early-reply") == 0U);
    BOOST_TEST(Faults(run, "overlap-conflict") == 1U);
    const auto place = Alerts(run, "hop-locator");
    BOOST_REQUIRE_EQUAL(place.size(), 1U);
    BOOST_TEST(place[0].at("where").at("hops").at("after") == 8);
    BOOST_TEST(place[0].at("where").at("hops").at("to") == 9);
}

BOOST_AUTO_TEST_CASE(a_slower_injector_leads_by_less)
{
    Runs runs;
    const auto run =
        runs.Run("error-500", {"injectors.border.processing-delay=35.074 ms"}, 1, true);
    const Race race = RaceOf(run);
    BOOST_TEST(std::abs(race.genuineMs - race.forgedMs - 20) < 0.5);
    BOOST_TEST(race.forgedTtl == 57);
    BOOST_TEST(Faults(run, "early-reply") == 1U);
}

BOOST_AUTO_TEST_CASE(twice_the_distance_doubles_the_path_and_nothing_else)
{
    Runs runs;
    const auto run = runs.Run("error-500", {"paths.japan.delay-scale=2"}, 1, true);
    const Race race = RaceOf(run);
    BOOST_TEST(std::abs(race.forgedMs - (54.053 + 49.954)) < 0.5);
    BOOST_TEST(std::abs(race.genuineMs - (105.028 + 99.924)) < 0.5);
    BOOST_TEST(race.forgedTtl == 57);
    BOOST_TEST(Faults(run, "early-reply") == 1U);
    BOOST_TEST(Faults(run, "hop-locator") == 1U);
}

BOOST_AUTO_TEST_CASE(an_open_forged_window_lets_quit_go_at_once)
{
    Runs runs;
    const auto frames = CaseFrames(runs.Run("error-500", {"injectors.border.window=5792"}));
    const RecordedFrame& forged = Find(frames, "500 error");
    const RecordedFrame& quit = Find(frames, "QUIT");
    BOOST_TEST(static_cast<double>(quit.ns - forged.ns) / MS < 0.5);
}

/// S002-09: a relay that is set up by address leaves a program without a name of its own.
BOOST_AUTO_TEST_CASE(what_a_relay_is_set_up_by_decides_the_greeting)
{
    const auto greeting = [](const std::string& relay)
    {
        Runs runs;
        const auto run = runs.Run("control",
                                  {"hosts.mail-host.sends.hello-without-name=127.0.0.1",
                                   "hosts.mail-host.relay={address: 203.131.198.80" + relay + "}"});
        return Find(CaseFrames(run), "HELO").Text();
    };
    BOOST_TEST(greeting("") == "HELO 127.0.0.1\r\n");
    BOOST_TEST(greeting(", name: 5a-p07-b3.data-hotel.net") == "HELO livedoor.cn\r\n");
}

BOOST_AUTO_TEST_CASE(an_injector_that_misses_leaves_the_mail_alone)
{
    Runs runs;
    const auto run = runs.Run("error-500", {"injectors.border.miss-per-million=1000000"}, 1, true);
    Find(CaseFrames(run), "DATA");
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack"})
    {
        BOOST_TEST(Faults(run, detector) == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
