#include "lab/evidence/log-writer.h"

#include <fmt/format.h>

namespace bouncelab::evidence::relay
{

/// What the relay testers of a host print, a file for each.
class RelayTranscripts : public LogWriter
{
  public:
    explicit RelayTranscripts(const LogPlace& place)
        : m_folder(place.folder)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* said = event.As<host::TranscriptEvent>())
        {
            OutputFile& file = m_folder.Open(fmt::format("relay-test-{}.txt", said->tester));
            file.Write(said->line);
            file.Write("\n");
        }
    }

  private:
    VantageFolder& m_folder;
};

} // namespace bouncelab::evidence::relay

bouncelab::dialects::WriterPtr
bouncelab::dialects::RelayTranscript::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::relay::RelayTranscripts>(place);
}
