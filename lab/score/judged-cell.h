#ifndef BOUNCELAB_LAB_SCORE_JUDGED_CELL_H
#define BOUNCELAB_LAB_SCORE_JUDGED_CELL_H

#include "formats/enum-names.h"
#include "lab/score/detector-score.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// How a detector's work at one vantage of one run ended.
enum class CellEnd
{
    Judged,      //!< It ended in order; whether it said anything is another question.
    Unsupported, //!< The vantage holds nothing that it reads.
    Crashed,     //!< Ended by a signal, or with another status than 0.
    TimedOut,
    TooMany,    //!< It had more processes than it may have.
    Refused,    //!< Wrote something else than alerts.
    NotStarted, //!< There is no such program, or it may not be started.
};

constexpr auto
EnumNames(CellEnd)
{
    return std::array<EnumName<CellEnd>, 7>{{{"judged", CellEnd::Judged},
                                             {"unsupported", CellEnd::Unsupported},
                                             {"crashed", CellEnd::Crashed},
                                             {"timed out", CellEnd::TimedOut},
                                             {"too many processes", CellEnd::TooMany},
                                             {"refused", CellEnd::Refused},
                                             {"not started", CellEnd::NotStarted}}};
}

/// Whether the detector failed: nothing is known of what it would have said.
constexpr bool
HasFailed(CellEnd end)
{
    return end != CellEnd::Judged && end != CellEnd::Unsupported;
}

/// A fault of the truth that a detector found, or that it is held to and has not found.
struct JudgedFault
{
    std::uint32_t cause = 0;
    std::string dottedClass;
    bool found = false;
    std::string said;  //!< Class of the alarm; else what a line at its place says; else "nothing".
    double score = 0;  //!< Of the alarm that found it.
    std::string place; //!< Where to look: "frame 11", "qmail.log line 3", the connection.
    /// ns from when it first shows to what the alarm cites; 0 if that came before.
    std::optional<std::int64_t> delay;
    std::optional<int> hopError; //!< See Localization.
};

/// An alarm at nothing that is wrong, or at another fault than it says.
struct FalseAlarm
{
    std::string dottedClass;
    double score = 0;
    std::string place;
    std::string truth; //!< Class of a fault at its place that no alarm has found; else empty.
};

/// One detector at one vantage of one run.
struct JudgedCell
{
    std::string scenario;
    std::string variant;
    std::uint64_t seed = 0;
    std::string vantage;
    std::string detector;
    CellEnd end = CellEnd::Judged;
    std::string problem; //!< One sentence where it failed.
    std::string said;    //!< The word that expectations use.
    bool isMute = false; //!< It ended in order without a single line.
    std::uint64_t repeatedAlarms = 0;
    std::uint64_t misplaced = 0;
    std::uint64_t benign = 0;
    std::uint64_t inconclusive = 0;
    std::uint64_t hiddenEvents = 0;
    std::uint64_t otherEvents = 0;
    std::uint64_t cleanSessions = 0; //!< That show at the vantage.
    std::vector<JudgedFault> faults;
    std::vector<FalseAlarm> falseAlarms;

    std::uint64_t Found() const;

    std::uint64_t Missed() const { return faults.size() - Found(); }
};

/// Holds detectors against the truth of one run. Only this, and nothing that it starts, reads it.
class CellJudge
{
  public:
    /// \param run has to outlive this
    explicit CellJudge(const RunFolder& run);

    /// Of a detector that ended in order.
    JudgedCell Judge(const std::string& detector,
                     const std::string& vantage,
                     const std::vector<Alert>& alerts,
                     const DetectorScope& scope);

    /// Of one that did not, or was not started. Faults that it would be held to are no misses.
    JudgedCell Unjudged(const std::string& detector,
                        const std::string& vantage,
                        CellEnd end,
                        const std::string& problem);

    Visibility& Sight() { return m_visibility; }

  private:
    JudgedCell Begin(const std::string& detector, const std::string& vantage);
    std::optional<SimTime> FirstShown(const FaultEvent& event, const std::string& vantage) const;
    std::optional<SimTime> CitedTime(const Alert& alert, const std::string& vantage) const;
    JudgedFault Found(const FaultEvent& event,
                      const Alert& alert,
                      const std::string& vantage) const;
    JudgedFault Missed(const FaultEvent& event, const std::string& vantage) const;

    const RunFolder& m_run;
    std::vector<FaultEvent> m_events;
    Visibility m_visibility;
    WallTime m_start{};
    std::map<std::string, std::map<std::uint64_t, SimTime>> m_frames; //!< By vantage and number.
};

/// Where people look for what an alert is about.
std::string PlaceOf(const Alert& alert);

nlohmann::ordered_json ToJson(const JudgedCell& cell);

/// \throws nlohmann::json::exception
JudgedCell CellFromJson(const nlohmann::ordered_json& json);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_JUDGED_CELL_H
