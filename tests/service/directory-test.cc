#include "models/service/directory.h"
#include "tests/draw-sequence.h"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace
{

using namespace bouncelab;
using namespace bouncelab::service;
using namespace std::chrono_literals;

/// A directory of 1 ms per lookup that answers without further delay.
DirectoryConfig
Plain()
{
    DirectoryConfig config;
    config.lookupsPerSecond = 1000;
    config.queue = 5;
    config.latency = {Nanoseconds(0), Nanoseconds(0), 0, Nanoseconds(0)};
    config.timeout = 1s;
    config.sampleInterval = 10s;
    return config;
}

struct Rig
{
    explicit Rig(const DirectoryConfig& config)
        : directory(config, DrawKey(1, "directory"))
    {
    }

    void RunTo(Nanoseconds end)
    {
        while (directory.NextTimer() && *directory.NextTimer() <= end)
        {
            directory.Advance(*directory.NextTimer());
            Collect();
        }
        directory.Advance(end);
        Collect();
    }

    void Collect()
    {
        while (const auto answer = directory.TakeAnswer())
        {
            answers.push_back(*answer);
        }
        while (const auto sample = directory.TakeSample())
        {
            samples.push_back(*sample);
        }
    }

    std::size_t Count(LookupStatus status) const
    {
        std::size_t count = 0;
        for (const LookupAnswer& answer : answers)
        {
            count += answer.status == status;
        }
        return count;
    }

    Directory directory;
    std::vector<LookupAnswer> answers;
    std::vector<LoadSample> samples;
};

BOOST_AUTO_TEST_SUITE(directory)

BOOST_AUTO_TEST_CASE(WorksInTurn)
{
    Rig rig(Plain());
    for (int i = 0; i < 3; ++i)
    {
        rig.directory.Ask(0s);
    }
    rig.RunTo(1s);
    BOOST_REQUIRE(rig.answers.size() == 3u);
    for (std::size_t i = 0; i < 3; ++i)
    {
        BOOST_TEST(rig.answers[i].ticket == i + 1);
        BOOST_TEST((rig.answers[i].time == Nanoseconds(1000000 * (i + 1))));
        BOOST_TEST((rig.answers[i].status == LookupStatus::Answered));
    }
    BOOST_TEST(!rig.directory.NextTimer().has_value());
    BOOST_TEST(rig.directory.OpenLookups() == 0u);
}

BOOST_AUTO_TEST_CASE(AFullQueueRefuses)
{
    Rig rig(Plain());
    for (int i = 0; i < 10; ++i)
    {
        rig.directory.Ask(0s);
    }
    rig.RunTo(1s);
    BOOST_TEST(rig.Count(LookupStatus::Answered) == 6u); // One in work, five waiting.
    BOOST_TEST(rig.Count(LookupStatus::Busy) == 4u);
}

BOOST_AUTO_TEST_CASE(ReplicasShare)
{
    DirectoryConfig config = Plain();
    config.replicas = 3;
    Rig rig(config);
    for (int i = 0; i < 6; ++i)
    {
        rig.directory.Ask(0s);
    }
    rig.RunTo(2ms);
    BOOST_TEST(rig.Count(LookupStatus::Answered) == 6u);
}

BOOST_AUTO_TEST_CASE(TheClientsTimeoutSparesNoWork)
{
    DirectoryConfig config = Plain();
    config.timeout = Nanoseconds(2500000);
    Rig rig(config);
    for (int i = 0; i < 5; ++i)
    {
        rig.directory.Ask(0s);
    }
    rig.RunTo(1s);
    BOOST_TEST(rig.Count(LookupStatus::Answered) == 2u);
    BOOST_TEST(rig.Count(LookupStatus::TimedOut) == 3u);
    rig.directory.Finish(1s);
    rig.Collect();
    BOOST_REQUIRE(rig.samples.size() == 1u);
    BOOST_TEST(rig.samples[0].worked == 5u);
    BOOST_TEST(rig.samples[0].timedOut == 3u);
    BOOST_TEST((rig.samples[0].workedFor == 5ms));
    BOOST_TEST((rig.samples[0].length == 1s));
}

BOOST_AUTO_TEST_CASE(WhatIsDownIsSilentOrRefuses)
{
    DirectoryConfig config = Plain();
    config.failedAtStart = 1;
    config.meanRepair = Nanoseconds(0);
    for (const bool silent : {true, false})
    {
        config.silentWhenDown = silent;
        Rig rig(config);
        BOOST_TEST(rig.directory.ReplicasUp() == 0u);
        rig.directory.Ask(0s);
        rig.RunTo(2s);
        BOOST_REQUIRE(rig.answers.size() == 1u);
        BOOST_TEST((rig.answers[0].status ==
                    (silent ? LookupStatus::TimedOut : LookupStatus::Unavailable)));
        BOOST_TEST((rig.answers[0].time == (silent ? Nanoseconds(1s) : Nanoseconds(0s))));
    }
}

BOOST_AUTO_TEST_CASE(AFailedReplicaIsRepaired)
{
    DirectoryConfig config = Plain();
    config.failedAtStart = 1;
    config.meanRepair = 5s;
    Rig rig(config);
    rig.RunTo(10s);
    BOOST_TEST(rig.directory.ReplicasUp() == 1u);
    rig.directory.Ask(10s);
    rig.RunTo(11s);
    BOOST_TEST(rig.Count(LookupStatus::Answered) == 1u);
}

/// Load alone takes the replica down, and less load does not.
BOOST_AUTO_TEST_CASE(OverloadTakesItDown)
{
    DirectoryConfig config = Plain();
    config.collapseAfter = 2s;
    config.meanRepair = 4s;
    config.silentWhenDown = false;
    for (const auto& [gap, collapses] :
         {std::pair(Nanoseconds(500000), true), std::pair(Nanoseconds(1100000), false)})
    {
        Rig rig(config);
        std::size_t down = 0;
        for (Nanoseconds at{0}; at < 20s; at += gap)
        {
            rig.RunTo(at);
            rig.directory.Ask(at);
            down += rig.directory.ReplicasUp() == 0;
        }
        rig.RunTo(21s);
        BOOST_TEST((down > 0) == collapses);
        BOOST_TEST((rig.Count(LookupStatus::Unavailable) > 0) == collapses);
        BOOST_TEST((rig.Count(LookupStatus::Busy) > 0) == collapses);
    }
}

BOOST_AUTO_TEST_CASE(ReplicasFailByThemselvesAtTheirRate)
{
    DirectoryConfig config = Plain();
    config.replicas = 4;
    config.meanUptime = 90s;
    config.meanRepair = 10s;
    Rig rig(config);
    rig.RunTo(100000s);
    double up = 0;
    for (const LoadSample& sample : rig.samples)
    {
        up += sample.replicasUp;
    }
    // A tenth of the time is spent in repair.
    BOOST_TEST(up / static_cast<double>(rig.samples.size()) == 3.6,
               boost::test_tools::tolerance(0.02));
}

/// Pollaczek and Khinchine: in M/D/1 the mean wait is rho / (2 (1 - rho)) of the work.
BOOST_AUTO_TEST_CASE(WaitsAsInTheory)
{
    DirectoryConfig config = Plain();
    config.queue = 100000;
    config.sampleInterval = std::chrono::hours(10);
    constexpr std::int64_t SLOT = 10000; // Arrivals are a draw in every 10 us.
    for (const std::uint32_t percent : {30u, 60u, 80u, 90u})
    {
        Rig rig(config);
        tests::DrawSequence arrivals(7, "arrivals");
        for (std::int64_t at = 0; at < 400000000000; at += SLOT)
        {
            if (arrivals.Chance(percent * 100))
            {
                rig.RunTo(Nanoseconds(at));
                rig.directory.Ask(Nanoseconds(at));
            }
        }
        rig.RunTo(1000s);
        double wait = 0;
        for (const LookupAnswer& answer : rig.answers)
        {
            wait += static_cast<double>((answer.time - answer.asked).count()) / 1e6 - 1;
        }
        const double rho = percent / 100.0;
        const double mean = wait / static_cast<double>(rig.answers.size());
        BOOST_TEST_MESSAGE("load " << rho << ": mean wait " << mean << " ms, in theory "
                                   << rho / (2 * (1 - rho)) << " ms");
        BOOST_TEST(mean == rho / (2 * (1 - rho)), boost::test_tools::tolerance(0.05));
    }
}

BOOST_AUTO_TEST_CASE(LatencyIsDrawn)
{
    DirectoryConfig config = Plain();
    config.latency = {1ms, 2ms, 100000, 200ms};
    Rig rig(config);
    std::size_t slow = 0;
    for (int i = 0; i < 10000; ++i)
    {
        const Nanoseconds at = i * 10ms;
        rig.RunTo(at);
        rig.directory.Ask(at);
    }
    rig.RunTo(200s);
    BOOST_REQUIRE(rig.answers.size() == 10000u);
    for (const LookupAnswer& answer : rig.answers)
    {
        const Nanoseconds time = answer.time - answer.asked;
        slow += time >= 200ms;
        BOOST_TEST((time >= 2ms && (time <= 4ms || (time >= 202ms && time <= 204ms))));
    }
    BOOST_TEST(slow > 800u);
    BOOST_TEST(slow < 1200u);
}

/// Every question gets exactly one answer, and the samples count all of them.
BOOST_AUTO_TEST_CASE(EveryQuestionIsAnsweredOnce)
{
    DirectoryConfig config = Plain();
    config.replicas = 2;
    config.meanUptime = 300ms;
    config.meanRepair = 200ms;
    config.collapseAfter = 20ms;
    config.timeout = 8ms;
    config.latency = {1ms, 5ms, 50000, 20ms};
    config.sampleInterval = 100ms;
    for (const bool silent : {true, false})
    {
        config.silentWhenDown = silent;
        Rig rig(config);
        tests::DrawSequence arrivals(3, "arrivals");
        Nanoseconds at{0};
        std::vector<int> answered(20001);
        for (int i = 0; i < 20000; ++i)
        {
            at += Nanoseconds(arrivals.Between(1, 800000));
            rig.RunTo(at);
            rig.directory.Ask(at);
            BOOST_REQUIRE(rig.directory.OpenLookups() < 200u);
        }
        rig.RunTo(at + 1s);
        rig.directory.Finish(at + 1s);
        rig.Collect();
        Nanoseconds last{0};
        for (const LookupAnswer& answer : rig.answers)
        {
            ++answered[answer.ticket];
            BOOST_TEST((answer.time >= last));
            BOOST_TEST((answer.time - answer.asked <= config.timeout));
            last = answer.time;
        }
        BOOST_TEST(std::count(answered.begin() + 1, answered.end(), 1) == 20000);
        LoadSample sum;
        for (const LoadSample& sample : rig.samples)
        {
            sum.asked += sample.asked;
            sum.answered += sample.answered + sample.busy + sample.unavailable + sample.timedOut;
            sum.length += sample.length;
        }
        BOOST_TEST(sum.asked == 20000u);
        BOOST_TEST(sum.answered == 20000u);
        BOOST_TEST((sum.length == at + 1s));
        BOOST_TEST((rig.Count(LookupStatus::Unavailable) > 0) == !silent);
    }
}

BOOST_AUTO_TEST_CASE(FaultsOfConfigs)
{
    DirectoryConfig config;
    BOOST_TEST(CheckDirectory(config).empty());
    config.failedAtStart = 2;
    BOOST_TEST(CheckDirectory(config).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
