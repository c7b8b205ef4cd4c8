#ifndef BOUNCELAB_LAB_MATRIX_SWEEP_PLAN_H
#define BOUNCELAB_LAB_MATRIX_SWEEP_PLAN_H

#include "lab/matrix/cell.h"
#include "lab/matrix/grid.h"
#include "lab/scenario/load.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::matrix
{

/// A variant that a campaign names.
struct SweptVariant
{
    std::string file; //!< The scenario.yaml.
    std::string scenario;
    std::string variant;
    std::string namedFile = {}; //!< See run::RunSpec.
};

/// A part of a matrix: the i-th of n stretches of its cells.
struct Shard
{
    std::size_t number = 1; //!< From 1.
    std::size_t of = 1;

    /// "2/8". \throws std::invalid_argument "found ..., expected ..."
    static Shard Parse(std::string_view text);

    /// The first cell of the shard, and the first one behind it.
    std::size_t Begin(std::size_t cells) const;
    std::size_t End(std::size_t cells) const;
};

/// All runs of a campaign, in order: variant, then point, then seed.
class SweepPlan
{
  public:
    /// \param campaign has to outlive the plan \param data folders of personas
    /// \throws scenario::ScenarioError
    SweepPlan(const Campaign& campaign,
              std::vector<SweptVariant> variants,
              std::vector<std::filesystem::path> data);

    /**
     * Resolves points with every variant: all where they are few, else so many that every value has
     * its turn, and of thousands of values a choice.
     *
     * \return one error for each fault, at the place in the campaign that it comes from
     */
    std::vector<scenario::ScenarioError> Check(const scenario::PersonaLibrary& personas) const;

    std::size_t Size() const { return m_variants.size() * RunsOfVariant(); }

    Cell At(std::size_t index) const;

    /// Which of Variants() a cell is of.
    std::size_t VariantOf(std::size_t index) const { return index / RunsOfVariant(); }

    const std::vector<SweptVariant>& Variants() const { return m_variants; }

    const Grid& Points() const { return m_grid; }

    const CampaignConfig& Config() const { return m_campaign.config; }

  private:
    std::vector<scenario::ScenarioError> FaultsAt(const scenario::ScenarioFile& file,
                                                  const SweptVariant& variant,
                                                  Point point,
                                                  const scenario::PersonaLibrary& personas) const;
    void CheckVantages(const scenario::Scenario& resolved) const;

    std::size_t RunsOfVariant() const { return m_grid.Size() * Config().runs; }

    const Campaign& m_campaign;
    std::vector<SweptVariant> m_variants;
    std::vector<std::filesystem::path> m_data;
    Grid m_grid;
};

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_SWEEP_PLAN_H
