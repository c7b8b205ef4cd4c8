// Looks for artifacts of the lab: probe-artifacts ROOT RESULTS [JSON]
//
// RESULTS is what `bouncelab run --runs N` wrote; ROOT has the lists of consequences. Prints a row
// for each comparison and a line for each trait that separates unexplained; JSON has them all. Ends
// with 1 where there is one, or where a list explains what is not there.

#include "lab/score/run-probe.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>

namespace
{

namespace fs = std::filesystem;
namespace score = bouncelab::score;

/// The folders in a folder, sorted.
std::vector<fs::path>
FoldersIn(const fs::path& folder)
{
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(folder))
    {
        if (entry.is_directory() && entry.path().filename().string()[0] != '.')
        {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

std::vector<fs::path>
RunsOf(const fs::path& scenario)
{
    std::vector<fs::path> runs;
    for (const fs::path& variant : FoldersIn(scenario))
    {
        const std::vector<fs::path> seeds = FoldersIn(variant);
        runs.insert(runs.end(), seeds.begin(), seeds.end());
    }
    return runs;
}

void
Print(const std::string& scenario, const score::Comparison& comparison)
{
    fmt::print("{:58} {:6} {:5} {:7} {:6} {:6} {:11}\n",
               scenario + "/" + comparison.variant,
               bouncelab::NameOf(comparison.phase),
               comparison.seeds,
               comparison.separation.traits,
               comparison.separation.tried,
               comparison.findings.size(),
               comparison.Unexplained());
    for (const score::Finding& finding : comparison.findings)
    {
        if (finding.cause.empty())
        {
            fmt::print("    {} {}    {:.2f}, p {:.2g}\n",
                       finding.trait,
                       finding.rule,
                       finding.accuracy,
                       finding.p);
        }
    }
}

/// \return whether everything that separates has a cause, and every cause separates something
bool
Probe(const fs::path& root, const fs::path& results, nlohmann::ordered_json& json)
{
    bool isExplained = true;
    fmt::print("{:58} {:6} {:>5} {:>7} {:>6} {:>6} {:>11}\n",
               "scenario/variant",
               "when",
               "seeds",
               "traits",
               "tried",
               "found",
               "unexplained");
    for (const fs::path& folder : FoldersIn(results))
    {
        const std::string scenario = folder.filename().string();
        score::Consequences consequences(root / "scenarios" / scenario / "consequences.yaml");
        std::set<std::string> compared;
        for (const score::Comparison& comparison : score::ProbeRuns(RunsOf(folder), consequences))
        {
            Print(scenario, comparison);
            json.push_back(score::ToJson(scenario, comparison));
            compared.insert(comparison.variant);
            isExplained = isExplained && comparison.Unexplained() == 0;
        }
        for (const std::string& stale : consequences.Stale(compared))
        {
            fmt::print("{}\n", stale);
            isExplained = false;
        }
    }
    return isExplained;
}

} // namespace

int
main(int argc, char** argv)
{
    if (argc != 3 && argc != 4)
    {
        std::fprintf(stderr, "usage: probe-artifacts ROOT RESULTS [JSON]\n");
        return 2;
    }
    try
    {
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        const bool isExplained = Probe(argv[1], argv[2], json);
        if (argc == 4)
        {
            score::WriteTextFile(argv[3], json.dump(1) + "\n");
        }
        return isExplained ? 0 : 1;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
