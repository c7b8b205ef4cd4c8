#include "lab/matrix/sweep-files.h"

#include "formats/digest.h"
#include "formats/machine-error.h"
#include "lab/scenario/json-printer.h"
#include "lab/scenario/load.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <sys/file.h>
#include <unistd.h>

namespace bouncelab::matrix
{

namespace
{

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* TIMES_HEADER = "run,took_s,kept_B,table_end_B\n";

[[noreturn]] void
Refuse(const fs::path& path, const std::string& text)
{
    throw scenario::ScenarioError({std::make_shared<const std::string>(path.string()), 0, 0},
                                  "",
                                  text);
}

/// One line of the file of times.
struct TimedRun
{
    std::size_t run = 0;
    double seconds = 0;
    double bytes = 0;
    std::uint64_t end = 0; //!< Of the table, with this run's rows.
};

/// The lines that are whole.
std::vector<TimedRun>
ReadTimes(const fs::path& path)
{
    std::vector<TimedRun> runs;
    std::ifstream file(path, std::ios::binary);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line) && !file.eof())
    {
        TimedRun run;
        char comma = 0;
        std::istringstream fields(line);
        fields >> run.run >> comma >> run.seconds >> comma >> run.bytes >> comma >> run.end;
        if (!fields || run.run != runs.size() + 1)
        {
            break;
        }
        runs.push_back(run);
    }
    return runs;
}

void
WriteAtOnce(const fs::path& path, const std::string& text)
{
    const fs::path part = path.string() + ".part";
    score::WriteTextFile(part, text);
    fs::rename(part, path);
}

ordered_json
ReadRecord(const fs::path& path)
{
    return ordered_json::parse(score::ReadTextFile(path), nullptr, false);
}

/// Scenario, expectations and personas as they stand, in one digest.
std::string
DigestOf(const SweptVariant& variant,
         const scenario::PersonaLibrary& personas,
         const std::vector<std::string>& settings)
{
    const fs::path expectations = fs::path(variant.file).parent_path() / "expect.yaml";
    Sha256 digest;
    digest.Update(Sha256OfFile(variant.file));
    digest.Update(fs::exists(expectations) ? Sha256OfFile(expectations) : "");
    digest.Update(
        scenario::Parameters(
            scenario::ScenarioFile::Load(variant.file).Resolve(variant.variant, personas, settings))
            .dump());
    return digest.Finish();
}

void
Append(std::FILE* file, const std::string& text, const fs::path& path)
{
    if (std::fwrite(text.data(), 1, text.size(), file) != text.size() || std::fflush(file) != 0)
    {
        throw MachineError::FromErrno("cannot write " + path.string());
    }
}

} // namespace

SweepFiles
SweepFiles::Of(const fs::path& table)
{
    fs::path stem = table;
    if (stem.extension() == ".csv" || stem.extension() == ".sqlite")
    {
        stem.replace_extension();
    }
    const auto with = [&](const char* end) { return fs::path(stem.string() + end); };
    return {with(".csv"), with(".sqlite"), with(".json"), with("-times.csv"), with(".csv.part")};
}

ordered_json
RecordOf(const SweepPlan& plan,
         const scenario::PersonaLibrary& personas,
         const std::string& build,
         const std::vector<std::string>& columns,
         const Shard& shard)
{
    CampaignConfig config = plan.Config();
    ordered_json record{{"build", build}, {"campaign", scenario::PrintJson(ValueOf(config))}};
    // What stays of the runs is no part of the table.
    record["campaign"].erase("keep");
    record["runs"] = plan.Size();
    record["shard"] = {{"number", shard.number}, {"of", shard.of}};
    const std::vector<std::string> settings = plan.At(0).spec.overrides;
    for (const SweptVariant& variant : plan.Variants())
    {
        record["variants"][variant.scenario + "/" + variant.variant] =
            DigestOf(variant, personas, settings);
    }
    record["columns"] = columns;
    return record;
}

std::optional<MeanCost>
MeanCostIn(const SweepFiles& files)
{
    MeanCost mean;
    const std::vector<TimedRun> runs = ReadTimes(files.times);
    for (const TimedRun& run : runs)
    {
        mean.seconds += run.seconds / static_cast<double>(runs.size());
        mean.bytes += run.bytes / static_cast<double>(runs.size());
    }
    return runs.empty() ? std::nullopt : std::optional(mean);
}

GrowingTable::GrowingTable(SweepFiles files,
                           const ordered_json& record,
                           const std::string& header,
                           bool resumes)
    : m_files(std::move(files))
{
    if (m_files.csv.has_parent_path())
    {
        fs::create_directories(m_files.csv.parent_path());
    }
    CheckRecord(record, resumes);
    if (fs::exists(m_files.csv))
    {
        fs::remove(m_files.sqlite); // Finish() writes it anew, whatever became of it.
        if (IsWhole())
        {
            m_runs = ReadTimes(m_files.times).size();
            return;
        }
        fs::rename(m_files.csv, m_files.part); // Damaged: goes on from the runs that are whole.
    }
    WriteAtOnce(m_files.record, record.dump(2) + "\n");
    Open(header);
}

/// As long as its runs made it.
bool
GrowingTable::IsWhole() const
{
    const std::vector<TimedRun> runs = ReadTimes(m_files.times);
    return !runs.empty() && fs::file_size(m_files.csv) == runs.back().end;
}

