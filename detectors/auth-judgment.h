#ifndef BOUNCELAB_DETECTORS_AUTH_JUDGMENT_H
#define BOUNCELAB_DETECTORS_AUTH_JUDGMENT_H

#include "detectors/auth-cause.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors::auth_cause
{

/// What is said of a cause.
struct CauseText
{
    Cause cause;
    std::string_view dottedClass;
    std::string_view label;
    std::string_view says; //!< What it is, behind "because".
    std::string_view side;
    std::string_view decides; //!< What would show it, or exclude it.
    std::string_view repair;
};

const CauseText& TextOf(Cause cause);

/// What hints at causes that have all of it in common.
struct Sign
{
    std::string labels; //!< "a missing name or a double name"
    std::string words;
};

/// What all clues together say of one case.
class Judgment
{
  public:
    explicit Judgment(const Case& here);

    /// The first cause that is shown, in the order in which they stop an authentication. A
    /// replication that fails is the cause where nothing else can be.
    std::optional<Cause> Shown() const;

    /// Causes that something hints at, or shows.
    std::vector<Cause> Hinted() const;

    /// What hints at each of them. \param lines to which theirs are added
    std::vector<Sign> Signs(std::vector<QuotedLine>& lines) const;

    /// What their classes have in common; empty where there is none.
    std::string ClassLeft() const;

    bool IsExcluded(Cause cause) const;

    /// The clauses that say so much of a cause: what shows it first, three are enough.
    /// \param lines to which theirs are added
    std::string WordsOf(Cause cause, Weight least, std::vector<QuotedLine>& lines) const;

    /// " Ruled out: ..." with what excludes each; several causes may have the same.
    std::string Excluded() const;

    /// What would show or exclude the causes that are left. \param among only these; empty = all
    std::string Decides(const std::vector<Cause>& among = {}) const;

    /// What clocks differ by where clues are seen by one and the failure by another, and where they
    /// cannot be compared: such clues show and exclude nothing, whenever they seem to be.
    std::string Clocks() const;

  private:
    void CompareClocks();
    bool Has(Cause cause, Weight weight) const;

    const Case& m_case;
    std::vector<Clue> m_clues;
    std::map<std::string, Case::Comparison> m_clocks; //!< By the clues' files.
    std::set<std::string> m_apart;
};

} // namespace bouncelab::detectors::auth_cause

#endif // BOUNCELAB_DETECTORS_AUTH_JUDGMENT_H
