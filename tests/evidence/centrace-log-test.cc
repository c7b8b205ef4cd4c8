#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "tests/evidence/log-rig.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

struct Fixture : LogRig
{
    Fixture()
        : LogRig(0, 0, "probe.example")
    {
        Open<dialects::CenTrace>();
        measurement.server = *Ipv4::Parse("203.0.113.25");
        measurement.keyword = "lawyer@far.example";
        const IpAddress router = *Ipv4::Parse("192.0.2.1");
        measurement.test = {
            {1, true, {{router, Kind::TimeExceeded, ""}}},
            {2, true, {{router, Kind::TimeExceeded, ""}, {measurement.server, Kind::Reset, ""}}},
            {3, true, {}},
            {4, false, {}}};
        measurement.control = {
            {1, true, {{measurement.server, Kind::Acknowledgment, "250 \"Ok\"|[\r\n"}}},
            {2, true, {{measurement.server, Kind::Finish, "\xE4"}}}};
        const host::PathMeasuredEvent event{"north", measurement};
        Tell(event);
    }

    using Kind = probe::PathReplyKind;
    probe::PathMeasurement measurement;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(centrace_log, Fixture)

/// As Python's json.dumps and CenTrace's str() write it.
BOOST_AUTO_TEST_CASE(a_line_for_each_measurement)
{
    BOOST_TEST(Text("centrace-north.csv") ==
               "203.0.113.25|lawyer@far.example|False|"
               "[[[1, \"192.0.2.1\", [\"ICMP_TTL\"], [], \"\"]], "
               "[[2, \"192.0.2.1\", [\"ICMP_TTL\"], [], \"\"], "
               "[2, \"203.0.113.25\", [\"RST\"], [], \"\"]], "
               "[[3, null, \"TIMEOUT\", null, \"\"]], "
               "[[4, null, \"HANDSHAKE_TIMEOUT\", null, \"\"]]]|"
               "[[[1, \"203.0.113.25\", [\"ACK\"], [], \"250 \\\"Ok\\\"|[\\r\\n;\"]], "
               "[[2, \"203.0.113.25\", [\"FIN\"], [], \"\"]]]\n");
}

BOOST_AUTO_TEST_CASE(the_reader_takes_it)
{
    const std::string text = Text("centrace-north.csv");
    detectors::ServerLogs logs;
    const std::string name = "centrace-north.csv";
    dialects::ReaderList readers;
    dialects::CenTrace::Readers(logs, name, readers);
    detectors::ReadText(fmemopen(const_cast<char*>(text.data()), text.size(), "rb"),
                        {readers.front().get()});
    BOOST_REQUIRE(logs.measurements.size() == 1u);
    const detectors::TracedMeasurement& read = logs.measurements.front().record;
    BOOST_TEST(read.server.ToString() == "203.0.113.25");
    BOOST_TEST(read.keyword == "lawyer@far.example");
    BOOST_REQUIRE(read.test.size() == 4u);
    BOOST_TEST(read.test[1].answers.size() == 2u);
    BOOST_TEST((read.test[1].answers[1].kind == detectors::ProbeAnswerKind::Reset));
    BOOST_TEST(read.test[2].isConnected);
    BOOST_TEST(!read.test[3].isConnected);
    BOOST_TEST(read.control.at(0).answers.at(0).text == "250 \"Ok\"|[\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
