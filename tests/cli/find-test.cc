// Finding one's way: what there is, what it means, and a first scenario of one's own.

#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using Words = std::vector<std::string>;

struct Fixture
{
    Scratch scratch;

    ChildEnd Call(const Words& words) const { return Bouncelab(scratch.Path(), words); }

    nlohmann::json Json(const Words& words) const
    {
        const ChildEnd end = Call(words);
        BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
        return nlohmann::json::parse(end.output);
    }
};

BOOST_FIXTURE_TEST_SUITE(find, Fixture)

BOOST_AUTO_TEST_CASE(EachKindIsListed)
{
    const auto personas = Json({"list", "personas", "freebsd-6", "--json"});
    BOOST_REQUIRE(personas.size() == 1);
    BOOST_TEST(personas[0]["persona"] == "stacks/freebsd-6");
    const auto measurements = Json({"list", "measurements", "rcpt-to-forged", "--json"});
    BOOST_REQUIRE(measurements.size() == 1);
    BOOST_TEST(measurements[0]["scenario"] == "forged-reply");
    BOOST_TEST(measurements[0]["values"] == "gap [s]");
    const auto detectors = Json({"list", "detectors", "early-reply", "--json"});
    BOOST_REQUIRE(detectors.size() == 1);
    BOOST_TEST(detectors[0]["finds"] == "forged");
    BOOST_TEST(Json({"list", "detectors", "--json"}).size() > 10);
    BOOST_TEST(Json({"list", "keys", "at-hop", "--json"})[0]["key"] == "injectors.<name>.at-hop");
    BOOST_TEST(Json({"list", "scenarios", "retransmission", "--json"}).size() >= 1);
    BOOST_TEST(Call({"list", "keys", "nosuchkey"}).status == 0);
    BOOST_TEST(Call({"list", "nosuch"}).status == 2);
}

BOOST_AUTO_TEST_CASE(AKeyIsShownByItsPath)
{
    const auto one = Json({"show", "injectors.border.at-hop", "--json"});
    BOOST_REQUIRE(one.size() == 1);
    BOOST_TEST(one[0]["key"] == "injectors.<name>.at-hop");
    const auto item = Json({"show", "paths.japan.hops.7.delay", "--json"});
    BOOST_REQUIRE(item.size() == 1);
    BOOST_TEST(item[0]["key"] == "paths.<name>.hops.<n>.delay");
    const auto inside = Json({"show", "hosts.mail-host.stack.ttl", "--json"});
    BOOST_REQUIRE(inside.size() == 1);
    BOOST_TEST(inside[0]["takes"].get<std::string>().find("1 to 255") != std::string::npos);
    BOOST_TEST(Call({"show", "injectors.border.at-hop"}).output.find("takes ") !=
               std::string::npos);
    BOOST_TEST(Call({"show", "nosuchthing"}).status == 2);
}

BOOST_AUTO_TEST_CASE(WhatWasMeantIsSaid)
{
    const auto has = [&](const Words& words, const std::string& part)
    {
        const ChildEnd end = Call(words);
        BOOST_TEST(end.status == 2);
        BOOST_TEST(end.error.find(part) != std::string::npos, end.error);
    };
    has({"show", "injectors.border.at-hopp"}, "did you mean \"injectors.border.at-hop\"?");
    has({"show", "at-hopp"}, "there is no key \"at-hopp\", did you mean \"at-hop\"?");
    has({"show", "forged-repli"}, "did you mean \"forged-reply\"?");
    has({"report", "--help"}, "there is no command \"report\", ");
    BOOST_TEST(Call({"run", "--help"}).status == 0);
    const Words measure{"sweep", "forged-reply/error-500", "--dry-run", "--measure"};
    const auto measured = [&](const std::string& name)
    {
        Words words = measure;
        words.push_back(name);
        return words;
    };
    has(measured("nosuch"), "; `bouncelab list measurements` names all");
    has(measured("rcpt-to-forge"), ", did you mean \"rcpt-to-forged\"");
}

