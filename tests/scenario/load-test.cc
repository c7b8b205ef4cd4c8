#include "tests/scenario/small-scenario.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::scenario;

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(ResolvesPersonasAndDefaults)
{
    const Scenario scenario = ResolveSmall("fault");
    BOOST_TEST(scenario.name == "small");
    BOOST_TEST(scenario.variant == "fault");
    const HostConfig& sender = scenario.hosts.at("mail-host");
    BOOST_TEST(sender.stack.name == "freebsd-6");
    BOOST_TEST(sender.stack.value.ttl == 128);              // the scenario's
    BOOST_TEST(sender.stack.value.receiveBuffer == 66608U); // the persona's
    BOOST_TEST(sender.stack.value.resetsDataAfterClose);    // the default
    BOOST_TEST((sender.sends.value().value.client.hello == smtp::HelloPolicy::HeloOnly));
    BOOST_TEST(!sender.serves.has_value());
    BOOST_TEST(scenario.hosts.at("japan").stack.value.timestampHz == 100U);
    BOOST_TEST(scenario.paths.at("japan").hops.at(1).bitsPerSecond == 100000000U);
    BOOST_TEST(scenario.paths.at("japan").hops.at(2).delay.count() == 29500000);
    BOOST_TEST(scenario.middleboxes.injectors.at("device").value.packet.payload == "500 error\r\n");
    BOOST_TEST(scenario.middleboxes.injectors.at("device").value.processingDelay.count() ==
               4099000);
}

BOOST_AUTO_TEST_CASE(LaysVariantsOverBase)
{
    BOOST_TEST(ResolveSmall("control").middleboxes.injectors.empty());
    const Scenario linux = ResolveSmall("linux");
    BOOST_TEST(linux.hosts.at("mail-host").stack.value.ttl == 64);
    BOOST_TEST(linux.hosts.at("mail-host").stack.value.quickAcks == 5U);
    BOOST_TEST(linux.hosts.at("mail-host").start.ipId.value() == 32988);
    const Scenario other = ResolveSmall("no-mail-at-japan");
    BOOST_TEST(other.mail.messages.size() == 1U);
    BOOST_TEST(other.mail.messages.at("other").at.count() == 2000000000);
    BOOST_TEST(!other.hosts.at("japan").acceptsUnlisted);
    BOOST_TEST(other.description == "The host in Japan refuses everybody.");
}

BOOST_AUTO_TEST_CASE(ListsVariantsAsWritten)
{
    const ScenarioFile file = ScenarioFile::Load(DATA + "/small.yaml");
    const std::vector<std::string> expected{"fault", "control", "linux", "no-mail-at-japan"};
    BOOST_TEST(file.Variants() == expected, boost::test_tools::per_element());
    BOOST_TEST(ResolveError("contrl") ==
               "small.yaml: variants: found no variant \"contrl\", did you mean \"control\"?");
}

BOOST_AUTO_TEST_CASE(ShowReadsBackToTheSameScenario)
{
    const PersonaLibrary personas(DATA);
    for (const char* variant : {"fault", "control", "linux", "no-mail-at-japan"})
    {
        const Scenario scenario = ResolveSmall(variant);
        const std::string text = Show(scenario);
        const TemporaryFile file(std::string("show-") + variant + ".yaml", text);
        const ScenarioFile shown = ScenarioFile::Load(file.Path());
        const Scenario again = shown.Resolve(variant, personas);
        BOOST_TEST(Show(again) == text);
        BOOST_TEST(Parameters(again).dump() == Parameters(scenario).dump());
    }
}

BOOST_AUTO_TEST_CASE(OverridesByKeyPath)
{
    const Scenario scenario = ResolveSmall("fault",
                                           {"paths.japan.hops.2.delay=35.074 ms",
                                            "hosts.mail-host.stack.ttl=0x40",
                                            "hosts.japan.stack=linux-modern",
                                            "hosts.mail-host.stack.syn-options.8=nop",
                                            "mail.exchangers.example.jp=japan",
                                            "mail.ordinary.senders=[\"a@example.cn\"]",
                                            "injectors.device.payload=\"551 no\\r\\n\"",
                                            "traceroutes.route=~",
                                            "hosts.mail-host.sends.client.hello=ehlo-only",
                                            "site.gateway-address=10.4.1.2"});
    BOOST_TEST(scenario.paths.at("japan").hops.at(1).delay.count() == 35074000);
    BOOST_TEST(scenario.hosts.at("mail-host").stack.value.ttl == 64);
    BOOST_TEST(scenario.hosts.at("mail-host").stack.value.synOptions.at(7) == "nop");
    BOOST_TEST(scenario.hosts.at("japan").stack.name == "linux-modern");
    BOOST_TEST(scenario.hosts.at("japan").stack.value.timestampHz == 1000U);
    BOOST_TEST(scenario.mail.ordinary.senders.size() == 1U);
    BOOST_TEST(scenario.middleboxes.injectors.at("device").value.packet.payload == "551 no\r\n");
    BOOST_TEST(scenario.programs.traceroutes.empty());
    const std::optional<PersonaRef<mail::MtaPersona>>& sends = scenario.hosts.at("mail-host").sends;
    BOOST_TEST((sends.value().value.client.hello == smtp::HelloPolicy::EhloOnly));
    BOOST_TEST(scenario.site.gatewayAddress.ToString() == "10.4.1.2");
}

