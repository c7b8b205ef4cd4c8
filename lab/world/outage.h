#ifndef BOUNCELAB_LAB_WORLD_OUTAGE_H
#define BOUNCELAB_LAB_WORLD_OUTAGE_H

#include "formats/truth-event.h"
#include "models/host/host.h"
#include "models/provenance/ledger.h"

namespace bouncelab::world
{

/// Has the truth tell what befell a host or its programs. \param cause of the mail that is lost
/// with it (`lost.power`); 0 = none is, and it is ordinary
void TellOutage(const host::Host& host, TruthEvent did, provenance::CauseId cause = 0);

/// A host without mail programs loses its power for a while, unless it is down already.
void LosePower(host::Host& host, Nanoseconds down);

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_OUTAGE_H
