#include "lab/score/fidelity/measures.h"

namespace bouncelab::score
{

const MeasureTable&
AllMeasures()
{
    static const MeasureTable table = []
    {
        MeasureTable all;
        AddPacketMeasures(all);
        AddTimingMeasures(all);
        AddSequenceMeasures(all);
        AddHeaderMeasures(all);
        AddClockMeasures(all);
        AddPlaceMeasures(all);
        AddMailMeasures(all);
        AddSnortMeasures(all);
        AddRouteMeasures(all);
        AddExchangeLogMeasures(all);
        AddExchangeHelloMeasures(all);
        AddExchangeClientMeasures(all);
        AddExchangeRefusalMeasures(all);
        AddRelayMeasures(all);
        AddLookupMeasures(all);
        AddDesignMeasures(all);
        return all;
    }();
    return table;
}

} // namespace bouncelab::score
