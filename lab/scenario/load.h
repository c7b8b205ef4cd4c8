#ifndef BOUNCELAB_LAB_SCENARIO_LOAD_H
#define BOUNCELAB_LAB_SCENARIO_LOAD_H

#include "lab/scenario/persona-library.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/variant-file.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// A scenario file: its variants, each to be had as a checked struct or not at all.
class ScenarioFile
{
  public:
    /// \param path scenarios/NAME/scenario.yaml \throws ScenarioError
    static ScenarioFile Load(const std::string& path);

    /// The same from text; file is its name for messages.
    static ScenarioFile Parse(std::string_view text, const std::string& file);

    const std::string& Name() const { return m_file.Head("name").text; }

    const std::string& Path() const { return m_file.Path(); }

    /// In the order of the file; at least one.
    const std::vector<std::string>& Variants() const { return m_file.Variants(); }

    /**
     * One variant with its personas, overrides and defaults, every cross-reference checked.
     *
     * \param overrides of the form `paths.japan.hops.7.delay=5 ms`, applied in order
     * \throws ScenarioError
     */
    Scenario Resolve(const std::string& variant,
                     const PersonaLibrary& personas,
                     const std::vector<std::string>& overrides = {}) const;

    /// All that is wrong with one variant: every fault of a value, or, if there is none, the first
    /// of each theme of cross-references.
    std::vector<ScenarioError> Faults(const std::string& variant,
                                      const PersonaLibrary& personas) const;

    /// `base` as it stands, with defaults, whatever is missing or does not fit.
    Scenario Base(const PersonaLibrary& personas) const;

  private:
    explicit ScenarioFile(VariantFile file);

    VariantFile m_file;
};

/**
 * What a variant has and `base` alone has not, as `--set` takes it: "paths.japan.delay-scale=2"; a
 * key that is gone has the value `~`. \throws ScenarioError
 */
std::vector<std::string> ChangesOf(const ScenarioFile& file,
                                   const std::string& variant,
                                   const PersonaLibrary& personas);

/// A scenario file that has this variant only, with every default written out.
std::string Show(const Scenario& scenario);

/// Every parameter with its value, in the order of the field tables.
nlohmann::ordered_json Parameters(const Scenario& scenario);

/// The files root/scenarios/*/scenario.yaml, sorted by name.
std::vector<std::string> ListScenarios(const std::string& root);

/**
 * Checks one file for what its place says that it is: a persona in a folder of personas (stacks,
 * mtas, servers, connectors, filters); expectations in expect.yaml (against the scenario.yaml
 * beside it, where there is one); else a scenario, every variant of it.
 *
 * \return what is wrong, each fault once: every wrong value; where there is none, what does not fit
 * together, of expectations and of stacks the first
 */
std::vector<ScenarioError> FaultsInFile(const std::string& path, const PersonaLibrary& personas);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_LOAD_H