BOOST_AUTO_TEST_CASE(OverridesMakeWhatIsNotThereYet)
{
    const Scenario scenario =
        ResolveSmall("control",
                     {"paths.japan.hops.2.detour.hops=2",
                      "paths.japan.hops.2.detour.from=3 s",
                      "site.nat.ttl=63",
                      "hosts.mail-host.relay.address=203.0.113.80",
                      "hosts.mail-host.relay.port=2525",
                      "injectors.other={path: japan, at-hop: 1, payload: \"500 no\\r\\n\"}"});
    const auto& detour = scenario.paths.at("japan").hops.at(1).detour;
    BOOST_TEST(detour.value().hops == 2U);
    BOOST_TEST(detour.value().from.count() == 3000000000);
    BOOST_TEST(int{scenario.site.nat.value().ttl.value()} == 63);
    BOOST_TEST(scenario.hosts.at("mail-host").relay.value().port == 2525U);
    BOOST_TEST(scenario.middleboxes.injectors.at("other").value.atHop == 1U);
    BOOST_TEST(ResolveError("fault", {"site.nat.tll=63"}) ==
               "--set \"site.nat.tll=63\": site.nat.tll: unknown key, did you mean \"ttl\"?");
    BOOST_TEST(
        ResolveError("fault", {"hosts.mail-host.relay.port=0"})
            .find("--set \"hosts.mail-host.relay.port=0\": hosts.mail-host.relay.port: found "
                  "\"0\"") == 0U);
    BOOST_TEST(ResolveError("control", {"injectors.gfw.ttl=3"}) ==
               "--set \"injectors.gfw.ttl=3\": injectors.gfw: no such entry, expected a whole one: "
               "injectors.gfw={...}");
    std::string deep = "hosts.mail-host.relay";
    for (int level = 0; level < 40; ++level)
    {
        deep += ".a";
    }
    BOOST_TEST(ResolveError("fault", {deep + "=1"}).find("no such key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(RefusesOverridesThatLeadNowhere)
{
    BOOST_TEST(ResolveError("fault", {"paths.japan.hop.2.delay=1 ms"}) ==
               "--set \"paths.japan.hop.2.delay=1 ms\": paths.japan.hop: no such key, did you mean "
               "\"hops\"?");
    BOOST_TEST(
        ResolveError("fault", {"paths.japan.hops.0.delay=1 ms"}) ==
        "--set \"paths.japan.hops.0.delay=1 ms\": paths.japan.hops.0: no such item, expected "
        "a number from 1 to 3");
    BOOST_TEST(ResolveError("fault", {"injectors.gfw.ttl=3"}) ==
               "--set \"injectors.gfw.ttl=3\": injectors.gfw: no such key, expected one of device");
    BOOST_TEST(
        ResolveError("fault", {"injectors.device.ttl=300"}) ==
        "--set \"injectors.device.ttl=300\": injectors.device.ttl: found \"300\", expected a "
        "whole number from 1 to 255");
    BOOST_TEST(ResolveError("fault", {"injectors.device.ttl.x=3"}) ==
               "--set \"injectors.device.ttl.x=3\": injectors.device.ttl.x: no such key, expected "
               "nothing inside \"injectors.device.ttl\"");
    BOOST_TEST(
        ResolveError("fault", {"injectors.device.at-hop=4"}) ==
        "--set \"injectors.device.at-hop=4\": injectors.device.at-hop: found 4, expected 1 to "
        "3, the hops of path `japan`");
    for (const char* text : {"",
                             "=",
                             "a",
                             "=1",
                             "description",
                             "description=",
                             "hosts.=1",
                             ".=1",
                             "hosts=~",
                             "hosts.japan=~",
                             "hosts.japan.stack.persona=linux-2.4",
                             "duration=[",
                             "duration={",
                             "duration={a: *b}",
                             "paths.japan.hops=3"})
    {
        const std::string error = ResolveError("fault", {text});
        BOOST_TEST(!error.empty(), text);
        BOOST_TEST(error.find('\n') == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(ParametersNameEveryKey)
{
    const nlohmann::ordered_json parameters = Parameters(ResolveSmall("fault"));
    BOOST_TEST(parameters["injectors"]["device"]["processing-delay"] == "4.099 ms");
    BOOST_TEST(parameters["hosts"]["mail-host"]["stack"]["persona"] == "freebsd-6");
    BOOST_TEST(parameters["hosts"]["mail-host"]["stack"]["ttl"] == 128);
    BOOST_TEST(parameters["hosts"]["japan"]["sends"].is_null());
    BOOST_TEST(parameters["path-form"] == "channel");
    BOOST_TEST(parameters.begin().key() == "description");
}

BOOST_AUTO_TEST_CASE(ShippedFilesAreValid)
{
    const std::string root = tests::SourceDir();
    const PersonaLibrary personas(root);
    for (const char* kind : {"stacks", "mtas", "servers"})
    {
        for (const std::string& name : personas.Names(kind))
        {
            BOOST_TEST_CONTEXT(kind << "/" << name)
            {
                BOOST_TEST(
                    FaultsInFile(root + "/models/personas/" + kind + "/" + name + ".yaml", personas)
                        .empty());
            }
        }
    }
    BOOST_TEST(personas.Names("stacks").size() >= 4U);
    for (const std::string& path : ListScenarios(root))
    {
        BOOST_TEST(FaultsInFile(path, personas).empty());
        const std::filesystem::path folder = std::filesystem::path(path).parent_path();
        BOOST_TEST(ScenarioFile::Load(path).Name() == folder.filename().string());
        if (std::filesystem::exists(folder / "expect.yaml"))
        {
            BOOST_TEST(FaultsInFile((folder / "expect.yaml").string(), personas).empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
