#ifndef BOUNCELAB_LAB_RUN_RUN_SPEC_H
#define BOUNCELAB_LAB_RUN_RUN_SPEC_H

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// Everything that decides what one run writes, and where.
struct RunSpec
{
    std::string scenarioFile; //!< scenarios/NAME/scenario.yaml
    std::string variant;
    std::uint64_t seed = 1;
    std::vector<std::string> overrides; //!< "a.b.c=value", applied in order.
    std::filesystem::path out;          //!< Folder of the run; must not exist.
    std::string namedFile; //!< scenarioFile as the manifest names it; empty for a shipped one.
    std::vector<std::filesystem::path> personas; //!< Folders of a scenario::PersonaLibrary.
    bool capture = true;               //!< Writes packets; off, only logs and the outcomes of mail.
    std::vector<std::string> vantages; //!< Only these; empty = all.

    /// Hosts that real programs replace, by name, and how they are called. Then the clock on the
    /// wall goes, and other bytes come out every time.
    std::map<std::string, std::string> live;
};

/// How a run of RunMany() ended.
struct RunResult
{
    RunSpec spec;
    int status = 0;                    //!< 0 done; else whose fault it is, see Fault.
    std::string error;                 //!< One line if the status is not 0.
    std::chrono::milliseconds took{0}; //!< From start to end, its detectors included.
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_RUN_SPEC_H
