// Writes the rows of docs/reports/injection-figures.md anew: write-figures ROOT RESULTS
//
// RESULTS is what `bouncelab run` wrote with seed 1. Rows of scenarios that it does not have stay.

#include "lab/score/figure-rows.h"
#include "lab/score/text-file.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>

namespace
{

namespace fs = std::filesystem;
namespace score = bouncelab::score;

void
WriteFigures(const fs::path& page, const fs::path& results)
{
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto& scenario : fs::directory_iterator(results))
    {
        for (const auto& variant : fs::directory_iterator(scenario))
        {
            const score::RunFolder run(variant.path() / "seed-1");
            const std::vector<std::string> more = score::FigureRows(run);
            std::vector<std::string>& all = rows[run.Scenario()];
            all.insert(all.end(), more.begin(), more.end());
        }
    }
    std::string text = score::ReadTextFile(page);
    for (const auto& [scenario, lines] : rows)
    {
        text = score::WithFigures(text, scenario, lines);
    }
    score::WriteTextFile(page, text);
}

} // namespace

int
main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::fprintf(stderr, "usage: write-figures ROOT RESULTS\n");
        return 2;
    }
    try
    {
        WriteFigures(fs::path(argv[1]) / "docs/reports/injection-figures.md", argv[2]);
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
