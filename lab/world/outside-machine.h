#ifndef BOUNCELAB_LAB_WORLD_OUTSIDE_MACHINE_H
#define BOUNCELAB_LAB_WORLD_OUTSIDE_MACHINE_H

#include "models/mail/message.h"
#include "models/path/wire-packet.h"

#include <map>
#include <string>

namespace bouncelab::world
{

/// A machine that a world does not simulate, at the end of one of the world's wires.
class OutsideMachine
{
  public:
    virtual ~OutsideMachine() = default;

    /// Where its packets go. They carry an origin, the machine's address as their source, any other
    /// unicast address as their destination, and a TTL from 1. Before the world runs.
    virtual void SetWire(path::WireHandler wire) = 0;

    /// A packet reaches the machine.
    virtual void Receive(const path::WirePacket& packet) = 0;

    /// One of its users hands a message to its mail program.
    virtual void Submit(const mail::Submission& submission) = 0;
};

/// By name of the host that each replaces. Not owned.
using OutsideMachines = std::map<std::string, OutsideMachine*>;

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_OUTSIDE_MACHINE_H
