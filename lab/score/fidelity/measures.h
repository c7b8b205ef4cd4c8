#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_MEASURES_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_MEASURES_H

#include "lab/score/fidelity/facts.h"
#include "lab/score/fidelity/subject.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// One measurement that a claim can name as its `check`.
struct Measure
{
    std::string sentence;           //!< What it measures, for the reference page.
    std::vector<std::string> names; //!< Of the facts that it gives, in order.
    /// Takes the facts from the evidence. Throws NotMeasurable where they are not there.
    std::function<Facts(const Subject&)> take;
};

using MeasureTable = std::map<std::string, Measure>;

/// Every measurement by name.
const MeasureTable& AllMeasures();

/// Each file of this folder adds those of one theme.
void AddPacketMeasures(MeasureTable& table);
void AddTimingMeasures(MeasureTable& table);
void AddSequenceMeasures(MeasureTable& table);
void AddHeaderMeasures(MeasureTable& table);
void AddClockMeasures(MeasureTable& table);
void AddPlaceMeasures(MeasureTable& table);
void AddMailMeasures(MeasureTable& table);
void AddSnortMeasures(MeasureTable& table);
void AddRouteMeasures(MeasureTable& table);
void AddExchangeLogMeasures(MeasureTable& table);
void AddExchangeHelloMeasures(MeasureTable& table);
void AddExchangeClientMeasures(MeasureTable& table);
void AddExchangeRefusalMeasures(MeasureTable& table);
void AddRelayMeasures(MeasureTable& table);
void AddLookupMeasures(MeasureTable& table);
void AddDesignMeasures(MeasureTable& table);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_MEASURES_H
