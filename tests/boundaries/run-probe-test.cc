#include "formats/packet.h"
#include "formats/text.h"
#include "lab/score/run-probe.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <functional>

/// Whether the probe finds what is planted into runs, and nothing else.
namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::cli;
using namespace bouncelab::score;
using namespace std::string_literals;

constexpr std::size_t FILE_HEADER = 24;
constexpr std::size_t FRAME_HEADER = 16;
constexpr std::size_t ETHERNET_HEADER = 14;

void
Edit(const fs::path& file, const std::function<std::string(const std::string&)>& edit)
{
    WriteTextFile(file, edit(ReadTextFile(file)));
}

std::size_t
LengthAt(const std::string& capture, std::size_t at)
{
    return static_cast<unsigned char>(capture[at]) +
           256u * static_cast<unsigned char>(capture[at + 1]);
}

/// A capture whose frames were all handed to this.
std::string
EachFrame(const std::string& capture, const std::function<void(std::string&)>& edit)
{
    std::string out = capture.substr(0, FILE_HEADER);
    for (std::size_t at = FILE_HEADER; at < capture.size();)
    {
        const std::size_t length = LengthAt(capture, at + 8);
        std::string head = capture.substr(at, FRAME_HEADER);
        std::string frame = capture.substr(at + FRAME_HEADER, length);
        edit(frame);
        for (const std::size_t field : {8, 12})
        {
            head[field] = static_cast<char>(frame.size() & 0xFF);
            head[field + 1] = static_cast<char>(frame.size() >> 8);
        }
        out += head + frame;
        at += FRAME_HEADER + length;
    }
    return out;
}

/// The IP IDs of one host are even; checksums are right.
void
EvenId(std::string& frame)
{
    constexpr std::size_t ID = ETHERNET_HEADER + 5;
    constexpr std::size_t SUM = ETHERNET_HEADER + 10;
    if (frame.compare(ETHERNET_HEADER + 12, 4, "\x0a\x14\x00\x19"s) != 0)
    {
        return;
    }
    frame[ID] = static_cast<char>(frame[ID] & ~1);
    frame[SUM] = frame[SUM + 1] = 0;
    const std::uint16_t sum =
        InternetChecksum({reinterpret_cast<const std::uint8_t*>(&frame[ETHERNET_HEADER]), 20});
    frame[SUM] = static_cast<char>(sum >> 8);
    frame[SUM + 1] = static_cast<char>(sum & 0xFF);
}

/// The process ids of a log's rows are even.
std::string
EvenProcesses(std::string log)
{
    for (std::size_t at = log.find("]: "); at != std::string::npos; at = log.find("]: ", at + 1))
    {
        log[at - 1] = static_cast<char>(log[at - 1] & ~1);
    }
    return log;
}

/// The recipient's header goes in front of the sender's.
std::string
ToFirst(const std::string& mailbox)
{
    std::string out;
    std::string from;
    for (const std::string_view line : LinesOf(mailbox))
    {
        if (StartsWith(line, "From: "))
        {
            from = std::string(line) + "\n";
            continue;
        }
        out += std::string(line) + "\n";
        out += StartsWith(line, "To: ") ? from : "";
    }
    return out;
}

/// Runs of a fault and of its control, made once.
class Runs
{
  public:
    Runs()
    {
        const ChildEnd end = Bouncelab(m_scratch.Path(),
                                       {"run",
                                        "lost-mail/no-sync",
                                        "lost-mail/control",
                                        "--runs",
                                        std::to_string(LEAST_SEEDS),
                                        "--quiet",
                                        "--keep-going"});
        BOOST_REQUIRE(end.status <= 1);
    }

    fs::path Folder(const std::string& variant, std::size_t seed) const
    {
        return m_scratch.Path() / "results/lost-mail" / variant / ("seed-" + std::to_string(seed));
    }

    /// Edits a file of all runs with the fault.
    void Plant(const std::string& file,
               const std::function<std::string(const std::string&)>& edit) const
    {
        for (std::size_t seed = 1; seed <= LEAST_SEEDS; ++seed)
        {
            Edit(Folder("no-sync", seed) / "evidence" / file, edit);
        }
    }

    /// What separates unexplained, before the fault or after.
    std::set<std::string> Found(Phase phase) const
    {
        std::vector<fs::path> folders;
        for (std::size_t seed = 1; seed <= LEAST_SEEDS; ++seed)
        {
            folders.push_back(Folder("no-sync", seed));
            folders.push_back(Folder("control", seed));
        }
        Consequences consequences(tests::SourceDir() / "scenarios/lost-mail/consequences.yaml");
        std::set<std::string> found;
        for (const Comparison& comparison : ProbeRuns(folders, consequences))
        {
            BOOST_TEST(comparison.variant == "no-sync");
            for (const Finding& finding : comparison.findings)
            {
                if (comparison.phase == phase && finding.cause.empty())
                {
                    found.insert(finding.trait);
                }
            }
        }
        return found;
    }

  private:
    Scratch m_scratch;
};

/// Whether a trait is found, and nothing that is not about one of these.
void
CheckFound(const std::set<std::string>& found,
           const std::vector<std::string>& wanted,
           const std::vector<std::string>& allowed)
{
    for (const std::string& trait : wanted)
    {
        BOOST_TEST(found.count(trait) == 1, trait << " was planted and not found");
    }
    for (const std::string& trait : found)
    {
        const bool isAllowed = std::any_of(allowed.begin(),
                                           allowed.end(),
                                           [&](const std::string& part)
                                           { return trait.find(part) != std::string::npos; });
        BOOST_TEST(isAllowed, trait << " was not planted, and found");
    }
}

BOOST_AUTO_TEST_SUITE(run_probe)

BOOST_AUTO_TEST_CASE(FindsWhatIsPlanted)
{
    const Runs runs;
    CheckFound(runs.Found(Phase::Before), {}, {});
    CheckFound(runs.Found(Phase::After), {}, {});

    runs.Plant("gateway-inside/capture.pcap",
               [](const std::string& capture)
               {
                   return EachFrame(capture,
                                    [](std::string& frame)
                                    {
                                        EvenId(frame);
                                        frame += frame.size() > 100 ? "\0"s : ""s;
                                    });
               });
    runs.Plant("sender/maillog", EvenProcesses);
    runs.Plant("primary/mailboxes/bert@branch.example.mbox", ToFirst);
    CheckFound(runs.Found(Phase::Before),
               {"hosts/10.20.0.25/ip-id odd", "frames/gateway-inside/eth.padding=odd"},
               {"ip-id", "ip.id", "eth.padding", "rows/sender/maillog/process"});
    CheckFound(
        runs.Found(Phase::After),
        {"rows/sender/maillog/process odd",
         "mails/primary/headers=Return-Path Delivered-To Received Received Message-ID Date To "
         "From Subject MIME-Version Content-Type Content-Transfer-Encoding"},
        {"ip-id", "ip.id", "eth.padding", "process", "mails/primary/headers"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
