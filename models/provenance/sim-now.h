#ifndef BOUNCELAB_MODELS_PROVENANCE_SIM_NOW_H
#define BOUNCELAB_MODELS_PROVENANCE_SIM_NOW_H

#include "formats/clock.h"

#include <ns3/simulator.h>

namespace bouncelab
{

/// What time it is in the simulation.
inline SimTime
SimNow()
{
    return SimTime(Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()));
}

} // namespace bouncelab

#endif // BOUNCELAB_MODELS_PROVENANCE_SIM_NOW_H
