#ifndef BOUNCELAB_LAB_SCORE_CONSEQUENCES_H
#define BOUNCELAB_LAB_SCORE_CONSEQUENCES_H

#include "formats/field.h"
#include "lab/scenario/scenario-error.h"

#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// What is compared: what was seen before a fault, or from then on.
enum class Phase
{
    Before,
    After,
};

constexpr auto
EnumNames(Phase)
{
    return std::array<EnumName<Phase>, 2>{{{"before", Phase::Before}, {"after", Phase::After}}};
}

/// Why runs with a fault look different in some traits: an entry of the list.
struct Consequence
{
    std::vector<std::string> traits =
        Field(&traits, "traits").Required() | "Patterns of traits, as of file names.";
    std::vector<std::string> variants =
        Field(&variants, "variants") | "Variants with the fault; none = all.";
    Phase when = Field(&when, "when").Required() | "Before the fault's onset, or from then on.";
    std::string cause = Field(&cause, "cause").Required() | "Why they differ, as one sentence.";
};

/// `scenarios/NAME/consequences.yaml`: what may tell runs with a fault from others, and why.
class Consequences
{
  public:
    Consequences() = default;

    /// No file is an empty list. \throws scenario::ScenarioError
    explicit Consequences(const std::filesystem::path& file);

    /// The cause of a difference; empty where the list does not name it.
    std::string CauseOf(const std::string& variant, Phase phase, const std::string& trait);

    /// The patterns that have explained nothing although one of their variants was among these:
    /// `file:line:column: ...`.
    std::vector<std::string> Stale(const std::set<std::string>& compared) const;

  private:
    struct List
    {
        std::vector<Consequence> consequences =
            Field(&consequences, "consequences").Required() | "All of them.";
    };

    List m_list;
    scenario::Marks m_marks;
    std::set<std::pair<std::size_t, std::size_t>> m_used; //!< Entries and their patterns.
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_CONSEQUENCES_H
