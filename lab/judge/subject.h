#ifndef BOUNCELAB_LAB_JUDGE_SUBJECT_H
#define BOUNCELAB_LAB_JUDGE_SUBJECT_H

#include "lab/judge/judgement.h"
#include "lab/score/detector-scope.h"
#include "lab/score/run-folder.h"

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace bouncelab::judge
{

/// What a detector says of itself cannot be used, or nobody has said anything of it.
class DeclarationError : public std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// A program that is judged: one detector, or several whose names its alerts bear.
struct Subject
{
    std::string name; //!< Of the program; lower-case letters, digits, - and .
    DetectorChoice choice;
    std::map<std::string, score::DetectorScope> detectors;
    std::filesystem::path folder; //!< For what it says, where that is kept.

    /// Whether a place that holds these kinds of evidence lets any of them judge.
    bool CanRead(const std::set<std::string>& kinds) const;
};

/// What the user says of a detector, in place of what it says itself.
struct Declaration
{
    std::vector<std::string> finds; //!< Classes, families, or `all`.
    std::vector<std::string> reads; //!< Kinds of evidence.
};

/**
 * Finds out what is judged: the built-in detectors, an adapter, or a command, which is asked by
 * `--list --json` where the user does not say what it finds.
 *
 * \param temporary folder for what is started
 * \throws DeclarationError, run::DetectorError
 */
Subject SubjectOf(const DetectorChoice& choice,
                  const Declaration& declaration,
                  const std::filesystem::path& temporary);

/// Where the words of a detector about a vantage of a run are kept: RECORDS/SCENARIO/VARIANT/
/// seed-N/VANTAGE.jsonl, and .stderr beside it.
std::filesystem::path RecordOf(const std::filesystem::path& records,
                               const score::JudgedCell& cell,
                               const char* ending);

/**
 * Starts a program on the evidence of each vantage of a finished run, keeps what it says, and holds
 * it against the truth.
 *
 * \param vantages only these; empty = all
 * \param records see RecordOf()
 */
std::vector<score::JudgedCell> JudgeRun(const Subject& subject,
                                        const score::RunFolder& run,
                                        const std::vector<std::string>& vantages,
                                        const std::filesystem::path& records,
                                        const std::filesystem::path& temporary);

} // namespace bouncelab::judge

#endif // BOUNCELAB_LAB_JUDGE_SUBJECT_H
