#ifndef BOUNCELAB_DETECTORS_READERS_REPLY_READER_H
#define BOUNCELAB_DETECTORS_READERS_REPLY_READER_H

#include "detectors/readers/reply-in-text.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/status-notification.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds the replies that a text reports which is no log: bounces of Postfix, Exim, qmail, Sendmail,
 * Exchange and others, delivery status notifications, queue listings, errors of mail programs and
 * libraries, and replies that somebody pasted alone. Logs and dialogs have readers of their own.
 *
 * A reply of several lines is one, also where somebody put an empty line into it, and the same
 * reply told twice in a text (for people, and in the delivery status) too. What is said of the
 * other end, the step and the recipient belongs to the record in which it is said: a line, a
 * paragraph, or what follows the recipient's name. The copy of a message that a bounce returns is
 * not read, and neither is what only mentions replies (reply-in-text.h). Several replies that stand
 * alone, of different codes and about nobody, are a list of codes: of such a reply only the end of
 * the text shows whether it is one.
 */
class ReplyReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReportedReply&)>;

    explicit ReplyReader(Handler handler)
        : m_handler(std::move(handler))
        , m_notification([this](const ReportedReply& reply) { Keep(reply); })
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "reported replies"; }

  private:
    /// What was said of the other end and the step before a reply, of the same recipient.
    struct Context
    {
        std::string recipient;
        std::string host;
        HostAddress address;
        std::string stage;
        std::uint32_t line = 0; //!< Where the last of it was said.
    };

    bool IsReport() const { return !m_program.empty(); }

    bool ReadContext(std::uint32_t number, std::string_view text);
    void KeepBefore(std::string_view text);
    bool ReadParagraph(std::uint32_t number, std::string_view text);
    bool ReadTranscript(std::uint32_t number, std::string_view text);
    bool ReadReply(std::uint32_t number, std::string_view text);
    bool ReadCodeless(std::uint32_t number, std::string_view text);
    bool ReadFields(std::uint32_t number, std::string_view text);
    bool ReadHostCode(std::uint32_t number, std::string_view text);
    bool ReadStock(std::uint32_t number, std::string_view text, std::string_view lower);
    bool ReadClientsWords(std::string_view text, std::string_view lower, ReportedReply& reply);
    bool ReadFailure(std::uint32_t number, std::string_view text);
    ReportedReply ReplyAt(std::uint32_t number, std::string_view text) const;
    void Begin(std::uint32_t number, std::string_view text, const ReplyInText& found);
    bool GoOn(std::string_view line, std::string_view text);
    bool IsUnfinished() const;
    void Close();
    void Keep(ReportedReply reply);

    Handler m_handler;
    StatusNotification m_notification;
    std::string m_program; //!< That the text seems to come from.
    Context m_context;
    std::optional<ReportedReply> m_open;        //!< Whose further lines may come.
    bool m_isParagraph = false;                 //!< The open one ends at a blank line.
    bool m_isIndented = false;                  //!< Its further lines are.
    bool m_isGap = false;                       //!< An empty line stands behind the open one.
    bool m_isSpaced = false;                    //!< It goes on behind empty lines.
    std::string m_words;                        //!< Of the open paragraph.
    std::string m_command;                      //!< Of a transcript.
    std::optional<ReportedReply> m_unexplained; //!< A failure whose cause the next lines may tell.
    std::optional<ReportedReply> m_unplaced;    //!< One of which the next lines may show that it is
                                                //!< about mail.
    std::string m_before;                       //!< The lines before, from the last empty one on.
    bool m_isLed = false;      //!< The line before ends in words that lead to a reply.
    bool m_isDelay = false;    //!< The sender of the report goes on trying.
    bool m_isMailbox = false;  //!< The text holds mails one after another.
    bool m_inCopy = false;     //!< Of the message that a bounce returns.
    std::uint32_t m_texts = 0; //!< Lines that were not blank.
    std::uint32_t m_lone = 0;  //!< Replies that stand alone.
    std::vector<ReportedReply> m_kept;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPLY_READER_H
