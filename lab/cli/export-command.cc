#include "lab/cli/commands.h"
#include "lab/judge/suricata-test.h"
#include "lab/score/run-score.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace bouncelab::cli
{

namespace
{

struct ExportOptions
{
    std::vector<std::string> runs;
    std::string format;
    std::string out;
};

void
Export(const ExportOptions& options)
{
    std::vector<judge::SuricataTest> tests;
    for (const std::string& path : options.runs)
    {
        try
        {
            const score::RunFolder run(path);
            score::CheckSeal(path);
            std::vector<judge::SuricataTest> some = judge::SuricataTestsOf(run);
            if (some.empty())
            {
                throw InputError(path + ": found no capture, expected a run with a vantage that "
                                        "has one");
            }
            tests.insert(tests.end(), some.begin(), some.end());
        }
        catch (const std::runtime_error& error)
        {
            throw InputError(error.what());
        }
    }
    for (const judge::SuricataTest& test : tests)
    {
        judge::Write(test, options.out);
        fmt::print("{}: {} due\n",
                   ShortPath(std::filesystem::path(options.out) / test.name),
                   test.due.size() == 1 ? "1 alert" : fmt::format("{} alerts", test.due.size()));
    }
}

} // namespace

void
AddExportCommand(CLI::App& app)
{
    CLI::App* command =
        app.add_subcommand("export", "Writes finished runs as tests for another program's suite");
    auto options = std::make_shared<ExportOptions>();
    command->add_option("RUN", options->runs, "Folders of runs, each with a manifest.json")
        ->required();
    command
        ->add_option("--as",
                     options->format,
                     "suricata-verify: a folder per vantage with capture, test.yaml, test.rules")
        ->required()
        ->check(CLI::IsMember({"suricata-verify"}));
    command->add_option("-o,--output", options->out, "Folder for the tests")->required();
    command->footer("Example:\n  bouncelab export results/forged-reply/error-500/seed-1 --as "
                    "suricata-verify -o tests");
    command->callback([options] { Export(*options); });
}

} // namespace bouncelab::cli
