#include "lab/truth/annotated-capture.h"
#include "lab/truth/packet-comment.h"
#include "lab/truth/vantage-truth.h"
#include "tests/evidence/packets.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

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

/// The nine packets; the seventh is forged, the ninth is what came of it.
std::filesystem::path
WriteNine(const ScratchFolder& scratch, const std::string& comment7, const std::string& comment9)
{
    const auto path = scratch / "annotated.pcapng";
    truth::AnnotatedCapture capture(path);
    std::vector<std::uint8_t> buffer;
    int number = 0;
    for (const TimedPacket& packet : NinePackets())
    {
        ++number;
        const std::size_t size = evidence::SerializeFrame(packet.AsFrame(), buffer);
        capture.Write(GatewayClock().Read(packet.time),
                      buffer.data(),
                      size,
                      number == 7   ? comment7
                      : number == 9 ? comment9
                                    : "");
    }
    capture.Close();
    return path;
}

} // namespace

BOOST_AUTO_TEST_SUITE(annotated_capture)

BOOST_AUTO_TEST_CASE(wireshark_shows_and_filters_the_comments)
{
    const ScratchFolder scratch;
    const auto path =
        WriteNine(scratch, "{\"forged\":true}", "\xE5\x8F\x97\xE5\xBD\xB1\xE5\x93\x8D");
    BOOST_TEST(Tshark(path, "-Y 'frame.comment contains \"forged\"' -T fields -e frame.number") ==
               "7\n");
    BOOST_TEST(Tshark(path, "-Y 'frame.comment' -T fields -e frame.number -e frame.comment") ==
               "7\t{\"forged\":true}\n9\t\xE5\x8F\x97\xE5\xBD\xB1\xE5\x93\x8D\n");
    BOOST_TEST(Tshark(path, "-T fields -e frame.time_epoch -c 1") == "1159253092.643691000\n");
    BOOST_TEST(
        Tshark(path, "-Y '_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0'") ==
        "");
    BOOST_TEST(Tshark(path, "-Y 'tcp.checksum.status == 1' -T fields -e frame.number | wc -l") ==
               "9\n");
}

BOOST_AUTO_TEST_CASE(comments_of_every_length_keep_the_file_whole)
{
    const ScratchFolder scratch;
    for (const std::size_t length : {1u, 2u, 3u, 4u, 5u, 65535u, 70000u})
    {
        const auto path = WriteNine(scratch, std::string(length, 'c'), "x");
        BOOST_TEST(Tshark(path, "-Y 'frame.comment' -T fields -e frame.number") == "7\n9\n");
    }
}

BOOST_AUTO_TEST_CASE(the_comment_says_who_made_the_frame_and_for_which_cause)
{
    truth::PacketTruth truth;
    truth.cause = 3;
    truth.classLabel = "forged.reply";
    truth.actor = "injector";
    truth.trueOrigin = "injector";
    std::string comment;
    truth::AppendPacketComment(comment, truth);
    BOOST_TEST(comment.empty());
    truth.hop = 7;
    truth.forged = true;
    truth::AppendPacketComment(comment, truth);
    const auto json = nlohmann::json::parse(comment);
    BOOST_TEST(json["class"] == "forged.reply");
    BOOST_TEST(json["cause_id"] == 3);
    BOOST_TEST(json["hop"] == 7);
    BOOST_TEST(json["true_origin"] == "injector");
    BOOST_TEST(json["forged"] == true);
    BOOST_TEST(json["affected"] == false);
}

BOOST_AUTO_TEST_CASE(frames_are_commented_by_what_became_of_them)
{
    const ScratchFolder scratch;
    truth::LabelWriter labels(scratch / "labels.jsonl", "r");
    provenance::Ledger ledger(&labels);
    labels.SetLedger(&ledger);
    const auto server = ledger.RegisterActor("server");
    const auto host = ledger.RegisterActor("mail-host");
    const auto injector = ledger.RegisterActor("injector");
    const auto cause = ledger.NewCause();
    provenance::Action action;
    action.kind = "event";
    action.classLabel = "forged.reply";
    action.cause = cause;
    action.actor = injector;
    ledger.Record(action);
    truth::VantageTruth vantage(labels, "gateway-inside", scratch / "annotated.pcapng");
    std::vector<std::uint8_t> buffer;
    std::uint64_t number = 0;
    for (const TimedPacket& packet : NinePackets())
    {
        ++number;
        const std::size_t size = evidence::SerializeFrame(packet.AsFrame(), buffer);
        const provenance::Origin origin = number == 7 ? ledger.Born(injector, cause, true)
                                          : number == 9
                                              ? ledger.Born(host, cause)
                                              : ledger.Born(packet.outward ? host : server);
        vantage.Frame(number,
                      packet.time,
                      GatewayClock().Read(packet.time),
                      buffer.data(),
                      size,
                      origin);
        if (number == 8)
        {
            action.time = packet.time + Nanoseconds(100);
            action.packet = origin.serial;
            action.displaced = true;
            ledger.Record(action);
        }
    }
    // Nothing passes here for long, while the run goes on elsewhere: what is known of frame 8
    // stays.
    labels.Packet("elsewhere", 1, action.time + std::chrono::minutes(1), ledger.Born(server));
    labels.Close();
    vantage.Close();
    const auto path = scratch / "annotated.pcapng";
    BOOST_TEST(Tshark(path, "-Y 'frame.comment' -T fields -e frame.number") == "7\n8\n9\n");
    BOOST_TEST(Tshark(path,
                      "-Y 'frame.comment contains \"\\\"forged\\\":true\"' -T fields -e "
                      "frame.number") == "7\n");
    BOOST_TEST(truth::ReadLabels(scratch / "labels.jsonl").size() == 12);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error)
{
    truth::AnnotatedCapture capture("/dev/full");
    BOOST_CHECK_THROW(capture.Close(), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
