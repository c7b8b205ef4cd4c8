#include "sessions.h"

#include "detectors/registry.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bouncelab;
using namespace bouncelab::test;
namespace fs = std::filesystem;

namespace
{

/// A folder of its own that is gone afterwards.
struct Scratch
{
    Scratch()
        : path(fs::temp_directory_path() / ("bouncelab-detect-" + std::to_string(getpid())))
    {
        fs::create_directories(path);
    }

    ~Scratch() { fs::remove_all(path); }

    fs::path path;
};

int
Run(const std::string& arguments, const fs::path& output)
{
    const std::string command = tests::BinaryDir().string() + "/bin/bouncelab-detect " + arguments +
                                " >" + output.string() + " 2>&1";
    return WEXITSTATUS(std::system(command.c_str()));
}

std::string
Contents(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void
Write(const fs::path& path, const std::string& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::size_t
CountLines(const std::string& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(program, Scratch)

/// A pipe gives its contents once, and what is no file in a folder is not passed over in silence.
BOOST_AUTO_TEST_CASE(WhatIsNoFileIsSaid)
{
    Write(path / "evidence/log", "nothing\n");
    mkfifo((path / "evidence/pipe").c_str(), 0600);
    fs::create_directory_symlink(path / "elsewhere", path / "evidence/link");
    BOOST_TEST(Run((path / "evidence/pipe").string() + " -", path / "log") == 2);
    BOOST_TEST(Contents(path / "log").find("expected a file") != std::string::npos);
    BOOST_TEST(Run((path / "evidence").string() + " -", path / "log") == 0);
    const std::string said = Contents(path / "log");
    BOOST_TEST(said.find("pipe: ") != std::string::npos, said);
    BOOST_TEST(said.find("link: ") != std::string::npos, said);
    BOOST_TEST(said.find("insufficient") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(JudgesAFolderAndSplitsByDetector)
{
    Write(path / "evidence/opaque", PcapOf(ReadSession("documented")));
    BOOST_TEST(Run((path / "evidence").string() + " --split " + (path / "out").string(),
                   path / "log") == 0);
    BOOST_TEST(Contents(path / "log") == "");
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack", "hop-locator"})
    {
        const std::string lines = Contents(path / "out" / (std::string(detector) + ".jsonl"));
        BOOST_TEST(CountLines(lines) == 1, detector << lines);
        std::string error;
        const auto alert = AlertFromJsonLine(lines.substr(0, lines.find('\n')), error);
        BOOST_TEST(error == "");
        BOOST_TEST((alert && alert->frame == 11), detector);
    }
    BOOST_TEST(fs::exists(path / "out/forged-reset.jsonl"));
    BOOST_TEST(fs::file_size(path / "out/forged-reset.jsonl") == 0);
}

BOOST_AUTO_TEST_CASE(OneDetectorByName)
{
    Write(path / "a", PcapOf(ReadSession("documented")));
    BOOST_TEST(Run("--detector early-reply --detector phantom-ack " + (path / "a").string() + " " +
                       (path / "alerts").string(),
                   path / "log") == 0);
    BOOST_TEST(CountLines(Contents(path / "alerts")) == 2);
    BOOST_TEST(Run("--detector nobody " + (path / "a").string() + " -", path / "log") == 2);
    BOOST_TEST(Contents(path / "log").find("detector \"nobody\" is unknown") != std::string::npos);
    BOOST_TEST(Run("--list", path / "log") == 0);
    BOOST_TEST(CountLines(Contents(path / "log")) == detectors::AllDetectors().size());
}

BOOST_AUTO_TEST_CASE(SaysWhatEachReadsAndFinds)
{
    BOOST_TEST(Run("--list --json", path / "log") == 0);
    const auto all = nlohmann::json::parse(Contents(path / "log"));
    BOOST_TEST(all.size() == detectors::AllDetectors().size());
    for (const auto& one : all)
    {
        BOOST_TEST(!one.at("description").get<std::string>().empty());
        BOOST_TEST(!one.at("reads").empty(), one.at("name"));
        for (const auto& family : one.at("finds"))
        {
            BOOST_TEST(IsKnownClass(family.get<std::string>()), family);
        }
    }
    BOOST_TEST(all[0].at("name") == "early-reply");
    BOOST_TEST(all[0].at("reads") == nlohmann::json({"packets"}));
    BOOST_TEST(Run("--json x y", path / "log") == 2);
}

// By which an IDS, a filter or a spreadsheet tells alerts apart.
BOOST_AUTO_TEST_CASE(EachHasANameAndANumberOfItsOwn)
{
    std::set<std::string_view> names;
    std::set<std::uint32_t> numbers;
    for (const detectors::Detector* detector : detectors::AllDetectors())
    {
        BOOST_TEST(names.insert(detector->Name()).second, detector->Name());
        BOOST_TEST(numbers.insert(detector->signature.id).second, detector->Name());
    }
}

// Beside evidence lie files of other kinds: the report lists them, and nobody has to be told.
BOOST_AUTO_TEST_CASE(FilesOfOtherKindsInAFolderAreListedAlone)
{
    Write(path / "g/a.pcap", PcapOf(ReadSession("control")));
    Write(path / "g/readme.txt", "hello\n");
    Write(path / "g/broken.pcap", PcapOf(ReadSession("control")).substr(0, 60));
    const std::string reading = (path / "reading.json").string();
    BOOST_TEST(Run((path / "g").string() + " --reading " + reading + " -", path / "log") == 0);
    const std::string said = Contents(path / "log");
    BOOST_TEST(said.find("readme.txt") == said.npos, said);
    BOOST_TEST(said.find("broken.pcap") != said.npos, said);
    const auto report = nlohmann::json::parse(Contents(reading));
    bool isListed = false;
    for (const auto& file : report.at("files"))
    {
        isListed = isListed || (file.at("file") == "readme.txt" && file.at("understood") == false &&
                                file.at("problem") == "nothing in it was recognized");
    }
    BOOST_TEST(isListed);
}

BOOST_AUTO_TEST_CASE(SaysWhatItReadOfEachFileOfACase)
{
    Write(path / "a.pcap", PcapOf(ReadSession("documented")));
    Write(path / "e/mail.log",
          "May  3 10:00:01 mail postfix/smtp[7]: 5A1B2C3D4E: to=<a@b.example>, "
          "relay=mx.b.example[198.51.100.4]:25, delay=3, dsn=2.0.0, status=sent (250 Ok)\nprose\n");
    Write(path / "e/picture", std::string("\x89PNG\r\n\x1A\n\0\1\2\3\4", 13));
    const std::string reading = (path / "reading.json").string();
    BOOST_TEST(Run((path / "a.pcap").string() + " --with " + (path / "e").string() + " --reading " +
                       reading + " " + (path / "alerts").string(),
                   path / "log") == 0);
    const auto report = nlohmann::json::parse(Contents(reading));
    BOOST_TEST(report.at("status") == "judged");
    BOOST_TEST(report.at("flows") == 1);
    BOOST_TEST(report.at("baseline") ==
               nlohmann::json({"relay-reply", "reset-type-1", "reset-type-2", "insert-script"}));
    const auto& files = report.at("files");
    BOOST_REQUIRE(files.size() == 3u);
    BOOST_TEST(files[0].at("file") == "a.pcap");
    BOOST_TEST(files[0].at("kinds") == nlohmann::json({"pcap capture"}));
    BOOST_TEST(files[0].at("packets") > 10);
    BOOST_TEST(files[1].at("file") == "e/mail.log");
    BOOST_TEST(files[1].at("rows_used") == 1);
    BOOST_TEST(files[1].at("first_not_understood") == nlohmann::json({"2: prose"}));
    BOOST_TEST(files[2].at("understood") == false);
    BOOST_TEST(files[2].at("problem") == "neither a capture nor a text");
    BOOST_TEST(Run((path / "e/picture").string() + " --reading " + reading + " -", path / "log") ==
               2);
    BOOST_TEST(nlohmann::json::parse(Contents(reading)).at("status") == "unrecognized");
}

/// That no detector speaks of a refusal does not mean that nothing failed.
BOOST_AUTO_TEST_CASE(SaysWhatNobodyExplains)
{
    const std::string head = "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n"
                             "#Log-type: SMTP Receive Protocol Log\n"
                             "#Date: 2024-11-12T13:00:00.001Z\n"
                             "#Fields: date-time,connector-id,session-id,sequence-number,"
                             "local-endpoint,remote-endpoint,event,data,context\n";
    const auto receive = [&](const std::string& answer)
    {
        std::string text = head;
        int number = 0;
        for (const std::string& row : {std::string("+,,"),
                                       std::string(">,220 ex01.example.org,"),
                                       std::string("<,EHLO mail.partner.example,"),
                                       std::string(">,250  ex01.example.org Hello,"),
                                       std::string("<,MAIL FROM:<b@partner.example>,"),
                                       std::string(">,250 2.1.0 Sender OK,"),
                                       std::string("<,RCPT TO:<a@example.org>,"),
                                       ">," + answer + ",",
                                       std::string("<,QUIT,"),
                                       std::string(">,221 2.0.0 Bye,"),
                                       std::string("-,,Local")})
        {
            text += "2024-11-12T13:05:01.101Z,EX01\\In,08DD02F1A2B3C4E1," +
                    std::to_string(number++) + ",10.0.0.5:25,203.0.113.77:40112," + row + "\n";
        }
        return text;
    };
    const std::string reading = (path / "reading.json").string();
    const auto read = [&](const std::string& text)
    {
        Write(path / "a.log", text);
        BOOST_TEST(Run((path / "a.log").string() + " --reading " + reading + " " +
                           (path / "alerts").string(),
                       path / "log") == 0);
        return nlohmann::json::parse(Contents(reading));
    };
    const auto refused = read(receive("550 5.7.54 SMTP; Unable to relay"));
    BOOST_TEST(refused.at("status") == "insufficient");
    BOOST_TEST(refused.at("unexplained").at("replies") == 1);
    BOOST_TEST(refused.at("unexplained").at("place") == "line 13");
    BOOST_TEST(refused.at("unexplained").at("words") == "550 5.7.54 SMTP; Unable to relay");
    const auto taken = read(receive("250 2.1.5 Recipient OK"));
    BOOST_TEST(taken.at("status") == "judged");
    BOOST_TEST(!taken.contains("unexplained"));

    const std::string dialog = "220 mx.partner.example ESMTP\nEHLO mail.example.org\n"
                               "250 mx.partner.example\nMAIL FROM:<a@example.org>\n250 Ok\n";
    const auto broken = read(dialog + "[ERROR] the socket is gone\n");
    BOOST_TEST(broken.at("status") == "insufficient");
    BOOST_TEST(broken.at("unexplained").at("sessions") == 1);
    BOOST_TEST(!read(dialog).contains("unexplained"));
    BOOST_TEST(!read(dialog + "QUIT\n221 Bye\nwhat a day\n").contains("unexplained"));
}

/// Of a capture as of a log, and each file's own.
BOOST_AUTO_TEST_CASE(SessionsAreCountedForEachFile)
{
    const std::string reading = (path / "reading.json").string();
    Write(path / "e/a.pcap", PcapOf(ReadSession("control")));
    Write(path / "e/dialog.txt",
          "220 mx.partner.example ESMTP\nEHLO mail.example.org\n250 mx.partner.example\n"
          "MAIL FROM:<a@example.org>\n250 Ok\nQUIT\n221 Bye\n");
    BOOST_TEST(
        Run((path / "e").string() + " --reading " + reading + " " + (path / "alerts").string(),
            path / "log") == 0);
    const auto read = nlohmann::json::parse(Contents(reading));
    BOOST_TEST(read.at("sessions") == 2);
    for (const auto& file : read.at("files"))
    {
        BOOST_TEST(file.at("sessions") == 1);
    }
}

/// Also where each file is judged by itself.
BOOST_AUTO_TEST_CASE(WhatACaptureLacksIsSaid)
{
    const auto word = [](std::uint32_t value)
    {
        std::string octets;
        for (int shift = 0; shift < 32; shift += 8)
        {
            octets += static_cast<char>(value >> shift & 0xFF);
        }
        return octets;
    };
    const auto block = [&](std::initializer_list<std::uint32_t> words)
    {
        std::string octets;
        for (const std::uint32_t value : words)
        {
            octets += word(value);
        }
        return octets;
    };
    const std::string whole = PcapNgOf(ReadSession("documented"));
    constexpr std::uint32_t DROPPED_BY_SYSTEM = 8 << 16 | 7;
    const std::string statistics = block({5, 40, 0, 0, 0, DROPPED_BY_SYSTEM, 12345, 0, 0, 40});
    Write(path / "e/a-sound", whole);
    Write(path / "e/b-dropped", whole + statistics);
    Write(path / "e/c-unknown-interface", whole + block({6, 36, 9, 0, 0, 0, 0, 0, 36}));
    Write(path / "e/d-short", whole + block({6, 12, 12}));
    Write(path / "e/e-cut", PcapOf(ReadSession("documented")).substr(0, 500));
    PacketScript stopped = ReadSession("documented");
    for (ScriptPacket& packet : stopped)
    {
        packet.timeNs = 0;
    }
    Write(path / "e/f-no-times", PcapOf(stopped));
    const fs::path out = path / "each.jsonl";
    BOOST_TEST(Run("--each " + (path / "e").string() + " " + out.string(), path / "log") == 0);
    std::istringstream lines(Contents(out));
    std::string line;
    const auto next = [&]
    {
        std::getline(lines, line);
        return nlohmann::json::parse(line);
    };
    const auto sound = next();
    BOOST_TEST((!sound.contains("problem") && !sound.contains("left_out")), line);
    BOOST_TEST(sound.at("flows") == 1);
    next();
    BOOST_TEST(line.find("12345 packets that the capture missed") != line.npos, line);
    const auto unknown = next();
    BOOST_TEST(line.find("1 frame: of an interface that the file does not") != line.npos, line);
    BOOST_TEST(unknown.at("alerts").size() == sound.at("alerts").size());
    next();
    BOOST_TEST(line.find("1 frame: a packet's block that is too short") != line.npos, line);
    BOOST_TEST(next().at("problem").get<std::string>().find("reading ended after frame ") == 0u,
               line);
    next();
    BOOST_TEST(line.find("all times") != line.npos, line);
}

BOOST_AUTO_TEST_CASE(APathThatIsNotThereIsBadInput)
{
    BOOST_TEST(Run((path / "nothing").string() + " -", path / "log") == 2);
    BOOST_TEST(CountLines(Contents(path / "log")) == 1);
    BOOST_TEST(Run("", path / "log") == 2);
    BOOST_TEST(Run("--nonsense x y", path / "log") == 2);
}

BOOST_AUTO_TEST_CASE(AFileThatCannotBeJudgedIsBadInputAndNamed)
{
    const std::string pcap = PcapOf(ReadSession("documented"));
    const std::pair<std::string, const char*> cases[] = {
        {"", "is empty"},
        {std::string("\x1F\x8B\x08\0\0\0\0\0", 8), "is empty"},
        {"\x9E\x03\x8F\x11\xC4\x05\xEE\x93\x17\x88", "neither a capture nor a text"},
        {pcap.substr(0, 10), "no capture that can be read"},
        {pcap.substr(0, 24), "holds no frame"},
        {PcapOf(ReadSession("documented"), {true, 147}), "its link type is 147"}};
    for (const auto& [bytes, what] : cases)
    {
        fs::remove_all(path / "e");
        Write(path / "e/a", bytes);
        BOOST_TEST(Run((path / "e/a").string() + " -", path / "log") == 2, what);
        BOOST_TEST(CountLines(Contents(path / "log")) == 1, Contents(path / "log"));
        BOOST_TEST(Contents(path / "log").find(what) != std::string::npos, Contents(path / "log"));
        // Among others it is a note.
        BOOST_TEST(Run((path / "e").string() + " -", path / "log") == 0, what);
        BOOST_TEST(Contents(path / "log").find(what) != std::string::npos, Contents(path / "log"));
    }
}

BOOST_AUTO_TEST_CASE(AnEmptyTextHadNothingToTell)
{
    Write(path / "e/outlook-errors.txt", "");
    for (const fs::path& evidence : {path / "e", path / "e/outlook-errors.txt"})
    {
        BOOST_TEST(Run(evidence.string() + " " + (path / "alerts").string(), path / "log") == 0);
        BOOST_TEST(Contents(path / "log") == "");
        BOOST_TEST(Contents(path / "alerts") == "");
    }
    Write(path / "e/capture.pcap", "");
    BOOST_TEST(Run((path / "e").string() + " -", path / "log") == 0);
    BOOST_TEST(Contents(path / "log").find("capture.pcap: is empty") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(DamagedFilesAreNotedAndTheRestIsJudged)
{
    const std::string pcap = PcapOf(ReadSession("documented"));
    Write(path / "e/a.pcap", pcap.substr(0, pcap.size() - 5));
    Write(path / "e/b", "");
    Write(path / "e/c", std::string("\0\1\2", 3));
    Write(path / "e/d", pcap.substr(0, 10));
    BOOST_TEST(Run((path / "e").string() + " " + (path / "alerts").string(), path / "log") == 0);
    BOOST_TEST(CountLines(Contents(path / "alerts")) >= 4);
    const std::string log = Contents(path / "log");
    for (const char* name : {"a.pcap: reading ended after frame", "c: neither", "d: no capture"})
    {
        BOOST_TEST(log.find(name) != std::string::npos, log);
    }
}

BOOST_AUTO_TEST_CASE(APrintedFlowThatACaptureHoldsIsJudgedOnce)
{
    // The capture's flow begins at the same sequence numbers as the printed one.
    Write(path / "e/capture.pcap", PcapOf(ReadSession("documented")));
    Write(path / "e/snort/198.51.100.25/TCP:60661-25",
          "09/26-14:44:52.643691 10.4.1.4:60661 -> 198.51.100.25:25 TCP TTL:127 TOS:0x0 ID:1 "
          "IpLen:20 DgmLen:40 DF\n******S* Seq: 0x2E68FF24  Ack: 0x0  Win: 0xFFFF  TcpLen: 20\n\n"
          "09/26-14:44:53.103763 198.51.100.25:25 -> 10.4.1.4:60661 TCP TTL:57 TOS:0x0 ID:64 "
          "IpLen:20 DgmLen:51\n***AP*** Seq: 0x1527AA19  Ack: 0x2E68FF7F  Win: 0x0  TcpLen: 20\n"
          "35 30 30 20 65 72 72 6F 72 0D 0A                 500 error..\n\n"
          "09/26-14:44:53.154738 198.51.100.25:25 -> 10.4.1.4:60661 TCP TTL:49 TOS:0x0 ID:37321 "
          "IpLen:20 DgmLen:48 DF\n***AP*** Seq: 0x1527AA19  Ack: 0x2E68FF7F  Win: 0x16A0  TcpLen: "
          "20\n32 35 30 20 4F 6B 0D 0A                          250 Ok..\n");
    BOOST_TEST(Run("--detector overlap-conflict " + (path / "e").string() + " " +
                       (path / "alerts").string(),
                   path / "log") == 0);
    BOOST_TEST(CountLines(Contents(path / "alerts")) == 1);
    fs::remove(path / "e/capture.pcap");
    BOOST_TEST(Run("--detector overlap-conflict " + (path / "e").string() + " " +
                       (path / "alerts").string(),
                   path / "log") == 0);
    BOOST_TEST(CountLines(Contents(path / "alerts")) == 1);
}

BOOST_AUTO_TEST_CASE(TwiceTheSameBytes)
{
    Write(path / "a", PcapOf(ReadSession("documented")));
    Run((path / "a").string() + " " + (path / "one").string(), path / "log");
    Run((path / "a").string() + " " + (path / "two").string(), path / "log");
    BOOST_TEST(Contents(path / "one") == Contents(path / "two"));
    BOOST_TEST(!Contents(path / "one").empty());
}

BOOST_AUTO_TEST_SUITE_END()
