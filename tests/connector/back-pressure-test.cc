#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(back_pressure)

BOOST_AUTO_TEST_CASE(TheDelayClimbsByStepsToItsMaximumAndThenMailIsRejected)
{
    BackPressure pressure({});
    pressure.SetUse(Resource::SubmissionQueue, 9999, {});
    BOOST_TEST((pressure.Delay(Seconds(10)) == Seconds(0)));
    pressure.SetUse(Resource::SubmissionQueue, 10000, Seconds(10));
    std::int64_t second = 12;
    for (const int delay : {10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 55, 55})
    {
        BOOST_TEST((pressure.Delay(Seconds(second)) == Seconds(delay)), second);
        second += 2;
    }
    // 300 polls of 2 s after the first.
    BOOST_TEST(!pressure.Rejects(Seconds(12 + 299 * 2), false));
    BOOST_TEST(pressure.Rejects(Seconds(12 + 300 * 2), false));
    BOOST_TEST(!pressure.Rejects(Seconds(12 + 300 * 2), true));
    pressure.SetUse(Resource::SubmissionQueue, 2000, Seconds(1000));
    BOOST_TEST(pressure.Rejects(Seconds(1002), false));
    pressure.SetUse(Resource::SubmissionQueue, 1999, Seconds(1002));
    BOOST_TEST(!pressure.Rejects(Seconds(1004), false));
    BOOST_TEST((pressure.Delay(Seconds(1004)) == Seconds(50)));
    BOOST_TEST((pressure.Delay(Seconds(1000000)) == Seconds(0)));
}

BOOST_AUTO_TEST_CASE(HighPressureRejectsEverybodyAndHasHysteresis)
{
    BackPressure below({});
    below.SetUse(Resource::SubmissionQueue, 15000, {});
    BOOST_TEST((below.PressureOf(Resource::SubmissionQueue, Seconds(2)) == Pressure::Medium));
    BackPressure pressure({});
    pressure.SetUse(Resource::SubmissionQueue, 15001, {});
    BOOST_TEST(pressure.Rejects(Seconds(2), true));
    pressure.SetUse(Resource::SubmissionQueue, 10000, Seconds(2));
    BOOST_TEST((pressure.PressureOf(Resource::SubmissionQueue, Seconds(4)) == Pressure::High));
    pressure.SetUse(Resource::SubmissionQueue, 9999, Seconds(4));
    BOOST_TEST((pressure.PressureOf(Resource::SubmissionQueue, Seconds(6)) == Pressure::Medium));
    BOOST_TEST(!pressure.Rejects(Seconds(6), false));
}

BOOST_AUTO_TEST_CASE(OtherResources)
{
    const auto rejects = [](Resource resource, std::uint32_t use, std::int64_t seconds)
    {
        BackPressure pressure({});
        pressure.SetUse(resource, use, {});
        return pressure.Rejects(Seconds(seconds), false);
    };
    BOOST_TEST(!rejects(Resource::VersionBuckets, 1000, 2 + 9 * 2));
    BOOST_TEST(rejects(Resource::VersionBuckets, 1000, 2 + 10 * 2));
    BOOST_TEST(!rejects(Resource::PrivateBytes, 73, 2 + 29 * 2));
    BOOST_TEST(rejects(Resource::PrivateBytes, 73, 2 + 30 * 2));
    BOOST_TEST(!rejects(Resource::DatabaseDisk, 96, 100));
    BOOST_TEST(rejects(Resource::DatabaseDisk, 97, 2));
    BOOST_TEST(rejects(Resource::LogDisk, 90, 2));
    BOOST_TEST(!rejects(Resource::SystemMemory, 99, 100));
}

// Fact F23: Tarpit for '0.00:00:55' due to 'Back Pressure'
BOOST_AUTO_TEST_CASE(MailIsDelayedAndTheLogSaysWhy)
{
    ReceiveConnectorConfig config = Internet();
    config.backPressure.submissionQueue.initial = 12000;
    Rig rig(config);
    rig.now = Seconds(60);
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Begin("a@example.net").substr(0, 3) == "250");
    BOOST_TEST((client.waited == Seconds(55)));
    BOOST_TEST(rig.journal.Count("* tarpit 55000 Back Pressure") == 1u);
    rig.now = Seconds(700);
    ConnectorDialog late = rig.Connect();
    BOOST_TEST(late.Begin("a@example.net") == "452 4.3.1 Insufficient system resources");
    BOOST_TEST(late.waited.count() == 0);
    BOOST_TEST(rig.journal.Count("! back-pressure") == 1u);
}

BOOST_AUTO_TEST_CASE(Exchange2007RefusesConnections)
{
    ReceiveConnectorConfig config = Internet();
    config.backPressure.refuseConnections = true;
    config.backPressure.versionBuckets.initial = 1200;
    Rig rig(config);
    rig.now = Seconds(2);
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.greeting == "452 4.3.1 Insufficient system resources");
    BOOST_TEST(client.session->WantsClose());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
