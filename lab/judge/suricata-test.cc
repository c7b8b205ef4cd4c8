#include "lab/judge/suricata-test.h"

#include "formats/file-name.h"
#include "lab/score/fault-event.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::judge
{

namespace
{

namespace fs = std::filesystem;
using score::CaptureFrame;

constexpr SuricataSign OVERLAP{1,
                               "reassembly_overlap_different_data",
                               "SURICATA STREAM reassembly overlap with different data"};
constexpr SuricataSign RESET{2, "suspected_rst_inject", "SURICATA STREAM suspected RST injection"};

bool
IsSameDirection(const CaptureFrame& a, const CaptureFrame& b)
{
    return a.tcp && b.tcp && a.ip->source == b.ip->source &&
           a.ip->destination == b.ip->destination && a.tcp->sourcePort == b.tcp->sourcePort &&
           a.tcp->destinationPort == b.tcp->destinationPort;
}

/// Whether two segments give different bytes for one place of the stream.
bool
Disagree(const CaptureFrame& a, const CaptureFrame& b)
{
    const auto ahead = static_cast<std::int32_t>(b.tcp->sequence - a.tcp->sequence);
    const CaptureFrame& first = ahead >= 0 ? a : b;
    const CaptureFrame& second = ahead >= 0 ? b : a;
    const auto offset =
        static_cast<std::size_t>(ahead >= 0 ? ahead : -static_cast<std::int64_t>(ahead));
    if (offset >= first.Payload().size())
    {
        return false;
    }
    const std::string_view shared = first.Payload().substr(offset);
    const std::size_t length = std::min(shared.size(), second.Payload().size());
    return shared.substr(0, length) != second.Payload().substr(0, length);
}

/// What of a forged frame's direction betrays it; 0 = nothing.
std::uint64_t
BetrayedBy(const CaptureFrame& forged, const SuricataSign& sign, const score::Capture& capture)
{
    for (const CaptureFrame& other : capture.Frames())
    {
        if (other.number == forged.number || !IsSameDirection(other, forged))
        {
            continue;
        }
        if (&sign == &RESET ? other.number > forged.number && !other.tcp->Has(tcp::RST)
                            : Disagree(forged, other))
        {
            return std::max(other.number, forged.number);
        }
    }
    return 0;
}

std::vector<DueAlert>
DueAlerts(const std::vector<score::FaultEvent>& events,
          const std::string& vantage,
          const score::Capture& capture)
{
    std::vector<DueAlert> due;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>>
        seen;
    for (const score::FaultEvent& event : events)
    {
        const auto frames = event.forged.find(vantage);
        if (!event.IsForgery() || frames == event.forged.end())
        {
            continue;
        }
        for (const std::uint64_t number : frames->second)
        {
            const CaptureFrame& frame = capture.Frames().at(number - 1);
            if (!frame.tcp || !frame.ip->v4)
            {
                continue;
            }
            const SuricataSign& sign = frame.tcp->Has(tcp::RST) ? RESET : OVERLAP;
            const std::uint64_t betrayed = BetrayedBy(frame, sign, capture);
            const DueAlert alert{&sign,
                                 event.dottedClass,
                                 frame.ip->v4->source,
                                 frame.tcp->sourcePort,
                                 frame.ip->v4->destination,
                                 frame.tcp->destinationPort,
                                 number,
                                 betrayed};
            if (betrayed != 0 && seen.emplace(sign.id,
                                              alert.source.value,
                                              alert.sourcePort,
                                              alert.destination.value,
                                              alert.destinationPort)
                                     .second)
            {
                due.push_back(alert);
            }
        }
    }
    return due;
}

/// The rules that come with Suricata, made to speak once in a connection.
std::string
RulesText()
{
    std::string text;
    for (const SuricataSign* sign : {&OVERLAP, &RESET})
    {
        text += fmt::format("alert tcp any any -> any any (msg:\"{0}\"; stream-event:{1}; "
                            "flowbits:isnotset,bouncelab.{1}; flowbits:set,bouncelab.{1}; "
                            "classtype:protocol-command-decode; sid:{2}; rev:1;)\n",
                            sign->signature,
                            sign->event,
                            sign->id);
    }
    return text;
}

std::string
YamlText(const std::vector<DueAlert>& due, std::size_t frames)
{
    std::string text = fmt::format("requires:\n  min-version: 6\n\npcap: input.pcap\n\n"
                                   "args:\n  - -k none\n\nchecks:\n"
                                   "  # The capture was read whole.\n"
                                   "  - stats:\n      decoder.pkts: {}\n",
                                   frames);
    for (const DueAlert& alert : due)
    {
        text += fmt::format("\n  # {}: frame {} is forged, frame {} betrays it.\n"
                            "  - filter:\n      count: 1\n      match:\n"
                            "        event_type: alert\n        alert.signature_id: {}\n"
                            "        src_ip: {}\n        src_port: {}\n"
                            "        dest_ip: {}\n        dest_port: {}\n",
                            alert.dottedClass,
                            alert.forged,
                            alert.betrayed,
                            alert.sign->id,
                            alert.source.ToString(),
                            alert.sourcePort,
                            alert.destination.ToString(),
                            alert.destinationPort);
    }
    return text + fmt::format("\n  # Whatever else is told is a false alarm.\n"
                              "  - filter:\n      count: {}\n      match:\n"
                              "        event_type: alert\n",
                              due.size());
}

std::string
FramesText(const std::set<std::uint64_t>& frames)
{
    constexpr std::size_t MOST = 12;
    std::vector<std::uint64_t> shown(frames.begin(), frames.end());
    shown.resize(std::min(shown.size(), MOST));
    return frames.empty()
               ? "-"
               : fmt::format("{}{}", fmt::join(shown, ", "), frames.size() > MOST ? ", ..." : "");
}

/// The faults of a class, and their frames at one vantage.
struct FaultsOfClass
{
    std::size_t count = 0;
    std::set<std::string> actors;
    std::set<std::uint64_t> forged;
    std::set<std::uint64_t> affected;
};

std::string
FaultTable(const std::vector<score::FaultEvent>& events, const std::string& vantage)
{
    std::map<std::string, FaultsOfClass> classes;
    for (const score::FaultEvent& event : events)
    {
        FaultsOfClass& faults = classes[event.dottedClass];
        ++faults.count;
        faults.actors.insert(event.actor +
                             (event.hop ? fmt::format(" at hop {}", *event.hop) : ""));
        const auto add = [&](const auto& from, std::set<std::uint64_t>& frames)
        {
            if (const auto here = from.find(vantage); here != from.end())
            {
                frames.insert(here->second.begin(), here->second.end());
            }
        };
        add(event.forged, faults.forged);
        add(event.affected, faults.affected);
    }
    if (classes.empty())
    {
        return "Nothing is wrong in this run.\n";
    }
    std::string text = "| class | faults | by | forged frames | frames that suffered |\n"
                       "|---|---|---|---|---|\n";
    for (const auto& [dottedClass, faults] : classes)
    {
        text += fmt::format("| {} | {} | {} | {} | {} |\n",
                            dottedClass,
                            faults.count,
                            fmt::join(faults.actors, ", "),
                            FramesText(faults.forged),
                            FramesText(faults.affected));
    }
    return text;
}

std::string
ReadmeText(const score::RunFolder& run,
           const std::vector<score::FaultEvent>& events,
           const std::string& vantage,
           const std::vector<DueAlert>& due)
{
    const std::string command =
        fmt::format("bouncelab run {}/{} --seed {}",
                    run.ScenarioFile().empty() ? run.Scenario() : run.ScenarioFile(),
                    run.Variant(),
                    run.Seed());
    std::string text = fmt::format(
        "# {}/{}, seed {}, seen from {}\n\n{}\n\n"
        "The capture is simulated: `{}`{}.\n\n# What happened\n\n",
        run.Scenario(),
        run.Variant(),
        run.Seed(),
        vantage,
        run.Parameters().value("description", ""),
        command,
        run.Settings().empty() ? ""
                               : fmt::format(", with `{}`", fmt::join(run.Settings(), "`, `")));
    return text + FaultTable(events, vantage) +
           fmt::format(
               "\n# What a failure means\n\n"
               "{} due: `test.rules` has Suricata's rules for bytes that disagree and for a "
               "side that speaks on after its reset, once in a connection. The truth of the "
               "run says which connections these are; of other faults Suricata's stream "
               "engine has no sign. An alert that is missing is a forgery that was not seen, "
               "one too many a false alarm.\n",
               due.size() == 1 ? "1 alert is" : fmt::format("{} alerts are", due.size()));
}

} // namespace

std::vector<SuricataTest>
SuricataTestsOf(const score::RunFolder& run)
{
    std::vector<SuricataTest> tests;
    const std::vector<score::FaultEvent> events = score::FaultEventsOf(run.Labels());
    for (const std::string& vantage : run.Vantages())
    {
        const fs::path file = run.EvidenceOf(vantage) / "capture.pcap";
        if (!fs::exists(file))
        {
            continue;
        }
        const score::Capture capture(file);
        SuricataTest test;
        test.name = fmt::format("{}-{}", run.Scenario(), run.Variant());
        for (const std::string& setting : run.Settings())
        {
            test.name += "-" + FileNameFrom(setting);
        }
        test.name = FileNameFrom(fmt::format("{}-seed-{}-{}", test.name, run.Seed(), vantage));
        test.capture = file;
        test.due = DueAlerts(events, vantage, capture);
        test.yaml = YamlText(test.due, capture.Frames().size());
        test.rules = RulesText();
        test.readme = ReadmeText(run, events, vantage, test.due);
        tests.push_back(std::move(test));
    }
    return tests;
}

void
Write(const SuricataTest& test, const fs::path& folder)
{
    const fs::path place = folder / test.name;
    fs::create_directories(place);
    score::WriteTextFile(place / "input.pcap", score::ReadTextFile(test.capture));
    score::WriteTextFile(place / "test.yaml", test.yaml);
    score::WriteTextFile(place / "test.rules", test.rules);
    score::WriteTextFile(place / "README.md", test.readme);
}

} // namespace bouncelab::judge
