#include "lab/matrix/sweep-files.h"

#include "lab/matrix/sweep-table.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::matrix;
using scenario::ScenarioError;
using score::ReadTextFile;

const std::string HEADER = "a,b\n";

/// Rows of different lengths; the last field of one has a line end and a quote in it.
CellResult
ResultOf(std::size_t run)
{
    CellResult result;
    result.text = fmt::format("{},x\n{},\"{}\n\"\"\"\n", run, run, std::string(run * 7, 'y'));
    result.took = std::chrono::milliseconds(1500);
    result.bytes = 100;
    return result;
}

nlohmann::ordered_json
Record(std::size_t shard = 1, std::size_t of = 1, const std::string& build = "one")
{
    return {{"build", build},
            {"campaign", {{"seed", 1}}},
            {"shard", {{"number", shard}, {"of", of}}}};
}

struct Fixture
{
    cli::Scratch scratch;

    SweepFiles Files(const std::string& name) const
    {
        return SweepFiles::Of(scratch.Path() / name / "table.csv");
    }

    /// Writes runs from where the table stands to the last one.
    void Complete(const SweepFiles& files, std::size_t runs, bool resumes = true)
    {
        GrowingTable table(files, Record(), HEADER, resumes);
        while (table.Runs() < runs)
        {
            table.Add(ResultOf(table.Runs() + 1));
        }
        table.Finish();
    }
};

BOOST_FIXTURE_TEST_SUITE(sweep_files, Fixture)

BOOST_AUTO_TEST_CASE(ATableGoesOnFromWhereverItWasCut)
{
    constexpr std::size_t RUNS = 3;
    Complete(Files("whole"), RUNS, false);
    const std::string csv = ReadTextFile(Files("whole").csv);
    const std::string sqlite = ReadTextFile(Files("whole").sqlite);
    const std::string times = ReadTextFile(Files("whole").times);
    BOOST_REQUIRE(csv.size() > 50);
    std::size_t tried = 0;
    for (std::size_t rows = 0; rows <= csv.size(); rows += 3)
    {
        for (std::size_t told = 0; told <= times.size(); told += 5)
        {
            const SweepFiles files = Files(std::to_string(tried++));
            fs::create_directories(files.csv.parent_path());
            score::WriteTextFile(files.record, Record().dump());
            score::WriteTextFile(files.part, csv.substr(0, rows));
            score::WriteTextFile(files.times, times.substr(0, told));
            Complete(files, RUNS);
            BOOST_TEST_CONTEXT("cut at " << rows << " and " << told)
            {
                BOOST_TEST((ReadTextFile(files.csv) == csv));
                BOOST_TEST((ReadTextFile(files.sqlite) == sqlite));
                BOOST_TEST((ReadTextFile(files.times) == times));
            }
        }
    }
    BOOST_TEST(tried > 100);
}

/// A finished table that something has damaged since.
BOOST_AUTO_TEST_CASE(ADamagedTableIsMadeWhole)
{
    constexpr std::size_t RUNS = 3;
    Complete(Files("a"), RUNS, false);
    const std::string csv = ReadTextFile(Files("a").csv);
    const std::string sqlite = ReadTextFile(Files("a").sqlite);
    for (const std::string& damaged : {std::string(), csv.substr(0, 40), csv + "rubbish\n"})
    {
        score::WriteTextFile(Files("a").csv, damaged);
        Complete(Files("a"), RUNS);
        BOOST_TEST((ReadTextFile(Files("a").csv) == csv));
        BOOST_TEST((ReadTextFile(Files("a").sqlite) == sqlite));
    }
    score::WriteTextFile(Files("a").sqlite, sqlite.substr(0, 100));
    Complete(Files("a"), RUNS);
    BOOST_TEST((ReadTextFile(Files("a").sqlite) == sqlite));
}

BOOST_AUTO_TEST_CASE(WhatIsThereIsGoneOnWithOnlyWhenAskedTo)
{
    Complete(Files("a"), 2, false);
    BOOST_CHECK_THROW(Complete(Files("a"), 2, false), ScenarioError);
    const std::string csv = ReadTextFile(Files("a").csv);
    Complete(Files("a"), 2);
    BOOST_TEST((ReadTextFile(Files("a").csv) == csv));
}

