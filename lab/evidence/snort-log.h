#ifndef BOUNCELAB_LAB_EVIDENCE_SNORT_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_SNORT_LOG_H

#include "formats/clock.h"
#include "lab/evidence/snort-text.h"
#include "lab/evidence/vantage-folder.h"

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace bouncelab::evidence
{

/**
 * Snort's ASCII packet log below `snort/` of a vantage: one file per pair of hosts and ports. Few
 * files stay open, however many there are.
 */
class SnortLog
{
  public:
    SnortLog(VantageFolder& folder, const HostClock& clock, const HomeNet& home);

    void Write(const Frame& frame);
    void Close();

  private:
    struct OpenFile
    {
        std::string name;
        std::unique_ptr<OutputFile> file;
    };

    OutputFile& FileOf(const std::string& name);

    static constexpr std::size_t MAX_OPEN = 32;

    VantageFolder& m_folder;
    HostClock m_clock;
    HomeNet m_home;
    std::string m_name;
    std::string m_block;
    std::list<OpenFile> m_recent; //!< Open files, the last used first.
    std::unordered_map<std::string, std::list<OpenFile>::iterator>
        m_open; //!< Looked up, never walked.
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SNORT_LOG_H
