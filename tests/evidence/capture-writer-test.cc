#include "lab/evidence/capture-writer.h"
#include "tests/evidence/packets.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

std::string
Tshark(const std::filesystem::path& file, const std::string& arguments)
{
    return Shell("tshark -r " + file.string() +
                 " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE " + arguments +
                 " 2>/dev/null");
}

std::filesystem::path
WriteNine(const ScratchFolder& scratch, const HostClock& clock)
{
    const auto path = scratch / "capture.pcap";
    evidence::CaptureWriter writer(path, clock);
    std::uint64_t number = 0;
    for (const TimedPacket& packet : NinePackets())
    {
        BOOST_TEST(writer.Write(packet.AsFrame()) == ++number);
    }
    writer.Close();
    return path;
}

} // namespace

BOOST_AUTO_TEST_SUITE(capture_writer)

BOOST_AUTO_TEST_CASE(tshark_finds_nothing_malformed_and_no_bad_checksum)
{
    const ScratchFolder scratch;
    const auto path = WriteNine(scratch, GatewayClock());
    BOOST_TEST(
        Tshark(path, "-Y '_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0'") ==
        "");
    BOOST_TEST(Tshark(path, "-Y 'tcp.checksum.status == 1' -T fields -e frame.number") ==
               "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    BOOST_TEST(
        Tshark(path,
               "-Y 'frame.number == 7' -T fields -e ip.ttl -e ip.id -e tcp.window_size_value "
               "-e smtp.response.code -e eth.src -e eth.dst -e frame.len") ==
        "57\t0x0040\t0\t500\t00:14:22:1f:4a:49\t00:11:43:58:71:ff\t65\n");
}

BOOST_AUTO_TEST_CASE(stamps_are_the_reading_of_the_vantage_clock)
{
    const ScratchFolder scratch;
    HostClock clock = GatewayClock();
    const std::string stamp = "-c 1 -T fields -e frame.time_epoch";
    BOOST_TEST(Tshark(WriteNine(scratch, clock), stamp) == "1159253092.643691000\n");
    clock.resolution = Nanoseconds(1000000);
    clock.offset = Nanoseconds(90868815000);
    BOOST_TEST(Tshark(WriteNine(scratch, clock), stamp) == "1159253183.512000000\n");
    clock.resolution = Nanoseconds(1);
    clock.offset = Nanoseconds(-1);
    BOOST_TEST(Tshark(WriteNine(scratch, clock), stamp) == "1159253092.643690999\n");
}

BOOST_AUTO_TEST_CASE(received_frames_are_padded_and_tshark_calls_it_padding)
{
    const ScratchFolder scratch;
    const auto path = scratch / "short.pcap";
    evidence::CaptureWriter writer(path, GatewayClock());
    const TimedPacket out{At(0), true, Tcp({true, 127, 1, true, 4, 1, 0, 0, {}, ""})};
    const TimedPacket in{At(1), false, Tcp({false, 49, 1, true, 4, 1, 0, 0, {}, ""})};
    writer.Write(out.AsFrame());
    writer.Write(in.AsFrame());
    writer.Close();
    BOOST_TEST(Tshark(path, "-T fields -e frame.len -e eth.padding") == "60\t000000000000\n54\t\n");
    BOOST_TEST(Tshark(path, "-Y '_ws.malformed || tcp.checksum.status == 0'") == "");
}

BOOST_AUTO_TEST_CASE(the_same_frames_give_the_same_bytes)
{
    const ScratchFolder a;
    const ScratchFolder b;
    const std::string bytes = ReadFile(WriteNine(a, GatewayClock()));
    BOOST_TEST(bytes.size() > 24);
    BOOST_TEST(bytes == ReadFile(WriteNine(b, GatewayClock())));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_that_names_the_file)
{
    evidence::CaptureWriter writer("/dev/full", GatewayClock());
    const auto packets = NinePackets();
    writer.Write(packets[0].AsFrame());
    BOOST_CHECK_EXCEPTION(
        writer.Close(),
        std::runtime_error,
        [](const std::runtime_error& e)
        { return std::string(e.what()) == "cannot write /dev/full: No space left on device"; });
    BOOST_CHECK_THROW(evidence::CaptureWriter("/nowhere/x.pcap", GatewayClock()),
                      std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
