#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_EVALUATION_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_EVALUATION_H

#include "lab/scenario/expectations.h"
#include "lab/score/fidelity/facts.h"
#include "lab/score/fidelity/table.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// The rows of a selection, in the order of their table.
struct Rows
{
    const TableKind* kind = nullptr;
    const EvidenceTable* table = nullptr;
    std::vector<std::size_t> rows;
    std::string whyNone; //!< One clause, where there are none.

    Value At(std::size_t index, std::size_t column) const { return table->at(rows[index], column); }

    RowTime TimeOf(std::size_t index) const { return table->time(rows[index]); }
};

/**
 * What a run has for the selections and measurements of expect.yaml. Kinds of evidence are read
 * when they are first asked for. The selections and measurements have passed CheckClaims().
 */
class Evaluation
{
  public:
    /// Both have to outlive it.
    Evaluation(const RunFolder& run, const scenario::Expectations& expectations)
        : m_run(run)
        , m_expectations(expectations)
    {
    }

    /// The values of a measurement, or the fields of a selection's first row.
    Facts Take(const std::string& check) const;

    /// One value of those. \throws NotMeasurable
    Value FactOf(const std::string& check, const std::string& fact) const;

    const Rows& Select(const std::string& name) const;

    /// What `SELECTION.FIELD` has, row by row.
    std::vector<Value> FieldOf(std::string_view operand) const;

    /// One value: of `SELECTION.FIELD` the first row's, `MEASUREMENT/VALUE`, or a number.
    /// \throws NotMeasurable
    Value ValueOf(const std::string& operand) const;

  private:
    const EvidenceTable& TableOf(const std::string& kind) const;
    Rows Start(const scenario::Selection& selection) const;
    void Narrow(Rows& rows, const scenario::Selection& selection) const;
    void KeepWhere(Rows& rows, const std::string& field, const std::string& condition) const;
    void KeepMostCommon(Rows& rows, const std::string& field) const;

    const RunFolder& m_run;
    const scenario::Expectations& m_expectations;
    mutable std::map<std::string, EvidenceTable> m_tables;
    mutable std::map<std::string, Rows> m_selections;
};

/// The different ones.
std::set<std::string> TextsOf(const std::vector<Value>& values);

/// Names of the values that a claim's `check` gives, a measurement or a selection; empty: neither.
std::vector<std::string> NamesOf(const scenario::Expectations& expectations,
                                 const std::string& check);

/// The two parts of an operand at a sign: "packet-2", "TTL"; the second is empty without one.
std::pair<std::string, std::string> SplitOperand(std::string_view operand, char sign);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_EVALUATION_H
