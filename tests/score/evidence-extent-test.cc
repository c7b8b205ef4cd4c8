#include "lab/score/alert-file.h"
#include "lab/score/text-file.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

std::string
Word(std::uint32_t value)
{
    std::string octets;
    for (int i = 0; i < 4; ++i)
    {
        octets += static_cast<char>(value >> 8 * i & 0xFF);
    }
    return octets;
}

/// A capture of so many frames, one a second from 2006-09-26T06:44:53 on.
std::string
CaptureOf(std::uint32_t frames)
{
    std::string octets =
        Word(0xA1B2C3D4) + Word(0x00040002) + Word(0) + Word(0) + Word(65535) + Word(1);
    for (std::uint32_t i = 0; i < frames; ++i)
    {
        octets += Word(1159253093 + i) + Word(0) + Word(14) + Word(14) + std::string(14, '\x01');
    }
    return octets;
}

struct Evidence : test::ScratchFolder
{
    Evidence()
    {
        std::filesystem::create_directories(GetPath() / "e/mailboxes");
        WriteTextFile(GetPath() / "e/capture.pcap", CaptureOf(3));
        WriteTextFile(GetPath() / "e/mail.log", "one\ntwo");
        WriteTextFile(GetPath() / "e/mailboxes/a.mbox", "one\n");
    }

    /// What is wrong with the second of two alerts.
    std::string ErrorOf(const std::string& members, const std::string& of = "e") const
    {
        const std::string start = R"({"class":"forged.reply","verdict":"fault",)";
        WriteTextFile(GetPath() / "mine.jsonl",
                      start + R"("pcap_cnt":1})" + "\n" + start + members + "}\n");
        try
        {
            ReadForeignAlerts(GetPath() / "mine.jsonl", GetPath() / of);
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "";
    }
};

BOOST_FIXTURE_TEST_SUITE(evidence_extent, Evidence)

BOOST_AUTO_TEST_CASE(WhatIsThereMayBeNamed)
{
    for (const char* members :
         {R"("pcap_cnt":3)",
          R"("pcap_cnt":3,"timestamp":"2006-09-26T06:44:56+0000")",
          R"("evidence":{"file":"capture.pcap","frames":[1,3]})",
          R"("evidence":{"file":"/somewhere/capture.pcap","frames":[3]})",
          R"("evidence":{"file":"mail.log","lines":[2]})",
          R"("evidence":{"file":"./mailboxes/a.mbox","lines":[1]})",
          R"("evidence":{"log":[{"file":"mail.log","line":2,"text":"two"}]})"})
    {
        BOOST_TEST(ErrorOf(members) == "");
    }
    BOOST_TEST(ErrorOf(R"("evidence":{"frames":[3]})", "e/capture.pcap") == "");
}

BOOST_AUTO_TEST_CASE(WhatIsNotIsRefusedWithItsLine)
{
    const std::pair<const char*, const char*> wrong[] = {
        {R"("pcap_cnt":4)", "frame 4: expected at most 3, the last of the capture"},
        {R"("pcap_cnt":1,"evidence":{"frames":[2,9]})",
         "frame 9: expected at most 3, the last of the capture"},
        {R"("evidence":{"file":"capture.pcap","frames":[4]})",
         "frame 4: expected at most 3, the last of capture.pcap"},
        {R"("pcap_cnt":1,"timestamp":"2006-09-26T14:44:53+0000")",
         "timestamp 2006-09-26T14:44:53.000000+0000: expected one from "
         "2006-09-26T06:44:53.000000+0000 to 2006-09-26T06:44:55.000000+0000, the times of the "
         "capture"},
        {R"("evidence":{"file":"mail.log","lines":[1,3]})",
         "line 3 of mail.log: expected at most 2"},
        {R"("evidence":{"log":[{"file":"mail.log","line":3}]})",
         "line 3 of mail.log: expected at most 2"},
        {R"("evidence":{"file":"mailboxes/a.mbox","log":[{"line":2}]})",
         "line 2 of mailboxes/a.mbox: expected at most 1"},
        {R"("evidence":{"file":"other.pcap","frames":[1]})",
         "an alert rests on other.pcap, expected a file of the evidence"},
        {R"("evidence":{"file":"../mine.jsonl","lines":[1]})",
         "an alert rests on ../mine.jsonl, expected a file of the evidence"},
    };
    for (const auto& [members, message] : wrong)
    {
        BOOST_TEST(ErrorOf(members) == std::string("mine.jsonl:2: ") + message);
    }
    BOOST_TEST(ErrorOf(R"("pcap_cnt":4)", "e/capture.pcap") ==
               "mine.jsonl:2: frame 4: expected at most 3, the last of the capture");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
