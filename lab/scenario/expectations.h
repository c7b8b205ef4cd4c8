#ifndef BOUNCELAB_LAB_SCENARIO_EXPECTATIONS_H
#define BOUNCELAB_LAB_SCENARIO_EXPECTATIONS_H

#include "formats/field.h"
#include "lab/scenario/measurement-config.h"
#include "lab/scenario/persona-library.h"
#include "lab/scenario/variant-file.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

class ScenarioFile;

/// What it is worth that a documented observable holds (docs/formats.md).
enum class ClaimKind
{
    Input,     //!< Initial state or a rate that the scenario sets.
    Fitted,    //!< Comes from a value chosen so that it holds.
    Emergent,  //!< Follows from the machinery; only these count as reproduced.
    Inference, //!< The document does not show it; it was concluded, and is simulated as such.
};

constexpr auto
EnumNames(ClaimKind)
{
    return std::array<EnumName<ClaimKind>, 4>{{{"input", ClaimKind::Input},
                                               {"fitted", ClaimKind::Fitted},
                                               {"emergent", ClaimKind::Emergent},
                                               {"inference", ClaimKind::Inference}}};
}

/// That a documented observable is seen in a run, and how that is measured.
struct Claim
{
    ClaimKind kind = Field(&kind, "kind", ClaimKind::Emergent).Required() |
                     "What it is worth that the observable holds.";
    std::string check =
        Field(&check, "check").Required() |
        "Name of a measurement, or of a selection, whose first row's fields are meant.";
    std::string documented =
        Field(&documented, "documented") | "What the document has: its numbers and words alone.";
    std::string expected = Field(&expected, "expected") |
                           "What else is to come out, by a threshold or word that no document has.";
    std::vector<std::string> inputs =
        Field(&inputs, "inputs") |
        "Names of values that are initial state or a knob, where the others are of the claim's "
        "kind.";
    std::string tolerance =
        Field(&tolerance, "tolerance") |
        "How far the simulated value may be off, in the measurement's words; empty = not at all.";
    std::string predicted =
        Field(&predicted, "predicted") |
        "What the lab gives instead, in the same words, where its prediction is known to miss: the "
        "row counts as missed, and as expected so long as just this comes out.";
    std::string unless = Field(&unless, "unless") |
                         "Selection whose rows say that the evidence, by chance, cannot show it: "
                         "the claim is not measured then, and that is as expected.";
    std::string because = Field(&because, "because") | "Why it misses, as the report shows it.";

    /// Both of what the document has and what is expected besides.
    std::string Wanted() const
    {
        return documented.empty() || expected.empty() ? documented + expected
                                                      : documented + " | " + expected;
    }
};

/// A world in which one cause is another one, and the claims that are missed there: all others
/// hold. Both lists pass over claims that a variant does not make.
struct Break
{
    std::string set = Field(&set, "set").Required() |
                      "KEY=VALUE over the scenario: the one thing that differs, "
                      "and that is the cause of the claims that are missed.";
    std::vector<std::string> misses =
        Field(&misses, "misses").Required() |
        "The claims that are missed there, by evidence id. Those that a variant does not make are "
        "passed over; a variant that makes none of them has no such world.";
    std::vector<std::string> unmeasured =
        Field(&unmeasured, "unmeasured") |
        "Claims about what is not there in that world: neither missed nor held.";
};

/// What a detector is to say from a vantage.
enum class ExpectedWord
{
    Fault,
    Benign,
    Inconclusive,
    None,        //!< Nothing at all: it is silent.
    Unsupported, //!< The vantage lacks what the detector needs.
    Quiet,       //!< None or unsupported: no line, whatever the vantage holds.
};

constexpr auto
EnumNames(ExpectedWord)
{
    return std::array<EnumName<ExpectedWord>, 6>{{{"fault", ExpectedWord::Fault},
                                                  {"benign", ExpectedWord::Benign},
                                                  {"inconclusive", ExpectedWord::Inconclusive},
                                                  {"none", ExpectedWord::None},
                                                  {"unsupported", ExpectedWord::Unsupported},
                                                  {"quiet", ExpectedWord::Quiet}}};
}

/// How many lines with a verdict are expected.
struct LineCount
{
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    bool isEveryEvent = false; //!< As many as the truth has events, whatever their number.
    bool isMeasured = false;   //!< Chance decides; the bounds were measured.
    std::string each; //!< `SELECTION.FIELD`: as many as that has different values, if not empty.

    bool Holds(std::uint64_t lines) const { return lines >= least && lines <= most; }

