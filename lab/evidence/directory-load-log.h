#ifndef BOUNCELAB_LAB_EVIDENCE_DIRECTORY_LOAD_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_DIRECTORY_LOAD_LOG_H

#include "formats/clock.h"
#include "lab/evidence/output-file.h"
#include "models/service/directory.h"

namespace bouncelab::evidence
{

/// The load of a directory as a performance log keeps it: one line of CSV per interval, under a
/// line of names (docs/formats-relay-test.md). UTC by the host's clock.
class DirectoryLoadLog
{
  public:
    /// \param file where the lines go, not owned; an empty one gets the names first
    DirectoryLoadLog(OutputFile& file, const HostClock& clock)
        : m_file(file)
        , m_clock(clock)
    {
    }

    void Write(const service::LoadSample& sample);

  private:
    OutputFile& m_file;
    HostClock m_clock;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_DIRECTORY_LOAD_LOG_H
