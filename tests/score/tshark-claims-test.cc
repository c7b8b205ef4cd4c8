// Claims computed a second time, by tshark: detectors and claims share their readers.
#include "tests/cli/program.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/score/scenario-measures.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::score;

/// A run of the shipped scenario, and what tshark prints of the capture that its claims are about.
struct Trial
{
    Trial()
    {
        const cli::ChildEnd end = cli::Bouncelab(
            scratch.Path(),
            {"run", "forged-reply/error-500", "--quiet", "--keep-going", "--out", "out"});
        BOOST_REQUIRE(end.status <= 1);
        const std::string stream =
            Fields("frame contains \"RCPT TO:<kawamura@neptune\"", "tcp.stream").front();
        session = "tcp.stream == " + stream + " && ";
    }

    fs::path Folder() const { return scratch.Path() / "out/forged-reply/error-500/seed-1"; }

    /// A field of every frame that passes a filter.
    std::vector<std::string> Fields(const std::string& filter, const std::string& field) const
    {
        const std::string printed =
            test::Shell(fmt::format("tshark -r {} -Y '{}' -T fields -e {} 2>/dev/null",
                                    (Folder() / "evidence/gateway-inside/capture.pcap").string(),
                                    filter,
                                    field));
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < printed.size();)
        {
            const std::size_t end = std::min(printed.find('\n', at), printed.size());
            lines.push_back(printed.substr(at, end - at));
            at = end + 1;
        }
        BOOST_REQUIRE(!lines.empty());
        return lines;
    }

    /// The field of the first such frame of the session, as a number; times in ns.
    std::int64_t Number(const std::string& filter, const std::string& field) const
    {
        const std::string text = Fields(session + filter, field).front();
        if (text == "True" || text == "False")
        {
            return text == "True" ? 1 : 0;
        }
        return field == "frame.time_epoch" ? static_cast<std::int64_t>(std::llround(
                                                 std::strtold(text.c_str(), nullptr) * 1e9L))
                                           : std::strtoll(text.c_str(), nullptr, 0);
    }

    cli::Scratch scratch;
    std::string session;
};

const std::string P1 = "tcp.flags.syn == 1 && tcp.flags.ack == 0";
const std::string P2 = "tcp.flags.syn == 1 && tcp.flags.ack == 1";
const std::string P4 = "frame contains \"220 \"";
const std::string P5 = "frame contains \"HELO \"";
const std::string P6 = "frame contains \"RCPT TO:\"";
const std::string P7 = "frame contains \"500 error\"";
const std::string P8 = "frame contains \"250 Ok\" && tcp.seq_raw == 354920985";
const std::string P9 = "frame contains \"QUIT\"";

BOOST_FIXTURE_TEST_SUITE(tshark_claims,
                         Trial,
                         *boost::unit_test::precondition(tests::IfRuns{"tshark --version",
                                                                       "tshark"}))

BOOST_AUTO_TEST_CASE(TwentyClaimsAreTsharksToo)
{
    const scenario::Expectations measures = MeasuresOf("forged-reply");
    const RunFolder run(Folder());
    const Evaluation evaluation(run, measures);

    struct Same
    {
        std::string operand;
        std::string filter;
        std::string field;
    };

    const Same fields[] = {
        {"packet-1.TTL", P1, "ip.ttl"},
        {"packet-1.IP ID", P1, "ip.id"},
        {"packet-1.length", P1, "ip.len"},
        {"packet-1.captured", P1, "frame.cap_len"},
        {"packet-1.seq", P1, "tcp.seq_raw"},
        {"packet-1.window", P1, "tcp.window_size_value"},
        {"packet-1.MSS", P1, "tcp.options.mss_val"},
        {"packet-1.TS", P1, "tcp.options.timestamp.tsval"},
        {"packet-2.ack", P2, "tcp.ack_raw"},
        {"packet-2.WS", P2, "tcp.options.wscale.shift"},
        {"packet-2.TS echo", P2, "tcp.options.timestamp.tsecr"},
        {"packet-4.payload", P4, "tcp.len"},
        {"packet-4.header", P4, "tcp.hdr_len"},
        {"packet-4.frame", P4, "frame.number"},
        {"packet-7.TTL", P7, "ip.ttl"},
        {"packet-7.window", P7, "tcp.window_size_value"},
        {"packet-7.ack", P7, "tcp.ack_raw"},
        {"packet-8.IP ID", P8, "ip.id"},
        {"packet-9.seq", P9, "tcp.seq_raw"},
    };
    for (const Same& same : fields)
    {
        const auto number = evaluation.ValueOf(same.operand).number;
        BOOST_REQUIRE(number.has_value());
        BOOST_TEST(*number == Number(same.filter, same.field), same.operand);
    }

    struct Gap
    {
        std::string fact;
        std::string from;
        std::string to;
    };

    const Gap gaps[] = {{"round-trips/SYN", P1, P2},
                        {"omitted-packets/P5 to P6", P5, P6},
                        {"rcpt-to-forged/gap", P6, P7},
                        {"rcpt-to-genuine/gap", P6, P8},
                        {"quit-wait/wait", P7, P9}};
    for (const Gap& gap : gaps)
    {
        BOOST_TEST(*evaluation.ValueOf(gap.fact).number ==
                       Number(gap.to, "frame.time_epoch") - Number(gap.from, "frame.time_epoch"),
                   gap.fact);
    }
    BOOST_TEST(evaluation.Select("session").rows.size() ==
               Fields(session + "tcp", "tcp.len").size());
    BOOST_TEST(evaluation.ValueOf("packet-7.DF").text == "no");
    BOOST_TEST(Number(P7, "ip.flags.df") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