    /// "3", "every-event", "each late.session" or "18 to 60"; nothing where it is none of these.
    static std::optional<LineCount> Parse(std::string_view text);
};

/// Why an event may be missed where every one is to be found.
enum class Excuse
{
    Unfinished, //!< A connection of it was reset, or still open when the run ended.
};

constexpr auto
EnumNames(Excuse)
{
    return std::array<EnumName<Excuse>, 1>{{{"unfinished", Excuse::Unfinished}}};
}

/// The verdict, and how often it is given.
struct ExpectedVerdict
{
    ExpectedWord verdict =
        Field(&verdict, "verdict", ExpectedWord::None).Required() | "What it says.";
    std::string count =
        Field(&count, "count", "0").Unit("lines") |
        "How many lines with this verdict. A number where causes fix it, 0 for `none`, "
        "`unsupported` and `quiet`. With `fault` `every-event`: every event that the truth tells "
        "of, that shows at the vantage and that the detector looks for is found, however many "
        "there are. `each SELECTION.FIELD`: as many as that field has different values in the "
        "evidence. `LEAST to MOST` where only chance decides: measured, not expected, as the "
        "99 % tolerance range of seeds 1001 to 1200, which `bouncelab run --update-ranges` writes.";
    std::vector<Excuse> except =
        Field(&except, "except") |
        "With `every-event`: which events need not be found. `unfinished`: a connection of it was "
        "reset, or still open when the run ended, as the run's captures show.";
    LineCount lines = NoKey(&lines); //!< What `count` says.
};

/// Whether a claim's id is a statement's of the documents or a fact's: S003-20, F78, I12-block.
bool IsEvidenceId(std::string_view text);

/// Stands for every detector, or every vantage, that is not named.
constexpr std::string_view EVERY_OTHER = "*";

/// What a run of one variant has to bring.
struct Expectations
{
    std::map<std::string, Selection> select =
        Field(&select, "select") | "Rows of evidence by a name, for measurements (docs/claims.md).";
    std::map<std::string, MeasurementRecipe> measure =
        Field(&measure, "measure") |
        "Measurements by name, each a map from the names of its values to how they are had "
        "(docs/claims.md).";
    std::map<std::string, Claim> claims =
        Field(&claims, "claims") |
        "Documented observables that the variant shows, by evidence id (S003-20; a fact's figures: "
        "I12, I12-block).";
    std::map<std::string, Break> breaks =
        Field(&breaks, "breaks") |
        "Worlds by a name, each with one cause changed: every claim that is no input is missed in "
        "one of them, which shows that it can fail.";
    std::map<std::string, std::map<std::string, ExpectedVerdict>> verdicts =
        Field(&verdicts, "verdicts") |
        "Detector, then vantage, to what the detector says there; `*` stands for every other "
        "built-in detector, or every other vantage.";
    Marks marks = NoKey(&marks); //!< Where each of these was written.

    /**
     * What a detector is to say from a vantage; null where nothing is expected. A detector's name
     * goes before `*`, and under either of them a vantage's name before `*`.
     */
    const ExpectedVerdict* VerdictOf(const std::string& detector, const std::string& vantage) const;

    /// The key path at which that is written (`verdicts.tarpit.*`); empty where nothing is
    /// expected.
    std::string VerdictPath(const std::string& detector, const std::string& vantage) const;

    /// Those of some ids that are claimed, sorted.
    std::vector<std::string> Claimed(const std::vector<std::string>& ids) const;
};

/// scenarios/NAME/expect.yaml: `name`, `base` and `variants` as in the scenario.
class ExpectationFile
{
  public:
    /// \throws ScenarioError
    static ExpectationFile Load(const std::string& path);

    const std::vector<std::string>& Variants() const { return m_file.Variants(); }

    /// \throws ScenarioError, also for a variant that the file does not have
    Expectations Resolve(const std::string& variant) const;

    /**
     * That both files have the same name, that every variant and vantage named is one of the
     * scenario's (of a variant that is not named nothing is expected), and that broken worlds can
     * be had and miss claims that some variant makes.
     *
     * \throws ScenarioError
     */
    void CheckAgainst(const ScenarioFile& scenario, const PersonaLibrary& personas) const;

  private:
    explicit ExpectationFile(VariantFile file);

    VariantFile m_file;
};

/// What expect.yaml beside a scenario says of a variant; nothing where there is none.
/// \throws ScenarioError
Expectations ExpectationsFor(const std::string& scenarioFile, const std::string& variant);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_EXPECTATIONS_H
