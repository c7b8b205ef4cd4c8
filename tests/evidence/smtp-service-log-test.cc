#include "lab/evidence/smtp-service-log.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace bouncelab;
using namespace bouncelab::evidence;
using namespace bouncelab::test;
namespace words = bouncelab::fields::smtpsvc;

namespace
{

constexpr std::int64_t TICK_NS = 15625000;
constexpr std::int64_t SECOND = 1000000000;

/// 2010-07-02T17:36:15Z
HostClock
Clock()
{
    return {1278092175 * SECOND, 0, 1, 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(smtp_service_log)

/// S002-63: all eight values of time-taken follow from a counter of 64 ticks a second.
BOOST_AUTO_TEST_CASE(time_taken_is_the_documented_ones)
{
    const TickCount ticks(0);
    const std::int64_t start = 6 * TICK_NS;
    constexpr std::array<int, 8> AFTER{5, 11, 16, 50, 55, 106, 107, 111};
    constexpr std::array<int, 8> TAKEN{78, 172, 250, 782, 860, 1657, 1672, 1735};
    for (std::size_t i = 0; i < AFTER.size(); ++i)
    {
        BOOST_TEST(ticks.At(start + AFTER[i] * TICK_NS + 1000) - ticks.At(start) == TAKEN[i]);
    }
}

BOOST_AUTO_TEST_CASE(rows_have_all_fields_and_days_have_files)
{
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    SmtpServiceLog log(vantage, Clock(), TickCount(-3 * SECOND), "OUR-EXCHANGE", "6.0");
    SmtpServiceRecord response;
    response.timeNs = 79000000;
    response.remote = *Ipv4::Parse("64.18.6.14");
    response.user = words::OUTBOUND_RESPONSE;
    response.port = 25;
    response.query = "250-Postini says hello back";
    response.sentBytes = response.query.size();
    log.Write(response);
    SmtpServiceRecord quit;
    quit.timeNs = 24 * 3600 * SECOND;
    quit.sinceNs = quit.timeNs;
    quit.remote = *Ipv4::Parse("208.65.144.247");
    quit.user = "p01c11m094.mxlogic.net";
    quit.local = *Ipv4::Parse("10.0.0.2");
    quit.method = "QUIT";
    quit.query = "p01c11m094.mxlogic.net";
    quit.status = words::QUIT_STATUS;
    quit.win32Status = 515;
    quit.sentBytes = 75;
    quit.receivedBytes = 4;
    log.Write(quit);
    log.Close();
    const std::string header = "#Software: Microsoft Internet Information Services 6.0\r\n"
                               "#Version: 1.0\r\n";
    BOOST_TEST(
        ReadFile(scratch / "SmtpSvc1/ex100702.log") ==
        header + "#Date: 2010-07-02 17:36:15\r\n#Fields: " + std::string(words::FIELD_LIST) +
            "\r\n2010-07-02 17:36:15 64.18.6.14 OutboundConnectionResponse SMTPSVC1 "
            "OUR-EXCHANGE - 25 - - 250-Postini+says+hello+back 0 0 27 0 78 SMTP - - - -\r\n");
    BOOST_TEST(
        ReadFile(scratch / "SmtpSvc1/ex100703.log") ==
        header + "#Date: 2010-07-03 17:36:15\r\n#Fields: " + std::string(words::FIELD_LIST) +
            "\r\n2010-07-03 17:36:15 208.65.144.247 p01c11m094.mxlogic.net SMTPSVC1 "
            "OUR-EXCHANGE 10.0.0.2 0 QUIT - p01c11m094.mxlogic.net 240 515 75 4 0 SMTP - - - "
            "-\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
