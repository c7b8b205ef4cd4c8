#ifndef BOUNCELAB_DETECTORS_READERS_RELAY_TRANSCRIPT_READER_H
#define BOUNCELAB_DETECTORS_READERS_RELAY_TRANSCRIPT_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// A recipient that a relay tester asked for, and what the server said
/// (docs/formats-relay-test.md).
struct RelayTrial
{
    std::uint32_t line = 0;   //!< Of the command, from 1.
    std::string text;         //!< The line.
    std::uint32_t number = 0; //!< The tester's own number of the test; 0 = none stands before it.
    std::string server;       //!< Name, as the title has it; "" without a title.
    std::optional<HostAddress> address;
    std::string resetReply;  //!< To the RSET ahead of it, its last line; empty = none.
    std::string senderReply; //!< To MAIL.
    std::string sender;      //!< In lower case, without brackets.
    std::string recipient;   //!< Ditto.
    std::uint32_t replyLine = 0;
    std::uint32_t code = 0;
    std::uint32_t takenLine = 0; //!< Where the server takes a message for it; 0 = it takes none.
    std::string reply;           //!< Its last line.
    std::string greeting; //!< The server's first line, without its code; empty = none stands there.
};

/// Reads what a relay tester printed: dialogues behind ">>>" and "<<<".
class RelayTranscriptReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const RelayTrial&)>;

    explicit RelayTranscriptReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "relay tester's transcript"; }

    void End() override;

  private:
    bool ReadMethod(std::string_view text);
    void ReadTitle(std::string_view rest);
    void ForgetAnswers();
    void TellAnswered();
    void Said(std::uint32_t number, std::string_view line, std::string_view command);
    void Heard(std::uint32_t number, std::string_view reply);

    Handler m_handler;
    std::string m_server;
    std::optional<HostAddress> m_address;
    std::uint32_t m_test = 0;
    std::string m_sender;
    std::string m_greeting;
    std::vector<RelayTrial> m_answered; //!< Since the last reset.
    bool m_inMessage = false;
    std::string m_resetReply;
    std::string m_senderReply;
    std::string* m_answer = nullptr;  //!< Where the last line of the next reply belongs.
    std::optional<RelayTrial> m_open; //!< Asked, and not answered yet.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_RELAY_TRANSCRIPT_READER_H
