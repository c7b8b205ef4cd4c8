#ifndef BOUNCELAB_DETECTORS_READERS_MAILBOX_READER_H
#define BOUNCELAB_DETECTORS_READERS_MAILBOX_READER_H

#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string>

namespace bouncelab::detectors
{

/// A message as it lies in a mailbox.
struct StoredMail
{
    std::uint32_t line = 0;  //!< Of its "From " line, from 1.
    std::string deliveredTo; //!< In lower case.
    std::string messageId;   //!< With its brackets.
    std::string text;        //!< All of it, lines ended by LF; empty unless it is to be kept.
};

/// Reads mbox files (RFC 4155): messages whose headers tell both whom they were delivered to and
/// their Message-IDs.
class MailboxReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const StoredMail&)>;

    /// \param keepsText whether messages are handed on with their texts, rather than by headers
    explicit MailboxReader(Handler handler, bool keepsText = false)
        : m_handler(std::move(handler))
        , m_keepsText(keepsText)
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "mailbox"; }

    void End() override { Finish(); }

  private:
    void Finish();

    Handler m_handler;
    bool m_keepsText;
    StoredMail m_mail;
    bool m_isOpen = false;
    bool m_inHeader = false;
    bool m_afterBlank = true; //!< Where a "From " line may stand.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MAILBOX_READER_H
