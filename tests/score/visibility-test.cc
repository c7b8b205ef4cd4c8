#include "lab/score/visibility.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;
using Params = std::vector<std::pair<std::string, std::string>>;

Label
Flow(const char* dottedClass,
     std::uint32_t cause,
     Params params,
     std::optional<TruthEvent> did = std::nullopt)
{
    Label label;
    label.kind = "flow";
    label.classLabel = dottedClass;
    label.causeId = cause;
    label.did = did;
    label.params = std::move(params);
    return label;
}

/// The documented run with further sessions of which something is wrong.
struct Fixture
{
    TemporaryFolder folder;
    DocumentedRun run;

    FaultEvent EventOf(std::uint32_t cause, std::vector<Label> labels)
    {
        run.furtherLabels = std::move(labels);
        run.Write(folder.Path());
        for (const FaultEvent& event : FaultEventsOf(RunFolder(folder.Path()).Labels()))
        {
            if (event.cause == cause)
            {
                return event;
            }
        }
        BOOST_FAIL("no such cause");
        return {};
    }

    std::vector<bool> Shows(const FaultEvent& event)
    {
        const RunFolder read(folder.Path());
        Visibility visibility(read);
        return {visibility.Shows(event, "gateway-inside"),
                visibility.Shows(event, "mail-host"),
                visibility.Shows(event, "operator")};
    }
};

const Params CAPTURED{{"client", "10.4.1.4:60661"}, {"server", "203.131.198.80:25"}};
const Params ELSEWHERE{{"client", "10.4.1.4:1234"}, {"server", "203.131.198.80:25"}};

BOOST_AUTO_TEST_SUITE(visibility)

BOOST_FIXTURE_TEST_CASE(ASessionShowsInACapture, Fixture)
{
    const FaultEvent event = EventOf(9, {Flow("ban.address", 9, CAPTURED)});
    BOOST_TEST((Shows(event) == std::vector<bool>{true, false, true}));
}

BOOST_FIXTURE_TEST_CASE(AnotherSessionIsHidden, Fixture)
{
    const FaultEvent event = EventOf(9, {Flow("ban.address", 9, ELSEWHERE)});
    BOOST_TEST((Shows(event) == std::vector<bool>{false, false, false}));
}

BOOST_FIXTURE_TEST_CASE(ASessionShowsInALog, Fixture)
{
    Params logged = ELSEWHERE;
    logged.emplace_back("vantage", "mail-host");
    const FaultEvent event = EventOf(
        9,
        {Flow("tarpit.connector", 9, ELSEWHERE), Flow("ordinary", 0, logged, TruthEvent::Logged)});
    BOOST_TEST((Shows(event) == std::vector<bool>{false, true, true}));
}

BOOST_FIXTURE_TEST_CASE(ASessionShowsUnderItsTranslatedName, Fixture)
{
    const Params inside{{"client", "10.4.1.4:60661"}, {"server", "192.168.0.222:25"}};
    const Params translation{{"peer", "10.4.1.4:60661"},
                             {"outside", "203.131.198.80:25"},
                             {"inside", "192.168.0.222:25"}};
    FaultEvent event = EventOf(9, {Flow("ban.address", 9, inside)});
    BOOST_TEST((Shows(event) == std::vector<bool>{false, false, false}));
    event = EventOf(
        9,
        {Flow("ban.address", 9, inside), Flow("ordinary", 0, translation, TruthEvent::Translated)});
    BOOST_TEST((Shows(event) == std::vector<bool>{true, false, true}));
}

/// A forgery that no capture has seen is not seen in the connection that it was meant for.
BOOST_FIXTURE_TEST_CASE(AForgeryShowsByItsFramesOnly, Fixture)
{
    const FaultEvent event = EventOf(9, {Flow("forged.reply", 9, CAPTURED)});
    BOOST_TEST((Shows(event) == std::vector<bool>{false, false, false}));
    const FaultEvent documented = EventOf(1, {});
    BOOST_TEST((Shows(documented) == std::vector<bool>{true, false, true}));
}

BOOST_FIXTURE_TEST_CASE(ASessionIsUnfinishedUntilBothEndsHaveClosedIt, Fixture)
{
    const auto isUnfinished = [&](const Params& flow)
    {
        const FaultEvent event = EventOf(9, {Flow("ban.address", 9, flow)});
        const RunFolder read(folder.Path());
        return Visibility(read).IsUnfinished(event);
    };
    BOOST_TEST(isUnfinished(CAPTURED)); // its last packet is the client's FIN
    BOOST_TEST(!isUnfinished(ELSEWHERE));
    TablePacket answer = run.packets.back();
    answer.outward = false;
    answer.text.clear();
    run.packets.push_back(answer);
    BOOST_TEST(!isUnfinished(CAPTURED));
    answer.flags = tcp::RST;
    run.packets.push_back(answer);
    BOOST_TEST(isUnfinished(CAPTURED));
}

BOOST_FIXTURE_TEST_CASE(KindsOfEvidence, Fixture)
{
    run.Write(folder.Path());
    for (const char* file : {"server/RECV20111116-1.log",
                             "server/MSGTRK20111116-1.log",
                             "server/filter.log",
                             "client/outlook-errors.txt",
                             "client/readme"})
    {
        const auto path = folder.Path() / "evidence" / file;
        std::filesystem::create_directories(path.parent_path());
        std::fclose(std::fopen(path.c_str(), "wb"));
    }
    using Kinds = std::set<std::string>;
    const RunFolder read(folder.Path());
    Visibility visibility(read);
    BOOST_TEST((visibility.KindsAt("server") == Kinds{"server-log", "tracking-log", "filter-log"}));
    BOOST_TEST((visibility.KindsAt("client") == Kinds{"client-errors"}));
    BOOST_TEST(visibility.KindsAt("gateway-inside").count("packets") == 1u);
    BOOST_TEST(visibility.KindsAt("mail-host").count("mail-log") == 1u);
    BOOST_TEST(visibility.KindsAt("mail-host").count("packets") == 0u);
    BOOST_TEST(visibility.KindsAt("nowhere").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
