#include "lab/evidence/snort-log.h"

namespace bouncelab::evidence
{

SnortLog::SnortLog(VantageFolder& folder, const HostClock& clock, const HomeNet& home)
    : m_folder(folder)
    , m_clock(clock)
    , m_home(home)
{
}

void
SnortLog::Write(const Frame& frame)
{
    m_name.assign("snort/");
    SnortLogName(m_name, frame, m_home);
    m_block.clear();
    AppendSnortBlock(m_block, frame, m_clock.Read(frame.time), m_clock.zoneSeconds);
    FileOf(m_name).Write(m_block);
}

void
SnortLog::Close()
{
    for (OpenFile& entry : m_recent)
    {
        entry.file->Close();
    }
    m_open.clear();
    m_recent.clear();
}

OutputFile&
SnortLog::FileOf(const std::string& name)
{
    const auto found = m_open.find(name);
    if (found != m_open.end())
    {
        m_recent.splice(m_recent.begin(), m_recent, found->second);
        return *found->second->file;
    }
    if (m_recent.size() == MAX_OPEN)
    {
        m_recent.back().file->Close();
        m_open.erase(m_recent.back().name);
        m_recent.pop_back();
    }
    auto file = m_folder.Append(name);
    m_recent.push_front(OpenFile{name, std::move(file)});
    m_open.emplace(name, m_recent.begin());
    return *m_recent.front().file;
}

} // namespace bouncelab::evidence
