#include "lab/world/outage.h"

#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

namespace bouncelab::world
{

void
TellOutage(const host::Host& host, TruthEvent did, provenance::CauseId cause)
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = cause == 0 ? "ordinary" : "lost.power";
    action.cause = cause;
    action.actor = host.Actor();
    action.did = did;
    host.Ledger().Record(action);
}

void
LosePower(host::Host& host, Nanoseconds down)
{
    if (host.IsDown())
    {
        return;
    }
    host.Restart(down);
    TellOutage(host, TruthEvent::PowerLost);
    ns3::Simulator::Schedule(ns3::NanoSeconds(down.count()),
                             [&host] { TellOutage(host, TruthEvent::PowerReturned); });
}

} // namespace bouncelab::world