void
GrowingTable::CheckRecord(const ordered_json& record, bool resumes) const
{
    if (!fs::exists(m_files.record) && !fs::exists(m_files.csv))
    {
        return;
    }
    const ordered_json standing =
        fs::exists(m_files.record) ? ReadRecord(m_files.record) : ordered_json();
    if (standing.is_discarded())
    {
        Refuse(m_files.record,
               "is damaged, and tells no more which sweep it is of: give another --out");
    }
    for (const auto& [key, value] : record.items())
    {
        if (!standing.is_object() || standing.value(key, ordered_json()) != value)
        {
            Refuse(m_files.csv,
                   key == "build" ? std::string("was made by another build of bouncelab, and "
                                                "results of two builds are not mixed: give another "
                                                "--out")
                                  : fmt::format("belongs to another sweep, whose {} differ: give "
                                                "another --out or --table",
                                                key));
        }
    }
    if (!resumes)
    {
        Refuse(m_files.csv, "this sweep has begun there: give --resume to go on, or another --out");
    }
}

void
GrowingTable::Open(const std::string& header)
{
    m_part.reset(std::fopen(m_files.part.c_str(), "abe"));
    if (!m_part)
    {
        throw MachineError::FromErrno("cannot write " + m_files.part.string());
    }
    if (flock(fileno(m_part.get()), LOCK_EX | LOCK_NB) != 0)
    {
        Refuse(m_files.part, "another bouncelab is at work on this table");
    }
    Recover();
    m_times.reset(std::fopen(m_files.times.c_str(), "abe"));
    if (!m_times)
    {
        throw MachineError::FromErrno("cannot write " + m_files.times.string());
    }
    if (m_runs == 0)
    {
        Append(m_part.get(), header, m_files.part);
        Append(m_times.get(), TIMES_HEADER, m_files.times);
    }
}

/// Cuts off what is not whole: a run counts when its line of times is written, after its rows.
void
GrowingTable::Recover()
{
    std::vector<TimedRun> runs = ReadTimes(m_files.times);
    const std::uint64_t size = fs::file_size(m_files.part);
    while (!runs.empty() && runs.back().end > size)
    {
        runs.pop_back();
    }
    m_runs = runs.size();
    std::string times = m_runs == 0 ? "" : TIMES_HEADER;
    for (const TimedRun& run : runs)
    {
        times += fmt::format("{},{:.3f},{:.0f},{}\n", run.run, run.seconds, run.bytes, run.end);
    }
    WriteAtOnce(m_files.times, times);
    fs::resize_file(m_files.part, runs.empty() ? 0 : runs.back().end);
}

void
GrowingTable::Add(const CellResult& result)
{
    Append(m_part.get(), result.text, m_files.part);
    ++m_runs;
    Append(m_times.get(),
           fmt::format("{},{:.3f},{},{}\n",
                       m_runs,
                       static_cast<double>(result.took.count()) / 1000,
                       result.bytes,
                       fs::file_size(m_files.part)),
           m_files.times);
}

void
GrowingTable::Finish()
{
    if (m_part)
    {
        if (fsync(fileno(m_part.get())) != 0)
        {
            throw MachineError::FromErrno("cannot write " + m_files.part.string());
        }
        fs::rename(m_files.part, m_files.csv);
    }
    if (!fs::exists(m_files.sqlite))
    {
        WriteSqlite(m_files.csv, m_files.sqlite);
    }
}

void
MergeShards(const std::vector<fs::path>& tables, const SweepFiles& whole)
{
    std::map<std::size_t, SweepFiles> shards;
    ordered_json record;
    for (const fs::path& table : tables)
    {
        const SweepFiles files = SweepFiles::Of(table);
        if (!fs::exists(files.record) || !fs::exists(files.csv))
        {
            Refuse(files.csv, "found no finished table of a sweep with its .json beside it");
        }
        ordered_json own = ReadRecord(files.record);
        if (!own.is_object() || !own.contains("shard"))
        {
            Refuse(files.record, "found no record of a sweep");
        }
        const std::size_t number = own["shard"]["number"];
        own["shard"]["number"] = 1;
        record = record.is_null() ? own : record;
        for (const auto& [key, value] : record.items())
        {
            if (own.value(key, ordered_json()) != value)
            {
                Refuse(files.csv,
                       fmt::format("is no part of the same sweep as {}: their {} differ",
                                   tables.front().string(),
                                   key == "build" ? "builds" : key));
            }
        }
        if (!shards.emplace(number, files).second)
        {
            Refuse(files.csv, fmt::format("found shard {} twice, expected each once", number));
        }
    }
    const std::size_t of = record["shard"]["of"];
    for (std::size_t i = 1; i <= of; ++i)
    {
        if (shards.count(i) == 0)
        {
            Refuse(whole.csv, fmt::format("found no table of shard {}/{}, expected it", i, of));
        }
    }
    record["shard"]["of"] = 1;
    const bool isAgain = fs::exists(whole.record) && ReadRecord(whole.record) == record;
    if (fs::exists(whole.csv) && !isAgain)
    {
        Refuse(whole.csv, "holds something else already: give another --table");
    }
    std::ofstream out(whole.part, std::ios::binary);
    for (const auto& [number, files] : shards)
    {
        std::ifstream in(files.csv, std::ios::binary);
        std::string header;
        std::getline(in, header);
        out << (number == 1 ? header + "\n" : "");
        if (in.peek() != std::ifstream::traits_type::eof())
        {
            out << in.rdbuf();
        }
    }
    out.close();
    if (!out)
    {
        throw MachineError::FromErrno("cannot write " + whole.part.string());
    }
    WriteAtOnce(whole.record, record.dump(2) + "\n");
    fs::rename(whole.part, whole.csv);
    WriteSqlite(whole.csv, whole.sqlite);
}

} // namespace bouncelab::matrix
