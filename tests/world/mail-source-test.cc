#include "lab/world/mail-source.h"

#include "models/provenance/sim-now.h"
#include "tests/scenario/small-scenario.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::world;

namespace
{

std::vector<std::string>
Longer(std::vector<std::string> overrides)
{
    overrides.insert(overrides.begin(), "duration=1 h");
    return overrides;
}

/// An hour of what the users of the small scenario's mail host submit.
struct Hour
{
    explicit Hour(std::vector<std::string> overrides)
        : scenario(scenario::ResolveSmall("control", Longer(std::move(overrides))))
        , network(scenario, 1, ledger, events, {})
        , source(network,
                 "mail-host",
                 [this](const mail::Submission& submission, bool isForgery)
                 {
                     times.push_back(SimNow().time_since_epoch());
                     ++recipients[submission.envelope.recipients.front()];
                     forged += isForgery ? 1 : 0;
                 })
    {
        source.Start();
        ns3::Simulator::Stop(ns3::Hours(1));
        ns3::Simulator::Run();
    }

    ~Hour() { ns3::Simulator::Destroy(); }

    provenance::Ledger ledger;
    host::EventStream events;
    scenario::Scenario scenario;
    Network network;
    MailSource source;
    std::vector<Nanoseconds> times;
    std::map<std::string, int> recipients;
    int forged = 0;
};

/// When a daily mail of the mail host leaves within days, without other mail.
struct Days
{
    Days(const scenario::DailyMail& daily,
         int days,
         std::vector<scenario::ClockChange> changes = {},
         Nanoseconds utcOffset = Nanoseconds(0))
        : scenario(scenario::ResolveSmall("control", {"mail.ordinary.per-minute=0"}))
    {
        scenario.mail.messages.clear();
        scenario.mail.daily["report"] = daily;
        scenario.site.clockChanges = std::move(changes);
        scenario.site.utcOffset = utcOffset;
        const host::EventStream events;
        Network network(scenario, 1, ledger, events, {});
        start = network.ClockOf("mail-host").start;
        MailSource source(network,
                          "mail-host",
                          [this](const mail::Submission& submission, bool)
                          {
                              times.push_back(start + SimNow().time_since_epoch());
                              recipients.push_back(submission.envelope.recipients.front());
                              isNamed = isNamed &&
                                        submission.content->find("\nSubject: Daily report\n") !=
                                            std::string::npos;
                          });
        source.Start();
        ns3::Simulator::Stop(ns3::Days(days));
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
    }

    /// Of a time: the second of the UTC day.
    std::int64_t OfDay(std::size_t which) const
    {
        return UnixSeconds(times.at(which)) % SECONDS_PER_DAY;
    }

    provenance::Ledger ledger;
    scenario::Scenario scenario;
    WallTime start{};
    std::vector<WallTime> times;
    std::vector<std::string> recipients;
    bool isNamed = true; //!< Each message has its subject.
};

scenario::DailyMail
Report(Nanoseconds at, Nanoseconds spread)
{
    scenario::DailyMail daily;
    daily.at = at;
    daily.spread = spread;
    daily.from = "liu@example.cn";
    daily.to = {"tanaka@example.jp", "liu@example.cn"};
    daily.subject = "Daily report";
    return daily;
}

/// The message under study comes besides the ordinary mail.
constexpr double STUDIED = 1;

} // namespace

BOOST_AUTO_TEST_SUITE(mail_source)

/// Waits are uniform from nothing to twice the mean: a count's variance is a third of its mean.
/// Four standard deviations are allowed.
BOOST_AUTO_TEST_CASE(mail_comes_at_its_rate)
{
    BOOST_TEST(std::abs(Hour({"mail.ordinary.per-minute=6"}).times.size() - STUDIED - 360) < 44);
    BOOST_TEST(std::abs(Hour({"mail.ordinary.per-minute=60"}).times.size() - STUDIED - 3600) < 139);
    BOOST_TEST(Hour({"mail.ordinary.per-minute=0"}).times.size() == STUDIED);
}

BOOST_AUTO_TEST_CASE(it_begins_and_ends_when_it_is_told_to)
{
    const Hour late({"mail.ordinary.start=45 min", "mail.ordinary.per-minute=60"});
    BOOST_TEST(std::abs(late.times.size() - STUDIED - 900) < 70);
    BOOST_TEST((late.times[1] >= std::chrono::minutes(45)));
    BOOST_TEST(Hour({"mail.ordinary.limit=5"}).times.size() == STUDIED + 5);
}

BOOST_AUTO_TEST_CASE(a_message_under_study_leaves_at_its_time)
{
    const Hour hour({"mail.ordinary.per-minute=0", "mail.messages.studied.at=90 s"});
    BOOST_REQUIRE_EQUAL(hour.times.size(), 1U);
    BOOST_TEST((hour.times[0] == std::chrono::seconds(90)));
}

BOOST_AUTO_TEST_CASE(every_recipient_gets_its_share)
{
    const Hour hour({"mail.ordinary.per-minute=60"});
    BOOST_TEST(hour.recipients.size() == 2U);
    for (const auto& [recipient, count] : hour.recipients)
    {
        BOOST_TEST(std::abs(count - 1800) < 150, recipient);
    }
    BOOST_TEST(hour.forged == 0);
    BOOST_TEST(Hour({"mail.ordinary.forges-senders=true", "mail.ordinary.limit=5"}).forged == 5);
}

BOOST_AUTO_TEST_CASE(daily_mail_leaves_once_a_day_to_each_recipient)
{
    const Days days(Report(std::chrono::hours(3), Nanoseconds(0)), 3);
    BOOST_REQUIRE_EQUAL(days.times.size(), 6U);
    BOOST_TEST(days.isNamed);
    for (std::size_t i = 0; i < days.times.size(); ++i)
    {
        BOOST_TEST(days.OfDay(i) == 3 * 3600);
        BOOST_TEST(days.recipients[i] == (i % 2 == 0 ? "tanaka@example.jp" : "liu@example.cn"));
    }
    BOOST_TEST((days.times[2] - days.times[0] == std::chrono::hours(24)));
}

/// A program is not exact to the millisecond.
BOOST_AUTO_TEST_CASE(daily_mail_is_late_by_what_is_drawn)
{
    const Days days(Report(std::chrono::hours(3), std::chrono::seconds(10)), 20);
    BOOST_REQUIRE_EQUAL(days.times.size(), 40U);
    std::int64_t most = 0;
    std::int64_t least = 10;
    for (std::size_t i = 0; i < days.times.size(); i += 2)
    {
        const std::int64_t late = days.OfDay(i) - 3 * 3600;
        BOOST_TEST(late >= 0);
        BOOST_TEST(late <= 10);
        most = std::max(most, late);
        least = std::min(least, late);
    }
    BOOST_TEST(most > least + 3);
}

/// The run begins on 2006-09-26 at 06:44:52 UTC; midnight is the site's.
BOOST_AUTO_TEST_CASE(daily_mail_goes_by_the_local_clock_over_its_change)
{
    const Days days(Report(Nanoseconds(0), Nanoseconds(0)),
                    4,
                    {{std::chrono::hours(48), -std::chrono::hours(5)}},
                    -std::chrono::hours(4));
    BOOST_REQUIRE_EQUAL(days.times.size(), 8U);
    BOOST_TEST(days.OfDay(0) == 4 * 3600);
    BOOST_TEST(days.OfDay(2) == 4 * 3600);
    BOOST_TEST(days.OfDay(4) == 5 * 3600);
    BOOST_TEST(days.OfDay(6) == 5 * 3600);
}

BOOST_AUTO_TEST_SUITE_END()
