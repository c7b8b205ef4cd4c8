#include "detectors/analysis/analysis.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/registry.h"
#include "sample-wire.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// A client's capture of a session that a proxy passed on, and the server's log of it.
struct BothEnds
{
    BothEnds()
    {
        AddLog(context, ReceiveLogOf({UpstreamSession()}));
        context.logs.Finish();
    }

    template <class OnFlow>
    void Read(OnFlow onFlow)
    {
        FlowTable table(source, onFlow);
        ReadCapture(fmemopen(bytes.data(), bytes.size(), "rb"),
                    [&](const Packet& packet) { table.Add(packet); });
        table.Finish();
    }

    std::string Alerts(const std::vector<const Detector*>& chosen)
    {
        Detection detection(chosen, context);
        Read([&](Flow& flow) { detection.Judge({flow, context}); });
        detection.Conclude();
        std::string text;
        for (const Alert& alert : detection.AllAlerts())
        {
            text += ToJsonLine(alert);
        }
        return text;
    }

    EvidenceContext context;
    CaptureSource source{"made.pcap", false};
    std::string bytes = PcapOf({ProxiedSession()});
};

} // namespace

BOOST_AUTO_TEST_SUITE(analysis)

BOOST_AUTO_TEST_CASE(WhatIsDerivedIsTheSameObjectForAll)
{
    BothEnds ends;
    Analysis derived(ends.context);
    ends.Read([&](Flow& flow) { derived.AddSession(flow); });
    for (const LogDetail least : {LogDetail::Transactions, LogDetail::Codes, LogDetail::Dialog})
    {
        BOOST_TEST(&derived.Sessions(least) == &derived.Sessions(least));
        BOOST_TEST(&derived.Judged(least) == &derived.Judged(least));
        BOOST_TEST(&derived.Sides(least) == &derived.Sides(least));
    }
    BOOST_TEST(&derived.Sessions(LogDetail::Codes).front().get() ==
               &derived.Sessions(LogDetail::Dialog).front().get());
    BOOST_TEST(&derived.Legs() == &derived.Legs());
    BOOST_TEST(&derived.Transactions() == &derived.Transactions());
}

BOOST_AUTO_TEST_CASE(AMailsSessionIsJudgedAtTheServer)
{
    BothEnds ends;
    Analysis derived(ends.context);
    ends.Read([&](Flow& flow) { derived.AddSession(flow); });
    BOOST_TEST(derived.Sessions(LogDetail::Dialog).size() == 2);
    BOOST_REQUIRE_EQUAL(derived.Sides(LogDetail::Dialog).Pairs().size(), 1);
    BOOST_REQUIRE_EQUAL(derived.Judged(LogDetail::Dialog).size(), 1);
    BOOST_TEST(derived.Judged(LogDetail::Dialog).front().get().atServer);
}

BOOST_AUTO_TEST_CASE(TogetherTheySayWhatEachSaysAlone)
{
    BothEnds ends;
    std::string alone;
    for (const Detector* detector : AllDetectors())
    {
        alone += ends.Alerts({detector});
    }
    BOOST_TEST(!alone.empty());
    BOOST_TEST(ends.Alerts(AllDetectors()) == alone);
}

BOOST_AUTO_TEST_CASE(ASearchIsMadeOnce)
{
    static int searches;
    searches = 0;
    BothEnds ends;
    ends.Read(
        [&](Flow& flow)
        {
            const Evidence evidence(flow, ends.context);
            const auto search = [](const Evidence&)
            {
                ++searches;
                return std::vector<Finding>(1);
            };
            BOOST_TEST(evidence.Once(search).size() == 1);
            BOOST_TEST(&evidence.Once(search) == &evidence.Once(search));
        });
    BOOST_TEST(searches == 1);
}

BOOST_AUTO_TEST_SUITE_END()