/// Programs read what goes into a pipe: a row a thing, and all of it.
BOOST_AUTO_TEST_CASE(NothingIsCutInAPipe)
{
    const std::string text = Call({"list", "scenarios", "forged-reply"}).output;
    BOOST_TEST(text.find("…") == std::string::npos, text);
    for (const auto& row : Json({"list", "scenarios", "forged-reply", "--json"}))
    {
        BOOST_TEST(text.find(row["description"].get<std::string>() + "\n") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(ANetworkIsDrawn)
{
    const std::string text = Call({"show", "forged-reply/error-500", "--graph"}).output;
    BOOST_TEST(text.find("injector border at hop 7) - data-hotel  203.131.198.80\n") !=
               std::string::npos);
    const fs::path picture = scratch.Path() / "network.svg";
    BOOST_TEST(Call({"show", "forged-reply/error-500", "--graph", "-o", picture.string()}).status ==
               0);
    BOOST_TEST(ReadTextFile(picture).find("data-hotel") != std::string::npos);
    BOOST_TEST(Call({"show", "forged-reply/error-500", "-o", picture.string()}).status == 2);
}

BOOST_AUTO_TEST_CASE(WhatIsChangedCanBeSet)
{
    const std::string control = Call({"show", "forged-reply/control", "--changed"}).output;
    BOOST_TEST(control.find("hosts.mail-host.clock-offset=90.868 s\n") != std::string::npos);
    BOOST_TEST(control.find("injectors") == std::string::npos);
    const auto changes = Json({"show", "forged-reply/error-500", "--changed", "--json"});
    BOOST_TEST(
        std::any_of(changes.begin(),
                    changes.end(),
                    [](const auto& change)
                    { return change.template get<std::string>() == "injectors.border.at-hop=7"; }));
    BOOST_TEST(std::none_of(changes.begin(),
                            changes.end(),
                            [](const auto& change) {
                                return change.template get<std::string>().find("=~") !=
                                       std::string::npos;
                            }));
}

BOOST_AUTO_TEST_CASE(AScenarioOfOnesOwnBeginsAsACopy)
{
    const ChildEnd made = Call({"new", "scenario", "mine", "--from", "backscatter"});
    BOOST_REQUIRE_MESSAGE(made.status == 0, made.error);
    BOOST_TEST(ReadTextFile(scratch.Path() / "mine/scenario.yaml").find("\nname: mine\n") !=
               std::string::npos);
    const ChildEnd valid = Call({"validate", "mine/scenario.yaml", "mine/expect.yaml"});
    BOOST_TEST(valid.output == "mine/scenario.yaml: valid\nmine/expect.yaml: valid\n");
    BOOST_TEST(Call({"new", "scenario", "mine"}).status == 2);
    BOOST_TEST(Call({"new", "scenario", "Mine!"}).status == 2);
}

BOOST_AUTO_TEST_CASE(EveryWrongValueIsTold)
{
    BOOST_REQUIRE(Call({"new", "scenario", "mine"}).status == 0);
    const fs::path file = scratch.Path() / "mine/scenario.yaml";
    std::string text = ReadTextFile(file);
    const auto replace = [&](const std::string& before, const std::string& after)
    {
        const std::size_t at = text.find(before);
        BOOST_REQUIRE(at != std::string::npos);
        text.replace(at, before.size(), after);
    };
    replace("\n  duration: ", "\n  duration: x");
    replace("\n  document: S003", "\n  document: S003\n  nosuch: 1\n  other: 2");
    WriteTextFile(file, text);
    const ChildEnd end = Call({"validate", "mine/scenario.yaml"});
    BOOST_TEST(end.status == 2);
    BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 3);
    for (const char* part : {": duration: found ", ": nosuch: unknown key", ": other: unknown key"})
    {
        BOOST_TEST(end.error.find(part) != std::string::npos, part);
    }
}

BOOST_AUTO_TEST_CASE(EveryWrongValueOfPersonasAndExpectationsIsTold)
{
    BOOST_REQUIRE(Call({"new", "scenario", "mine"}).status == 0);
    const fs::path stack = scratch.Path() / "stacks/mine.yaml";
    fs::create_directories(stack.parent_path());
    WriteTextFile(stack,
                  ReadTextFile(tests::SourceDir() / "models/personas/stacks/freebsd-6.yaml") +
                      "nosuch: 1\nother: 2\n");
    const fs::path expect = scratch.Path() / "mine/expect.yaml";
    WriteTextFile(expect,
                  "name: mine\nbase:\n  nosuch: 1\n  verdicts:\n"
                  "    tarpit: {client: {verdict: perhaps}}\nvariants:\n  control: {other: 2}\n");
    const ChildEnd end = Call({"validate", "stacks/mine.yaml", "mine/expect.yaml"});
    BOOST_TEST(end.status == 2);
    for (const char* part : {"stacks/mine.yaml:",
                             ": nosuch: unknown key",
                             ": other: unknown key",
                             "mine/expect.yaml:3:3: nosuch: unknown key",
                             "mine/expect.yaml:5:",
                             "mine/expect.yaml:7:"})
    {
        BOOST_TEST(end.error.find(part) != std::string::npos, part << " in " << end.error);
    }
    BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 5, end.error);
}

BOOST_AUTO_TEST_CASE(PersonasBesideAScenarioGoFirst)
{
    BOOST_REQUIRE(Call({"new", "scenario", "mine"}).status == 0);
    const fs::path stacks = scratch.Path() / "mine/personas/stacks";
    fs::create_directories(stacks);
    const std::string shipped =
        ReadTextFile(tests::SourceDir() / "models/personas/stacks/freebsd-6.yaml");
    WriteTextFile(stacks / "openbsd-4.yaml", shipped);
    const Words check{"show",
                      "mine/scenario.yaml/control",
                      "--set",
                      "hosts.mail-host.stack=openbsd-4",
                      "--json"};
    BOOST_TEST(Json(check)["hosts"]["mail-host"]["stack"]["persona"] == "openbsd-4");
    BOOST_TEST(Call({"validate", "mine/personas/stacks/openbsd-4.yaml"}).status == 0);
    fs::remove_all(stacks);
    BOOST_TEST(Call(check).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
