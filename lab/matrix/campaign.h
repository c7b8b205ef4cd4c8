#ifndef BOUNCELAB_LAB_MATRIX_CAMPAIGN_H
#define BOUNCELAB_LAB_MATRIX_CAMPAIGN_H

#include "formats/field.h"
#include "lab/matrix/keep.h"
#include "lab/scenario/scenario-error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::matrix
{

/// Keys and their values. A value is what `--set` takes, or a range `FROM..TO[:STEP]`.
using ValuesByKey = std::map<std::string, std::vector<std::string>>;

/// Points spread evenly over many keys.
struct LatinHypercubeConfig
{
    std::uint64_t samples = Field(&samples, "samples").Range(0, 1000000) |
                            "How many points; 0 = there is no hypercube.";
    std::uint64_t seed = Field(&seed, "seed", 1) | "Of the draw; not the runs' seed.";
    ValuesByKey over = Field(&over, "over") | "Keys and the values or ranges that they are drawn "
                                              "from: each stratum once.";
};

/// What is varied. All parts that are given multiply.
struct OverConfig
{
    ValuesByKey product =
        Field(&product, "product") | "Keys and their values: every value with every other.";
    ValuesByKey zip = Field(&zip, "zip") | "Keys with as many values each: the first with the "
                                           "first, the second with the second.";
    std::vector<std::map<std::string, std::string>> list =
        Field(&list, "list") | "Points, each a map from keys to values.";
    LatinHypercubeConfig latinHypercube =
        Field(&latinHypercube, "latin-hypercube") | "Points spread evenly over many keys.";
};

/// A sweep, as CAMPAIGN.yaml or the command line says it.
struct CampaignConfig
{
    std::vector<std::string> scenarios =
        Field(&scenarios, "scenarios").Required() |
        "SCENARIO, SCENARIO/VARIANT, or the path of a scenario.yaml from the campaign's folder.";
    std::map<std::string, std::string> set =
        Field(&set, "set") | "Keys and the value that they have in every run.";
    OverConfig over = Field(&over, "over") | "Keys that are varied, and how.";
    std::uint64_t seed = Field(&seed, "seed", 1) | "Seed of the first run at each point.";
    std::uint64_t runs =
        Field(&runs, "runs", 1).Range(1, 1000000) | "Runs at each point, with rising seeds.";
    std::vector<std::string> vantages =
        Field(&vantages, "vantages") | "Only these vantages; empty = all.";
    std::vector<std::string> measure =
        Field(&measure, "measure") |
        "Measurements that claims can name, or one value of one (`session-time/median`).";
    Keep keep = Field(&keep, "keep", Keep::All) | "What stays of each run besides its rows.";
};

/// A campaign with the places of what it says.
struct Campaign
{
    CampaignConfig config;
    scenario::Marks marks;
    std::vector<scenario::ScenarioError> faults; //!< Every key and value that cannot be read.
};

/// \throws scenario::ScenarioError if the file cannot be read at all
Campaign LoadCampaign(const std::string& path);

/// Whether a YAML file is a campaign rather than a scenario. \throws scenario::ScenarioError
bool IsCampaign(const std::string& path);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_CAMPAIGN_H
