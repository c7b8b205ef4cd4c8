#include "lab/evidence/log-writer.h"

#include <fmt/format.h>

namespace bouncelab::evidence::route
{

/// What each traceroute from the gateway printed.
class Traceroutes : public LogWriter
{
  public:
    explicit Traceroutes(const LogPlace& place)
        : m_folder(place.folder)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* route = event.As<host::TracerouteEvent>())
        {
            m_folder.WriteFile(fmt::format("traceroute-{}.txt", route->name),
                               path::TracerouteText(route->result));
        }
    }

  private:
    VantageFolder& m_folder;
};

} // namespace bouncelab::evidence::route

bouncelab::dialects::WriterPtr
bouncelab::dialects::TracerouteOutput::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::route::Traceroutes>(place);
}
