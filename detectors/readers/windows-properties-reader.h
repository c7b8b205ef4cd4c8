#ifndef BOUNCELAB_DETECTORS_READERS_WINDOWS_PROPERTIES_READER_H
#define BOUNCELAB_DETECTORS_READERS_WINDOWS_PROPERTIES_READER_H

#include "detectors/readers/text-line-reader.h"
#include "detectors/readers/windows-event-reader.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Finds entries of Windows' event logs as PowerShell lists their properties: Get-EventLog and
 * Get-WinEvent with Format-List, in any order. An entry ends at a blank line, or where a property
 * comes once more.
 */
class WindowsPropertiesReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const WindowsEvent&)>;

    explicit WindowsPropertiesReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Windows event"; }

  private:
    Handler m_handler;
    WindowsEvent m_open;
    bool m_inMessage = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WINDOWS_PROPERTIES_READER_H
