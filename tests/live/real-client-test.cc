#include "tests/live/live-program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::live;

/// An SMTP client that is nothing but bash and the kernel's TCP: it waits for each reply.
const char* const CLIENT = R"(
touch $BOUNCELAB_WORK/ready
sleep 0.5
exec 5<>/dev/tcp/10.10.10.10/25 || exit 3
answer() { while IFS= read -r -t 10 line <&5; do echo "$line"; [ "${line:3:1}" = - ] || return 0; done; exit 4; }
answer
for command in "EHLO mx1.partner.example" "MAIL FROM:<orders@partner.example>" \
    "RCPT TO:<anna@northwindtraders.com>" DATA; do
    printf '%s\r\n' "$command" >&5; answer
done
printf 'Message-ID: <live@partner.example>\r\nSubject: hi\r\n\r\n..a dot\r\n' >&5
for i in $(seq 3000); do printf 'line %s of a message that takes many segments\r\n' $i; done >&5
printf '.\r\n' >&5; answer
printf 'QUIT\r\n' >&5; answer
)";

BOOST_AUTO_TEST_SUITE(real_client)

/// The kernel's TCP and a shell's SMTP against a simulated Exchange.
BOOST_AUTO_TEST_CASE(TheKernelsTcpBringsAMessageToASimulatedServer,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    std::ofstream(scratch.Path() / "client.sh") << CLIENT;
    const cli::ChildEnd end = Live(scratch.Path(),
                                   {"relay-tests/open-relay",
                                    "--replace",
                                    "partner=bash client.sh",
                                    "--until-exit",
                                    "--duration",
                                    "30 s",
                                    "--json"});
    const fs::path folder = scratch.Path() / "results/live/relay-tests/open-relay/partner-bash";
    const std::string output = TextOf(folder / "live/partner/output.log");
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error << output);
    BOOST_TEST(output.find("\n354 ") != std::string::npos, output);
    BOOST_TEST(output.find("\n221 ") != std::string::npos, output);

    const auto report = nlohmann::json::parse(end.output);
    BOOST_TEST(report["machines"][0]["ended"] == 0);
    BOOST_TEST(report["machines"][0]["opened"] == 1);
    BOOST_TEST(report["machines"][0]["unused"] == 0);
    BOOST_TEST(report["seconds"].get<double>() < 20.0);
    BOOST_REQUIRE(report["messages"].size() == 1u);
    BOOST_TEST(report["messages"][0]["accepted"] == nlohmann::json({"exchange"}));

    const auto manifest = nlohmann::json::parse(TextOf(folder / "manifest.json"));
    BOOST_TEST(manifest["live"] == true);
    BOOST_TEST(manifest["replaced"]["partner"] == "bash");
    const std::string labels = TextOf(folder / "truth/labels.jsonl");
    BOOST_TEST(labels.find("\"true_origin\":\"partner\"") != std::string::npos);
    const std::string log = TextOf(folder / "evidence/server/SmtpSvc1/ex020322.log");
    BOOST_TEST(log.find(" MAIL - +FROM:<orders@partner.example>") != std::string::npos, log);

    // The kernel leaves no checksum to a device that does none.
    const cli::ChildEnd sharks =
        cli::RunChild({"tshark",
                       "-r",
                       (folder / "evidence/gateway-inside/capture.pcap").string(),
                       "-o",
                       "tcp.check_checksum:TRUE",
                       "-o",
                       "ip.check_checksum:TRUE",
                       "-T",
                       "fields",
                       "-e",
                       "tcp.checksum.status",
                       "-e",
                       "ip.checksum.status",
                       "-e",
                       "_ws.malformed"},
                      std::chrono::minutes(1));
    BOOST_TEST(sharks.status == 0, sharks.error);
    std::istringstream lines(sharks.output);
    std::string line;
    int count = 0;
    while (std::getline(lines, line))
    {
        BOOST_TEST(line.substr(0, 3) == "1\t1", line);
        ++count;
    }
    BOOST_TEST(count > 80);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