BOOST_AUTO_TEST_CASE(AnotherBuildOrSweepIsRefused)
{
    Complete(Files("a"), 2, false);
    const auto refusal = [&](const nlohmann::ordered_json& record)
    {
        try
        {
            GrowingTable(Files("a"), record, HEADER, true);
        }
        catch (const ScenarioError& error)
        {
            return error.Text();
        }
        return std::string();
    };
    BOOST_TEST(refusal(Record()).empty());
    BOOST_TEST(refusal(Record(1, 1, "two")).find("another build of bouncelab") !=
               std::string::npos);
    BOOST_TEST(refusal(Record(2, 2)).find("another sweep, whose shard differ") !=
               std::string::npos);
    score::WriteTextFile(Files("a").record, "{\"build\":");
    BOOST_TEST(refusal(Record()).find("is damaged") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TwoAtOnceAreOneTooMany)
{
    const GrowingTable first(Files("a"), Record(), HEADER, false);
    BOOST_CHECK_EXCEPTION(GrowingTable(Files("a"), Record(), HEADER, true),
                          ScenarioError,
                          [](const ScenarioError& error)
                          { return error.Text().find("at work") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(ShardsMakeTheWhole)
{
    Complete(Files("whole"), 5, false);
    std::vector<fs::path> tables;
    for (const std::size_t shard : {1, 2})
    {
        const SweepFiles files = Files("shard-" + std::to_string(shard));
        GrowingTable table(files, Record(shard, 2), HEADER, false);
        for (std::size_t run = shard == 1 ? 1 : 3; run <= (shard == 1 ? 2U : 5U); ++run)
        {
            table.Add(ResultOf(run));
        }
        table.Finish();
        tables.push_back(files.csv);
    }
    const SweepFiles merged = SweepFiles::Of(scratch.Path() / "merged.csv");
    BOOST_CHECK_THROW(MergeShards({tables[0]}, merged), ScenarioError);
    BOOST_CHECK_THROW(MergeShards({tables[0], tables[0]}, merged), ScenarioError);
    MergeShards({tables[1], tables[0]}, merged);
    MergeShards(tables, merged);
    BOOST_CHECK_THROW(MergeShards(tables, Files("shard-1")), ScenarioError);
    BOOST_TEST((ReadTextFile(merged.csv) == ReadTextFile(Files("whole").csv)));
    BOOST_TEST((ReadTextFile(merged.sqlite) == ReadTextFile(Files("whole").sqlite)));
    BOOST_TEST((ReadTextFile(merged.record) == ReadTextFile(Files("whole").record)));
    score::WriteTextFile(SweepFiles::Of(tables[1]).record, Record(2, 2, "two").dump());
    BOOST_CHECK_EXCEPTION(MergeShards(tables, SweepFiles::Of(scratch.Path() / "again.csv")),
                          ScenarioError,
                          [](const ScenarioError& error) {
                              return error.Text().find("their builds differ") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(EarlierRunsTellWhatOthersTake)
{
    BOOST_TEST(!MeanCostIn(Files("a")));
    Complete(Files("a"), 4, false);
    const auto cost = MeanCostIn(Files("a"));
    BOOST_REQUIRE(cost.has_value());
    BOOST_TEST(cost->seconds == 1.5, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(cost->bytes == 100, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(SqliteHasNumbersAsNumbersAndNothingAsNull)
{
    const fs::path csv = scratch.Path() / "t.csv";
    const fs::path sqlite = scratch.Path() / "t.sqlite";
    score::WriteTextFile(csv,
                         "\"a,b\",n\n7,0.25\n-3,\n18446744073709551615,1e3\n0x10,\"q\"\"\n\"\n");
    WriteSqlite(csv, sqlite);
    const auto end = run::RunChild(
        {"python3",
         "-c",
         "import sqlite3, sys\n"
         "query = 'select typeof(\"a,b\"), typeof(n) from results'\n"
         "for row in sqlite3.connect(sys.argv[1]).execute(query): print('|'.join(row))",
         sqlite.string()},
        std::chrono::minutes(1));
    BOOST_TEST(end.output == "integer|real\ninteger|null\ntext|real\ntext|text\n");
}

BOOST_AUTO_TEST_CASE(CsvIsReadAsItIsWritten)
{
    for (const std::string text : {"", "a", "a,b", "a\"b", "a\nb", "\"", ",\"\n"})
    {
        std::size_t at = 0;
        const std::string line = "x," + CsvField(text) + ",y\nnext";
        const std::vector<std::string> fields = CsvRecord(line, at);
        BOOST_REQUIRE(fields.size() == 3);
        BOOST_TEST(fields[1] == text);
        BOOST_TEST(line.substr(at) == "next");
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
