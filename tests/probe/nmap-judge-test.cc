// nmap's script smtp-open-relay, run as it is against the server core on a real socket, and our
// tester with nmap's suite against the same core: the replies must lead both to the same verdicts.

#include "tests/probe/campaign-rig.h"
#include "tests/probe/loopback-server.h"
#include "tests/probe/nmap.h"
#include "tests/probe/relay-log.h"
#include "tests/probe/relay-policies.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;
using Lines = std::vector<std::string>;

struct Verdicts
{
    Lines nmap;
    Lines ours;
    std::string output; //!< Of nmap.
    RelaySummary summary;
    std::size_t tests = 0;
};

Verdicts
Judge(const smtp::ServerPersona& persona, smtp::ServerPolicy& policy)
{
    Verdicts verdicts;
    {
        const LoopbackServer server(persona, policy);
        verdicts.output = RunNmap(server.Port());
    }
    verdicts.nmap = AcceptedByNmap(verdicts.output);
    CampaignRig rig;
    rig.persona = persona;
    rig.policy = &policy;
    rig.server = Ipv4{0x7F000001};
    RelayTesterConfig config;
    config.suite = RelaySuite::Nmap;
    RelayLog log;
    RelayTester tester(config, rig.server, {}, log, DrawKey(1, "tester"));
    rig.Run(tester);
    for (const RelayTestResult& result : log.results)
    {
        if (result.verdict == RelayVerdict::Accepted)
        {
            verdicts.ours.push_back(
                fmt::format("MAIL FROM:<{}> -> RCPT TO:<{}>", result.sender, result.recipient));
        }
    }
    verdicts.summary = log.summaries.at(0);
    verdicts.tests = log.results.size();
    return verdicts;
}

void
Compare(const char* name, const smtp::ServerPersona& persona, smtp::ServerPolicy& policy)
{
    const Verdicts verdicts = Judge(persona, policy);
    BOOST_TEST_MESSAGE(name << ": nmap " << verdicts.nmap.size() << ", ours "
                            << verdicts.ours.size() << " of 16 accepted");
    BOOST_TEST_CONTEXT(name << "\n" << verdicts.output)
    {
        BOOST_TEST(verdicts.nmap == verdicts.ours, boost::test_tools::per_element());
        const std::string claim =
            verdicts.ours.empty()
                ? "Server doesn't seem to be an open relay, all tests failed"
                : fmt::format("Server is an open relay ({}/16 tests)", verdicts.ours.size());
        BOOST_TEST(verdicts.output.find(claim) != std::string::npos);
        BOOST_TEST(verdicts.tests == 16u);
    }
}

BOOST_AUTO_TEST_SUITE(nmap_judge, *boost::unit_test::precondition(NMAP_IS_HERE))

BOOST_AUTO_TEST_CASE(LocalDomainsOnlySeemsOpen)
{
    LocalDomainsOnly policy;
    Compare("local domains, loose reader", LooseReader(), policy);
    Compare("local domains, strict reader", smtp::ServerPersona(), policy);
}

BOOST_AUTO_TEST_CASE(LookUpAtRcpt)
{
    LooksUp policy;
    Compare("look-up at RCPT", LooseReader(), policy);
}

BOOST_AUTO_TEST_CASE(OpenRelay)
{
    smtp::ServerPolicy policy;
    Compare("open relay", LooseReader(), policy);
}

BOOST_AUTO_TEST_CASE(TrustInLocalSenders)
{
    TrustsLocalSenders policy;
    Compare("trust in local senders", LooseReader(), policy);
}

BOOST_AUTO_TEST_CASE(RelayThatWantsAuthentication)
{
    smtp::ServerPolicy policy;
    smtp::ServerPersona persona = LooseReader();
    persona.requireAuth = true;
    const Verdicts verdicts = Judge(persona, policy);
    BOOST_TEST(verdicts.output.find("authentication needed") != std::string::npos, verdicts.output);
    BOOST_TEST((verdicts.summary.end == RelayEnd::AuthenticationNeeded));
    BOOST_TEST(verdicts.nmap.empty());
    BOOST_TEST(verdicts.ours.empty());
}

BOOST_AUTO_TEST_CASE(TarpitThatIsPatientEnough)
{
    struct Slow : LocalDomainsOnly
    {
        Nanoseconds DelayReply(const smtp::ServerFacts&, const smtp::ReplyDraft& draft) override
        {
            return draft.code >= 500 ? std::chrono::milliseconds(300) : Nanoseconds(0);
        }
    } policy;

    Compare("tarpit", LooseReader(), policy);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
