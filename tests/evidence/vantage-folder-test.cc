#include "lab/evidence/snort-log.h"
#include "lab/evidence/vantage-folder.h"
#include "tests/evidence/log-rig.h"
#include "tests/evidence/packets.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(vantage_folder)

BOOST_AUTO_TEST_CASE(files_lie_in_sub_folders_and_are_listed_in_order)
{
    const ScratchFolder scratch;
    evidence::VantageFolder folder(scratch / "evidence/gateway-inside");
    folder.Open("b/log").Write("one\n");
    folder.Open("b/log").Write("two\n");
    folder.WriteFile("traceroute-203.131.198.80.txt", "traceroute to\n");
    const auto reserved = folder.Reserve("a/capture.pcap");
    folder.Close();
    BOOST_TEST(ReadFile(folder.GetRoot() / "b/log") == "one\ntwo\n");
    BOOST_TEST(std::filesystem::is_directory(reserved.parent_path()));
    const std::vector<std::string> names{"a/capture.pcap",
                                         "b/log",
                                         "traceroute-203.131.198.80.txt"};
    BOOST_TEST(folder.List() == names, boost::test_tools::per_element());
    BOOST_CHECK_THROW(folder.WriteFile("b/log", ""), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(errors_name_the_file)
{
    evidence::OutputFile full("/dev/full");
    full.Write("x");
    BOOST_CHECK_EXCEPTION(
        full.Close(),
        std::runtime_error,
        [](const std::runtime_error& e)
        { return std::string(e.what()) == "cannot write to /dev/full: No space left on device"; });
    BOOST_CHECK_THROW(evidence::OutputFile("/nowhere/x"), std::runtime_error);
    BOOST_CHECK_THROW(evidence::VantageFolder("/proc/x"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(more_conversations_than_open_files_lose_nothing)
{
    const ScratchFolder scratch;
    evidence::VantageFolder folder(scratch.GetPath());
    const evidence::HomeNet home{Ipv4{MAIL_HOST}, 32};
    evidence::SnortLog log(folder, GatewayClock(), home);
    std::string expected;
    for (int round = 0; round < 3; ++round)
    {
        for (std::uint16_t port = 50000; port < 50100; ++port)
        {
            SegmentDraft segment;
            segment.payload = "round " + std::to_string(round);
            const TimedPacket packet{At(round * NANOSECONDS_PER_SECOND), true, Tcp(segment, port)};
            log.Write(packet.AsFrame());
            if (port == 50042)
            {
                evidence::AppendSnortBlock(expected,
                                           packet.AsFrame(),
                                           GatewayClock().Read(packet.time),
                                           28800);
            }
        }
    }
    log.Close();
    BOOST_TEST(folder.List().size() == 100);
    BOOST_TEST(ReadFile(scratch / "snort/203.131.198.80/TCP:50042-25") == expected);
}

BOOST_AUTO_TEST_CASE(a_mailbox_quotes_lines_that_would_begin_a_message)
{
    LogRig rig(1159253183 * SECOND, 28800, "mail.example.cn");
    rig.Open<dialects::Mailboxes>();
    mail::DeliveryOrder order;
    order.content = std::make_shared<const std::string>(
        "Subject: x\n\nFrom here\n>From there\nFromage\nno end");
    rig.Tell(host::StoredEvent{order, "user@example.cn"});
    BOOST_TEST(rig.Text("mailboxes/user@example.cn.mbox") ==
               "From MAILER-DAEMON Tue Sep 26 06:46:23 2006\n"
               "Return-Path: <>\nDelivered-To: user@example.cn\n"
               "Subject: x\n\n>From here\n>>From there\nFromage\nno end\n\n");
}

BOOST_AUTO_TEST_CASE(no_name_leads_out_of_the_folder)
{
    const ScratchFolder scratch;
    evidence::VantageFolder folder(scratch / "a/b");
    for (const std::string& name :
         std::vector<std::string>{"../x", "/x", "a/../../x", "..", "", std::string(300, 'x')})
    {
        BOOST_CHECK_THROW(folder.WriteFile(name, "text"), std::runtime_error);
        BOOST_CHECK_THROW(folder.Open(name), std::runtime_error);
        BOOST_CHECK_THROW(folder.Append(name), std::runtime_error);
    }
    BOOST_TEST(folder.List().empty());
    BOOST_TEST(!std::filesystem::exists(scratch / "a/x"));
}

BOOST_AUTO_TEST_CASE(a_mailbox_may_be_called_anything)
{
    LogRig rig(1159253183 * SECOND, 28800, "mail.example.cn");
    rig.Open<dialects::Mailboxes>();
    mail::DeliveryOrder order;
    order.content = std::make_shared<const std::string>("Subject: x\n");
    rig.Tell(host::StoredEvent{order, "../../x@example.cn"});
    BOOST_TEST(rig.Text("mailboxes/%2E.%2F..%2Fx@example.cn.mbox").find("Subject: x") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
