#include "lab/score/run-folder.h"
#include "tests/cli/program.h"
#include "tests/score/scenario-measures.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using namespace bouncelab::score;

const std::string BAN = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
                        "received from your IP address.";

/// Three runs of the shipped scenario by the built program.
struct Trial
{
    Trial()
    {
        const ChildEnd end = Bouncelab(scratch.Path(),
                                       {"run",
                                        "intercepted-submission/ip-ban",
                                        "intercepted-submission/tarpit",
                                        "intercepted-submission/vpn",
                                        "--quiet",
                                        "--keep-going",
                                        "--out",
                                        "out"});
        BOOST_REQUIRE(end.status <= 1);
    }

    fs::path Folder(const std::string& variant) const
    {
        return scratch.Path() / "out" / "intercepted-submission" / variant / "seed-1";
    }

    bool Holds(const std::string& variant,
               const std::string& check,
               const std::string& documented,
               const std::string& tolerance = "") const
    {
        const RunFolder run(Folder(variant));
        const auto measures = MeasuresOf("intercepted-submission");
        return Compare(documented, tolerance, Evaluation(run, measures).Take(check)).held;
    }

    Scratch scratch;
};

BOOST_FIXTURE_TEST_SUITE(exchange_run, Trial)

BOOST_AUTO_TEST_CASE(AnInterceptedClient)
{
    BOOST_TEST(Holds("ip-ban", "refusal", "reply: " + BAN + " | to: RCPT | after: < 1000 ms"));
    BOOST_TEST(
        Holds("ip-ban",
              "filter-record",
              "authenticated: none | sender whitelisted: yes | rejected by: dha-protection"));
    BOOST_TEST(Holds("ip-ban",
                     "authentication",
                     "client wants AUTH: yes | AUTH lines: 0 | authenticated as: none"));
    BOOST_TEST(Holds("ip-ban", "wire-sizes", "EHLO: 27 B | answer: 271 B | MAIL: 25 B"));
    BOOST_TEST(Holds("ip-ban", "line-sizes", "EHLO: 27 B | answer: 271 B | MAIL: 25 B"));
    BOOST_TEST(Holds("ip-ban", "log-fields", "fields: 9 | rows with fewer: 0"));
    BOOST_TEST(Holds("ip-ban", "log-sequence", "first: 0 | gaps: 0 | sessions with gaps: 0"));
    BOOST_TEST(Holds("ip-ban", "receiving-message", "seq: 20 | id;time;count: yes"));
    BOOST_TEST(
        Holds("ip-ban", "case-fate", "fate: still in the queue / never arrived | abroad: yes"));
    BOOST_TEST(Holds("ip-ban", "hello-line", "seq: 3 | text: EHLO mail.globalsuite.net"));
    BOOST_TEST(Holds("ip-ban", "turn-round", "276 ms", "5 ms"));
    BOOST_TEST(Holds("tarpit",
                     "tarpit-delay",
                     "first delay: 5000 ms | held: 5001 ms | only with errors or after: yes",
                     "held: 2 ms"));
}

BOOST_AUTO_TEST_CASE(AClientInTheTunnel)
{
    BOOST_TEST(
        Holds("vpn",
              "own-session",
              "AUTH lines: 1 | authenticated as: ABC\\jia | EHLO name: JIA-PC | own name: yes | "
              "from inside: yes | port: 25"));
    BOOST_TEST(Holds("vpn", "case-fate", "fate: sent / arrived"));
    // The gateway is the tunnel's end: behind it, the session is in the clear.
    BOOST_TEST(Holds("vpn", "wire-sizes", "EHLO: 13 B | MAIL: 25 B"));
    BOOST_CHECK_THROW(Holds("vpn", "refusal", "reply: none"), NotMeasurable);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
