#include "lab/score/fidelity/fidelity.h"
#include "tests/score/documented-claims.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

std::vector<FidelityRow>
Rows(const DocumentedRun& documented)
{
    const TemporaryFolder folder;
    documented.Write(folder.Path());
    return MeasureClaims(RunFolder(folder.Path()), DocumentedClaims());
}

std::set<std::string>
MissedIds(const DocumentedRun& documented)
{
    std::set<std::string> ids;
    for (const FidelityRow& row : Rows(documented))
    {
        if (!row.held)
        {
            ids.insert(row.id);
        }
    }
    return ids;
}

std::set<std::string>
MissedAfter(const std::function<void(std::vector<TablePacket>&)>& change)
{
    DocumentedRun run;
    change(run.packets);
    return MissedIds(run);
}

using Ids = std::set<std::string>;

constexpr std::size_t P3 = 2;
constexpr std::size_t P6 = 9;
constexpr std::size_t P7 = 10;
constexpr std::size_t P8 = 11;
constexpr std::size_t P9 = 12;

BOOST_AUTO_TEST_SUITE(fidelity)

/// The document's own numbers pass every measurement, to the last digit that it prints.
BOOST_AUTO_TEST_CASE(TheDocumentHolds)
{
    for (const FidelityRow& row : Rows({}))
    {
        BOOST_TEST(row.held,
                   row.id << " " << row.check << ": documented " << row.documented << ", simulated "
                          << row.simulated << " " << row.reason);
    }
}

BOOST_AUTO_TEST_CASE(ATtlMovesThePlace)
{
    const Ids missed = MissedAfter([](auto& p) { p[P7].ttl = 55; });
    BOOST_TEST((missed == Ids{"S003-17", "S003-26", "S003-40", "S003-43"}));
}

BOOST_AUTO_TEST_CASE(ALaterForgeryMovesTheTimes)
{
    const Ids missed = MissedAfter([](auto& p) { p[P7].microseconds += 30975; });
    BOOST_TEST((missed == Ids{"S003-17", "S003-20", "S003-22", "S003-31"}));
}

BOOST_AUTO_TEST_CASE(AGenuineAckIsNoPhantom)
{
    const Ids missed = MissedAfter([](auto& p) { p[P9].acknowledgment = 0x1527AA21; });
    BOOST_TEST((missed == Ids{"S003-19", "S003-29"}));
}

BOOST_AUTO_TEST_CASE(ARefreshedEchoIsSeen)
{
    const Ids missed = MissedAfter([](auto& p) { p[P9].echo = 9713798; });
    BOOST_TEST((missed == Ids{"S003-19", "S003-32"}));
}

BOOST_AUTO_TEST_CASE(SlowInsideIsSeen)
{
    const Ids missed = MissedAfter([](auto& p) { p[P3].microseconds += 200; });
    BOOST_TEST((missed == Ids{"S003-24"}));
}

BOOST_AUTO_TEST_CASE(EqualBytesAreNoConflict)
{
    const Ids missed = MissedAfter([](auto& p) { p[P8].text = "500 erro"; });
    BOOST_TEST(missed.count("S003-28") == 1);
}

BOOST_AUTO_TEST_CASE(WithoutForgeryItsRowsAreNotMeasurable)
{
    DocumentedRun run;
    run.packets.erase(run.packets.begin() + P7);
    bool saw = false;
    for (const FidelityRow& row : Rows(run))
    {
        if (row.id == "S003-20")
        {
            saw = true;
            BOOST_TEST(!row.held);
            BOOST_TEST(row.reason == "packet-7 selects nothing: none of 12 rows has forged: yes");
        }
        if (row.id == "S003-16" || row.id == "S003-65")
        {
            BOOST_TEST(row.held, row.id);
        }
    }
    BOOST_TEST(saw);
}

BOOST_AUTO_TEST_CASE(AnExcusedClaimIsNeitherHeldNorMissed)
{
    const TemporaryFolder folder;
    DocumentedRun{}.Write(folder.Path());
    const RunFolder run(folder.Path());
    scenario::Expectations expectations = DocumentedClaims();
    scenario::Claim& claim = expectations.claims.at("S003-06");
    const std::size_t claimed =
        TallyOf(MeasureClaims(run, expectations), scenario::ClaimKind::Emergent).claimed;
    for (const auto& [unless, result] :
         {std::pair("port-again", "missed"), {"packet-1", "not measured"}})
    {
        claim.unless = unless;
        claim.documented = "size: 1 B";
        const bool isExcused = std::string(unless) == "packet-1";
        const std::vector<FidelityRow> rows = MeasureClaims(run, expectations);
        const auto row = std::find_if(rows.begin(),
                                      rows.end(),
                                      [](const FidelityRow& r) { return r.id == "S003-06"; });
        BOOST_TEST(row->Result() == result);
        BOOST_TEST(row->AsExpected() == isExcused);
        BOOST_TEST(TallyOf(rows, scenario::ClaimKind::Emergent).claimed ==
                   claimed - (isExcused ? 1 : 0));
    }
}

BOOST_AUTO_TEST_CASE(WithoutTheMessageNothingIsMeasured)
{
    const Ids missed = MissedAfter([](auto& p) { p[P6].text[10] = 'x'; });
    BOOST_TEST(missed.count("S003-10") == 1);
    BOOST_TEST(missed.count("S003-51") == 0);
}

BOOST_AUTO_TEST_CASE(JsonHasARowForEachClaim)
{
    const auto rows = Rows({});
    BOOST_TEST(TallyOf(rows, scenario::ClaimKind::Emergent).claimed > 20);
    BOOST_TEST(TallyOf(rows, scenario::ClaimKind::Emergent).held ==
               TallyOf(rows, scenario::ClaimKind::Emergent).claimed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
