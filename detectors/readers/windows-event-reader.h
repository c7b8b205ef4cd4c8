#ifndef BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_READER_H
#define BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// An entry of a Windows event log.
struct WindowsEvent
{
    std::uint32_t line = 0;       //!< Where its description, its row or its first <Data> begins.
    std::string text;             //!< That line.
    std::optional<WallTime> time; //!< As printed: of text and CSV local, of XML UTC.
    std::string source;           //!< "MSExchangeTransport"
    std::uint32_t id = 0;
    std::string computer;    //!< Empty in CSV.
    std::string description; //!< Its lines joined by LF; of XML without a message, "name: value"s.
};

/// A log-on that a receiving server refused, as its event log tells it (Exchange's event 1035).
struct AuthFailure
{
    std::uint32_t line = 0;
    std::string text;
    std::string error;     //!< "UnexpectedExchangeAuthBlob"
    std::string connector; //!< Name of the Receive connector.
    std::string mechanism; //!< "ExchangeAuth"
    HostAddress source;

    /// Whether a server wanted to prove to another one who it is; else a client its user.
    bool IsByServer() const;
};

enum class EventHead : std::uint8_t; //!< A label of an entry's, as the viewer shows it.

/**
 * Finds entries of Windows event logs: as the viewer shows or copies them (of today's and of old
 * form, also run into one line), saves them (CSV, or with tabs), and as XML (wevtutil /f:xml,
 * Get-WinEvent's ToXml), an element or an event a line. The sentence of event 1035 is found alone,
 * too. An event of which both forms stand together is told once.
 */
class WindowsEventReader : public TextLineReader
{
  public:
    struct Handlers
    {
        std::function<void(const WindowsEvent&)> event;
        std::function<void(const AuthFailure&)> failure;
    };

    explicit WindowsEventReader(Handlers handlers)
        : m_handlers(std::move(handlers))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Windows event"; }

  private:
    bool ReadSentence(std::uint32_t number, std::string_view text);
    bool ReadXml(std::uint32_t number, std::string_view text);
    void FinishXml(std::string_view element);
    bool ReadCsv(std::uint32_t number, std::string_view text);
    bool BeginCsv(std::string_view text);
    bool FinishRow();
    bool ReadRunTogether(std::uint32_t number, std::string_view text);
    bool ReadText(std::uint32_t number, std::string_view text);
    void TakeHead(EventHead head, std::string_view value);
    void Flush();

    Handlers m_handlers;
    bool m_told = false; //!< Event 1035 as text, before its XML.

    WindowsEvent m_open; //!< As text.
    std::string m_date;
    bool m_isOpen = false;
    bool m_inDescription = false;
    bool m_isOver = false;     //!< An empty line has ended the description.
    bool m_xmlFollows = false; //!< Of the same entry.

    std::string m_xml; //!< From an event's begin on.
    std::uint32_t m_xmlLine = 0;
    bool m_isRepeated = false; //!< The event was told as text.

    std::vector<std::string> m_columns; //!< Of a list in CSV; empty = none is open.
    char m_separator = ',';
    std::string m_row;
    std::uint32_t m_rowLine = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WINDOWS_EVENT_READER_H
