#include "lab/live/replacement.h"

#include "lab/scenario/load.h"
#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace
{

using namespace bouncelab;
using namespace bouncelab::live;

scenario::Scenario
Shipped(const std::string& scenario, const std::string& variant)
{
    const std::string root = tests::SourceDir();
    return scenario::ScenarioFile::Load(root + "/scenarios/" + scenario + "/scenario.yaml")
        .Resolve(variant, scenario::PersonaLibrary(root));
}

Replacement
Of(const std::string& node)
{
    Replacement replacement;
    replacement.node = node;
    return replacement;
}

/// What CheckReplacements() says; empty if nothing.
std::string
ErrorOf(const scenario::Scenario& scenario, const std::vector<std::string>& nodes)
{
    std::vector<Replacement> replacements;
    for (const std::string& node : nodes)
    {
        replacements.push_back(Of(node));
    }
    try
    {
        CheckReplacements(scenario, replacements);
    }
    catch (const LiveError& error)
    {
        return error.what();
    }
    return {};
}

BOOST_AUTO_TEST_SUITE(replacement)

BOOST_AUTO_TEST_CASE(ACommandIsTheShells)
{
    const cli::Scratch data;
    const Replacement sink = ParseReplacement("partner= nc -l 25 | cat", data.Path());
    BOOST_TEST(sink.node == "partner");
    BOOST_TEST(sink.command.text == "nc -l 25 | cat");
    BOOST_TEST(sink.program == "nc");
    BOOST_TEST(sink.peer.empty());
    BOOST_CHECK(sink.readiness == Readiness::Assumed);
    BOOST_TEST(ParseReplacement("a=/usr/sbin/exim4 -bd", data.Path()).program == "exim4");
    BOOST_TEST(ParseReplacement("a=x=1 true", data.Path()).command.text == "x=1 true");
    BOOST_TEST(ParseReplacement("a=../..", data.Path()).program == "command");
    BOOST_TEST(ParseReplacement("a=(echo", data.Path()).program == "_echo");
}

BOOST_AUTO_TEST_CASE(APeerIsItsFoldersProgram)
{
    const cli::Scratch data;
    const auto folder = data.Path() / "peers" / "it's";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "run") << "#!/bin/sh\n";
    const Replacement peer = ParseReplacement("partner=it's --late 'a b'", data.Path());
    BOOST_TEST(peer.peer == folder);
    BOOST_TEST(peer.command.folder == folder);
    BOOST_CHECK(peer.readiness == Readiness::Said);
    const std::string parent = (data.Path() / "peers").string();
    BOOST_TEST(peer.command.text == "exec '" + parent + "/it'\\''s/run' --late 'a b'");
    // A folder without a program is no peer.
    std::filesystem::create_directories(data.Path() / "peers" / "lib");
    BOOST_TEST(ParseReplacement("partner=lib", data.Path()).peer.empty());
}

BOOST_AUTO_TEST_CASE(WhatIsNoReplacementIsRefused)
{
    for (const char* text : {"", "partner", "=true", "partner=", "partner=  "})
    {
        BOOST_CHECK_THROW(ParseReplacement(text, "/"), LiveError);
    }
}

BOOST_AUTO_TEST_CASE(OnlyPlainHostsCanBeReplaced)
{
    const scenario::Scenario plain = Shipped("relay-tests", "open-relay");
    BOOST_TEST(ErrorOf(plain, {"partner", "exchange", "tester"}) == "");
    BOOST_TEST(ErrorOf(plain, {"partnr"}) ==
               "relay-tests/open-relay has no host \"partnr\", did you mean \"partner\"?");
    BOOST_TEST(ErrorOf(plain, {"partner", "partner"}) == "partner is replaced twice");
    const scenario::Scenario tunneled = Shipped("intercepted-submission", "vpn");
    BOOST_TEST(ErrorOf(tunneled, {"isp-proxy"}) ==
               "isp-proxy cannot be replaced: it is the proxy isp");
    BOOST_TEST(ErrorOf(tunneled, {"laptop"}) ==
               "laptop cannot be replaced: it is at the end of the tunnel vpn");
    BOOST_TEST(ErrorOf(tunneled, {"phone", "exchange"}) == "");
    const scenario::Scenario without = Shipped("intercepted-submission", "control");
    BOOST_TEST(ErrorOf(without, {"isp-proxy"}) ==
               "isp-proxy cannot be replaced: no path leads to it");
}

BOOST_AUTO_TEST_CASE(TheGatewayIsTheRouterNextToTheHost)
{
    const auto gateway =
        [](const std::string& scenario, const std::string& variant, const std::string& node)
    { return NetworkOf(Shipped(scenario, variant), node).gateway.ToString(); };
    BOOST_TEST(gateway("forged-reply", "control", "mail-host") == "10.4.1.1");
    BOOST_TEST(gateway("forged-reply", "control", "data-hotel") == "203.174.64.214");
    BOOST_TEST(gateway("intercepted-submission", "control", "laptop") == "198.51.100.1");
    const NetworkSetup network = NetworkOf(Shipped("relay-tests", "open-relay"), "partner");
    BOOST_TEST(network.address.ToString() == "198.51.100.25");
    BOOST_TEST(network.machineMac.ToString() == "02:00:c6:33:64:19");
    BOOST_TEST(!(network.machineMac == network.gatewayMac));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
