#ifndef BOUNCELAB_LAB_RUN_FAULT_H
#define BOUNCELAB_LAB_RUN_FAULT_H

#include <string>

namespace bouncelab::run
{

/// Whose fault something is, as an exit status.
enum FaultStatus : int
{
    INPUT_OR_MACHINE = 2,
    DETECTOR = 3,
    OWN = 4,
};

/// What went wrong.
struct Fault
{
    int status = 0;       //!< A FaultStatus; 0 = nothing did.
    std::string sentence; //!< One line.
};

/// The fault that an exception tells of. To be called while it is handled.
Fault CurrentFault();

/// Ditto of a signal that ended a process of this program: limits and a lack of memory are the
/// machine's.
Fault FaultOfSignal(int signal);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_FAULT_H
