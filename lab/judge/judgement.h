#ifndef BOUNCELAB_LAB_JUDGE_JUDGEMENT_H
#define BOUNCELAB_LAB_JUDGE_JUDGEMENT_H

#include "lab/judge/adapter.h"
#include "lab/run/child-process.h"
#include "lab/score/alert-file.h"
#include "lab/score/judged-cell.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::judge
{

/// Who judges evidence, and what he may use.
struct DetectorChoice
{
    std::filesystem::path program;        //!< bouncelab-detect: the built-in ones.
    std::vector<std::string> builtIn;     //!< Names; empty = all. Ignored if there is a command.
    std::string command;                  //!< For the shell; a user's detector.
    std::optional<Adapter> adapter;       //!< A filter in its place, or what its alerts mean.
    std::vector<std::string> environment; //!< Names of variables that the command is given.
    bool isBare = false;                  //!< The command is not to be contained.
    unsigned timeoutSeconds = 60;
    std::uint64_t processes = 1024;         //!< And threads of the command, at once.
    std::optional<std::uint64_t> memoryMib; //!< For each process of the command.
    /// Folders of results: the command sees neither runs nor judgements in there.
    std::vector<std::filesystem::path> results{"results"};

    bool IsBuiltIn() const { return command.empty() && !adapter; }
};

/// How far a detector was kept from everything but its evidence.
enum class Blindness
{
    None,      //!< It is built in, and looks at nothing else.
    Bare,      //!< An opaque copy and an empty environment; it could search the disk.
    Contained, //!< It also had no network and saw no results.
};

/// What one start of a detector brought.
struct DetectorRun
{
    std::string path;
    Blindness blindness = Blindness::None;
    std::string whyBare; //!< What kept a detector from being contained that should be.
    run::ChildEnd end;
    score::AlertFile file;
    score::CellEnd ended = score::CellEnd::Judged;
    nlohmann::ordered_json reading; //!< What a built-in detector read of each file; else null.
    std::string problem;
    int code = 0; //!< See run::FaultStatus.
};

/// "bare", "contained", or nothing.
std::string_view GradeOf(Blindness blindness);

/**
 * Lets a detector judge folders and files as one case.
 *
 * One that is built in is handed the paths. A user's is handed an opaque copy, of several paths one
 * folder with all of them, and works in a folder of its own; files that its command names relative
 * to this process's folder are found.
 *
 * \param paths one or more
 * \param temporary folder for copies and alerts
 */
DetectorRun Judge(const DetectorChoice& detector,
                  const std::vector<std::string>& paths,
                  const std::filesystem::path& temporary);

/// How `COMMAND --list --json` ended and what it printed, started as above but without evidence.
run::ChildEnd DeclarationOf(const DetectorChoice& detector, const std::filesystem::path& temporary);

/// ": ..." with the last line that a process wrote to standard error; empty if there is none.
/// \param signal lines with this name are a shell's words about its end, not its own
std::string LastWords(const run::ChildEnd& end, const std::string& signal = {});

} // namespace bouncelab::judge

#endif // BOUNCELAB_LAB_JUDGE_JUDGEMENT_H
