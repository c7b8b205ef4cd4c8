#ifndef BOUNCELAB_LAB_EVIDENCE_ROLLING_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_ROLLING_LOG_H

#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/evidence/output-file.h"
#include "lab/evidence/vantage-folder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/// Where and how one of Exchange's logs is kept.
struct RollingLogOptions
{
    std::string folder; //!< Below the vantage's folder, with '/' at its end; empty = the folder.
    std::string version{fields::exchange::VERSION_2010}; //!< As the header shows it.
    std::uint64_t maxBytes = 10 << 20; //!< A file that has reached this is followed by the next.
};

/**
 * The files of one Exchange log: PREFIXyyyymmdd-n.log, where the day is that of UTC and n counts
 * from 1 on each day. Each begins with the header of five lines. No file is made before there is a
 * line for it. A clock that is set back does not reopen the day before.
 */
class RollingLog
{
  public:
    /// \param vantage not owned. \param prefix,type,fieldList formats/exchange-fields.h
    RollingLog(VantageFolder& vantage,
               std::string_view prefix,
               std::string_view type,
               std::string_view fieldList,
               RollingLogOptions options);

    /// \param line with its line end. \param reading the host's clock.
    void Write(WallTime reading, std::string_view line);

    /// Closes the file; throws std::runtime_error as OutputFile does.
    void Close();

  private:
    void Begin(WallTime reading, std::int64_t day);

    VantageFolder& m_vantage;
    std::string_view m_prefix;
    std::string_view m_type;
    std::string_view m_fieldList;
    RollingLogOptions m_options;
    std::unique_ptr<OutputFile> m_file;
    std::int64_t m_day = 0; //!< Since 1970, of the open file.
    int m_number = 0;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_ROLLING_LOG_H
