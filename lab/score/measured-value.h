#ifndef BOUNCELAB_LAB_SCORE_MEASURED_VALUE_H
#define BOUNCELAB_LAB_SCORE_MEASURED_VALUE_H

#include "lab/scenario/expectations.h"
#include "lab/score/run-folder.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// One value that is measured of runs: a fact of one of the measurements that claims can name.
struct MeasuredValue
{
    std::string check; //!< "session-time"
    std::string fact;  //!< "median"

    std::string Name() const { return check + "/" + fact; }
};

/**
 * What a name means: one value ("session-time/median"), or all of a measurement or of a selection's
 * first row ("session-time").
 *
 * \throws std::invalid_argument saying what was found and what was expected
 */
std::vector<MeasuredValue> ParseMeasuredValues(std::string_view name,
                                               const scenario::Expectations& expectations);

/**
 * The values in a run, as text, in their order; nothing for a value that the run's evidence does
 * not hold.
 */
std::vector<std::optional<std::string>> ValuesIn(const RunFolder& run,
                                                 const scenario::Expectations& expectations,
                                                 const std::vector<MeasuredValue>& values);

/// The unit that a value's numbers have in a table: `s` for durations, else as its recipe says;
/// empty where it has none, or is text.
std::string UnitOf(const MeasuredValue& value, const scenario::Expectations& expectations);

/// A measured text in that unit: "85.032 ms" in `s` is "0.085032". What has another unit, or is no
/// number, stays as it is.
std::string InUnit(const std::string& text, const std::string& unit);

/// One value in the runs of one variant.
struct MeasuredSample
{
    std::vector<std::string> texts; //!< One a run that has it.

    bool IsNumeric() const; //!< Each is a number, with one unit or none.

    /// For numbers: smallest, middle and largest, by value. \throws std::logic_error without any
    std::string Least() const;
    std::string Median() const;
    std::string Most() const;
};

/// The number in front of a measured text, for drawing.
double NumberIn(const std::string& text);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_MEASURED_VALUE_H
