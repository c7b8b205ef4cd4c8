#include "lab/run/fault.h"

#include "formats/machine-error.h"
#include "lab/run/judge.h"
#include "lab/scenario/scenario-error.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>

namespace bouncelab::run
{

Fault
CurrentFault()
{
    try
    {
        throw;
    }
    catch (const scenario::ScenarioError& error)
    {
        return {INPUT_OR_MACHINE, error.what()};
    }
    catch (const MachineError& error)
    {
        return {INPUT_OR_MACHINE, error.what()};
    }
    catch (const std::filesystem::filesystem_error& error)
    {
        return {INPUT_OR_MACHINE, error.path1().string() + ": " + error.code().message()};
    }
    catch (const std::system_error& error)
    {
        return {INPUT_OR_MACHINE, error.what()};
    }
    catch (const std::bad_alloc&)
    {
        return {INPUT_OR_MACHINE, "there is too little memory"};
    }
    catch (const DetectorError& error)
    {
        return {DETECTOR, error.what()};
    }
    catch (const std::exception& error)
    {
        return {OWN, error.what()};
    }
}

Fault
FaultOfSignal(int signal)
{
    switch (signal)
    {
    case SIGKILL:
        return {INPUT_OR_MACHINE, "the run was killed, as Linux does when memory runs out"};
    case SIGXFSZ:
    case SIGXCPU:
        return {INPUT_OR_MACHINE, std::string("the run met a limit: ") + strsignal(signal)};
    default:
        return {OWN, std::string("the run ended by signal ") + strsignal(signal)};
    }
}

} // namespace bouncelab::run
