#ifndef BOUNCELAB_TESTS_DETECTORS_RUN_DETECTOR_H
#define BOUNCELAB_TESTS_DETECTORS_RUN_DETECTOR_H

#include "detectors/evidence.h"
#include "formats/alert.h"
#include "packet-script.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// A folder for evidence that goes when the test does.
class EvidenceScratch
{
  public:
    EvidenceScratch();
    ~EvidenceScratch();
    EvidenceScratch(const EvidenceScratch&) = delete;
    EvidenceScratch& operator=(const EvidenceScratch&) = delete;

    const std::filesystem::path& Path() const { return m_path; }

    /// \param name of the file below the folder; its own folders are made.
    void Write(const std::string& name, const std::string& bytes) const;

  private:
    std::filesystem::path m_path;
};

/// All alerts of all detectors, or of one, on a path.
std::vector<Alert> JudgePath(const std::filesystem::path& path,
                             const std::string& detector = "",
                             std::vector<std::string>* notes = nullptr);

/// What one detector says of a capture's bytes.
std::vector<Alert> JudgeCapture(const std::string& bytes,
                                const std::string& detector,
                                const detectors::EvidenceContext& context = {});

/// What one detector says of packets.
std::vector<Alert> Judge(const PacketScript& packets, const std::string& detector);

/// What a detector says of logs and texts alone.
std::vector<Alert> JudgeLogs(const std::string& detector,
                             const detectors::EvidenceContext& context);

/// How many alerts are alarms.
std::size_t CountFaults(const std::vector<Alert>& alerts);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_RUN_DETECTOR_H
