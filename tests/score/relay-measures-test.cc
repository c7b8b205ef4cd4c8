#include "formats/label.h"
#include "lab/score/fidelity/fidelity.h"
#include "tests/score/documented-relay.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

std::vector<FidelityRow>
Rows(const DocumentedRelay& documented)
{
    const TemporaryFolder folder;
    documented.Write(folder.Path());
    return MeasureClaims(RunFolder(folder.Path()), DocumentedRelayClaims());
}

std::set<std::string>
Missed(const DocumentedRelay& documented)
{
    std::set<std::string> missed;
    for (const FidelityRow& row : Rows(documented))
    {
        if (!row.held)
        {
            missed.insert(row.id);
        }
    }
    return missed;
}

using Ids = std::set<std::string>;

BOOST_AUTO_TEST_SUITE(relay_measures)

BOOST_AUTO_TEST_CASE(TheDocumentHolds)
{
    for (const FidelityRow& row : Rows({}))
    {
        BOOST_TEST(row.held,
                   row.id << " " << row.check << ": documented " << row.documented << ", simulated "
                          << row.simulated << " " << row.reason);
    }
}

/// The same replies, but the mail of test 6 has left: only the truth's rows see it.
BOOST_AUTO_TEST_CASE(WhatLeavesTheServerIsNotInTheReplies)
{
    Label label;
    label.kind = "flow";
    label.runId = "relay-tests/percent-router/1";
    label.classLabel = "relay.mail";
    label.causeId = 1;
    label.actor = "exchange";
    label.did = TruthEvent::Relayed;
    label.params = {{"message_id", "<relay-test-6-percent-local.1@x>"}};
    DocumentedRelay run;
    AppendLabel(run.labels, label);
    BOOST_TEST((Missed(run) == Ids{"S004-06", "S004-21"}));
}

BOOST_AUTO_TEST_CASE(ARefusalOfTestSixShows)
{
    DocumentedRelay run;
    const std::string accepted = "250 2.1.5 relaytest%";
    run.transcript.replace(run.transcript.find(accepted), accepted.size(), "550 5.1.1 relaytest%");
    BOOST_TEST((Missed(run) == Ids{"S004-06", "S004-10", "S004-12", "S004-21"}));
}

BOOST_AUTO_TEST_CASE(WithoutReportsThereIsNothingToMeasure)
{
    DocumentedRelay run;
    run.mailbox.clear();
    BOOST_TEST((Missed(run) == Ids{"S004-06", "S004-14", "S004-15"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
