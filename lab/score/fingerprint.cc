#include "lab/score/fingerprint.h"

#include "formats/digest.h"
#include "formats/vocabulary.h"
#include "lab/score/alert-file.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace bouncelab::score
{

namespace
{

constexpr std::size_t CELL_DIGITS = 8; //!< Of a digest, where a word that differs is enough.

bool
IsCapture(const std::string& file)
{
    return std::filesystem::path(file).extension() == ".pcap";
}

/// What is left of a frame without what a clock or a counter decides.
void
AddOrder(Sha256& sum, const CaptureFrame& frame)
{
    if (!frame.tcp)
    {
        sum.Update(frame.ip ? fmt::format("ip {} {} {} {}\n",
                                          frame.ip->source.ToString(),
                                          frame.ip->destination.ToString(),
                                          frame.ip->protocol,
                                          frame.ip->payloadLength)
                            : fmt::format("other {}\n", frame.wireLength));
        return;
    }
    sum.Update(fmt::format("tcp {}:{} {}:{} {} {} {} {}\n",
                           frame.ip->source.ToString(),
                           frame.tcp->sourcePort,
                           frame.ip->destination.ToString(),
                           frame.tcp->destinationPort,
                           FlagLetters(frame.tcp->flags),
                           frame.tcp->sequence,
                           frame.tcp->acknowledgment,
                           frame.Payload().size()));
    sum.Update(frame.Payload());
}

void
AddFile(Sha256& sum, const std::string& name, const std::string& text)
{
    sum.Update(fmt::format("{} {}\n", name, text.size()));
    sum.Update(text);
}

/// Takes what is worded for people out of an alert, and gives it.
nlohmann::json
TakeTexts(nlohmann::json& alert)
{
    nlohmann::json texts;
    const auto take = [&texts](nlohmann::json& object, const char* member)
    {
        texts.push_back(object[member]);
        object.erase(member);
    };
    take(alert["alert"], "signature");
    take(alert["alert"], "category");
    take(alert["where"], "assuming");
    take(alert["evidence"], "explanation");
    for (nlohmann::json& quoted : alert["evidence"]["log"])
    {
        take(quoted, "text");
    }
    return texts;
}

using VerdictCounts = std::array<std::size_t, EnumNames(Verdict{}).size()>;

std::string
CountsText(const VerdictCounts& counts, bool withNone)
{
    std::string text;
    for (const auto& [name, verdict] : EnumNames(Verdict{}))
    {
        const std::size_t count = counts[static_cast<std::size_t>(verdict)];
        text += count > 0 || withNone ? fmt::format("{} {}, ", count, name) : std::string();
    }
    return text;
}

/// Detectors that were silent leave no trace, so that a new one changes no run that it is silent
/// on.
void
AddVerdicts(const RunFolder& run, Fingerprints& prints)
{
    Sha256 verdicts;
    Sha256 texts;
    VerdictCounts counts{};
    const std::filesystem::path folder = run.Root() / "verdicts";
    for (const std::string& file : FilesBelow(folder))
    {
        if (std::filesystem::path(file).extension() != ".jsonl")
        {
            continue;
        }
        Sha256 cell;
        VerdictCounts inCell{};
        for (const Alert& alert : ReadAlerts(folder / file))
        {
            nlohmann::json values = ToJson(alert);
            texts.Update(fmt::format("{} {}\n", file, TakeTexts(values).dump()));
            const std::string said = values.dump() + "\n";
            verdicts.Update(fmt::format("{} {}", file, said));
            cell.Update(said);
            ++counts.at(static_cast<std::size_t>(alert.verdict));
            ++inCell.at(static_cast<std::size_t>(alert.verdict));
        }
        if (inCell != VerdictCounts{})
        {
            prints.cells->verdicts[std::filesystem::path(file).replace_extension().string()] =
                CountsText(inCell, false) + cell.Finish().substr(0, CELL_DIGITS);
        }
    }
    prints.verdicts = CountsText(counts, true) + verdicts.Finish();
    prints.verdictTexts = texts.Finish();
}

void
AddClaims(const RunFolder& run, Fingerprints& prints)
{
    Sha256 claims;
    std::size_t held = 0;
    const auto rows = nlohmann::json::parse(ReadTextFile(run.Root() / "fidelity.json"));
    for (const auto& row : rows)
    {
        claims.Update(
            nlohmann::json{row.at("id"), row.at("kind"), row.at("simulated"), row.at("result")}
                .dump() +
            "\n");
        held += row.at("result") == "held" ? 1 : 0;
        std::string& cell = prints.cells->claims[row.at("id")];
        cell += cell.empty() ? "" : "; "; // One id may stand for several claims.
        cell += fmt::format("{}: {}",
                            row.at("result").get<std::string>(),
                            row.at("simulated").is_string() ? row.at("simulated").get<std::string>()
                                                            : row.at("simulated").dump());
    }
    prints.claims =
        fmt::format("{} held, {} missed, {}", held, rows.size() - held, claims.Finish());
}

} // namespace

Fingerprints
FingerprintsOf(const RunFolder& run)
{
    Sha256 order;
    Sha256 wire;
    Sha256 logs;
    const std::filesystem::path evidence = run.Root() / "evidence";
    for (const std::string& file : FilesBelow(evidence))
    {
        AddFile(IsCapture(file) ? wire : logs, file, ReadTextFile(evidence / file));
        if (IsCapture(file))
        {
            order.Update(file + "\n");
            const Capture capture(evidence / file);
            for (const CaptureFrame& frame : capture.Frames())
            {
                AddOrder(order, frame);
            }
        }
    }
    Fingerprints prints;
    prints.order = order.Finish();
    prints.wire = wire.Finish();
    prints.logs = logs.Finish();
    prints.truth = Sha256OfFile(run.Root() / "truth" / "labels.jsonl");
    prints.cells.emplace();
    AddVerdicts(run, prints);
    AddClaims(run, prints);
    return prints;
}

} // namespace bouncelab::score
