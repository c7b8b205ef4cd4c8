#ifndef BOUNCELAB_DETECTORS_READERS_DIALOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_DIALOG_READER_H

#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds SMTP dialogs that somebody pasted: of telnet, nc or openssl, of test tools and mail
 * libraries, with marks of direction ("C:", "->", "SMTP<<", "send:") or without, and in the rows of
 * logs behind a stamp. Each becomes a session of the client's own record, or of the server's where
 * the rows are a server's. A server that is told by no address is known by the name that it was
 * called by, or greets with; the client by nothing.
 *
 * What stands between 354 and the lone dot is the message, whatever it looks like. A line of a
 * dialog is nobody else's.
 */
class DialogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(LogSession&&)>;

    /// \param file index of the file whose lines come.
    DialogReader(Handler handler, std::uint16_t file)
        : m_handler(std::move(handler))
        , m_file(file)
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "SMTP dialog"; }

    bool IsExclusive() const override { return m_isOwn; }

  private:
    /// A line that may end a message's content, or be part of it.
    struct Doubtful
    {
        std::uint32_t number;
        std::string text;
    };

    bool ReadRow(std::uint32_t number, std::string_view line);
    bool ReadLine(std::uint32_t number, std::string_view line);
    bool ReadContent(std::uint32_t number, std::string_view text, std::string_view line);
    void EndContent();
    bool ReadTarget(std::string_view text);
    void SkipProcess(std::string_view& text);
    bool ReadReply(std::uint32_t number, std::string_view text, std::string_view line, bool marked);
    bool ReadCommand(std::uint32_t number,
                     std::string_view text,
                     std::string_view line,
                     bool marked);
    void Append(std::uint32_t number, char event, std::string_view data, std::string_view line);
    void Close();

    Handler m_handler;
    std::uint16_t m_file;
    bool m_isOpen = false;
    bool m_isExpected = false; //!< Somebody has just called a server.
    bool m_inContent = false;
    bool m_inReply = false;    //!< Its last line has not come.
    bool m_isOwn = false;      //!< The last line was a dialog's.
    bool m_isServers = false;  //!< The record is the server's.
    std::size_t m_pending = 0; //!< Commands that wait for their replies.
    bool m_hasCommands = false;
    std::string m_lastCode;
    std::vector<Doubtful> m_doubtful;
    std::map<std::string, std::unique_ptr<DialogReader>> m_rows; //!< By what rows have in common.
    std::string m_lastVerb;
    LogSession m_session;
    HostAddress m_address; //!< Of the server that is called.
    std::string m_name;
    std::uint16_t m_port = 0;
    std::int64_t m_process = 0; //!< That Exim\'s debug output names before each line; 0 = none.
    std::uint64_t m_number = 0;
    std::uint32_t m_calledAt = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_DIALOG_READER_H
