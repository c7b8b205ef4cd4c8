#ifndef BOUNCELAB_LAB_JUDGE_ADAPTER_H
#define BOUNCELAB_LAB_JUDGE_ADAPTER_H

#include "formats/field.h"
#include "formats/vocabulary.h"
#include "lab/score/alert-file.h"
#include "lab/score/detector-scope.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::judge
{

/// What the alerts of some rules mean.
struct AdapterRow
{
    std::string signature = Field(&signature, "signature") |
                            "Pattern (fnmatch) that a rule's message matches; empty = any.";
    std::string category = Field(&category, "category") | "Ditto its category.";
    std::string dottedClass = Field(&dottedClass, "class").Required() | "Class of such alerts.";
    Verdict verdict = Field(&verdict, "verdict", Verdict::Fault) | "What such an alert says.";
};

/// A detector without code, or what the alerts of another program mean: a file of one of the two.
struct AdapterConfig
{
    std::string filter = Field(&filter, "filter") |
                         "A display filter of tshark: every frame that it shows is an alert.";
    std::string dottedClass = Field(&dottedClass, "class") | "Class of these alerts.";
    Verdict verdict = Field(&verdict, "verdict", Verdict::Fault) | "What they say.";
    std::vector<AdapterRow> rows =
        Field(&rows, "rows") | "Tried in turn on an alert; one that none fits is left out.";
};

/// A checked file.
class Adapter
{
  public:
    /// \throws scenario::ScenarioError
    explicit Adapter(const std::string& path);

    /// The file's name without folder and ending.
    const std::string& Name() const { return m_name; }

    bool IsFilter() const { return !m_config.filter.empty(); }

    /// What a detector is held to that speaks through this: packets, and the classes of the rows.
    score::DetectorScope Scope() const;

    /// The words that start tshark on a capture; see AlertsOf().
    std::vector<std::string> Command(const std::filesystem::path& capture) const;

    /**
     * An alert for each line that tshark printed.
     *
     * \param file of the capture, as alerts name it
     * \throws std::runtime_error
     */
    std::vector<Alert> AlertsOf(const std::string& printed, const std::string& file) const;

    /// Gives alerts of other programs their classes, and leaves out those that no row fits.
    std::vector<Alert> Translate(const std::vector<Alert>& alerts) const;

  private:
    std::string m_name;
    AdapterConfig m_config;
};

} // namespace bouncelab::judge

#endif // BOUNCELAB_LAB_JUDGE_ADAPTER_H
