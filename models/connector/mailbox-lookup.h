#ifndef BOUNCELAB_MODELS_CONNECTOR_MAILBOX_LOOKUP_H
#define BOUNCELAB_MODELS_CONNECTOR_MAILBOX_LOOKUP_H

#include "formats/clock.h"
#include "models/service/directory-client.h"

#include <functional>
#include <optional>

namespace bouncelab::connector
{

/// One connection's question to the directory; the next is asked after the answer to the last.
class MailboxLookup
{
  public:
    /// What a question came to.
    struct Answer
    {
        service::LookupStatus status;
        Nanoseconds waited;
    };

    /**
     * \param directory has to outlive it; null = there is none
     * \param onAnswer called once for each question, later
     */
    MailboxLookup(service::DirectoryClient* directory, std::function<void()> onAnswer);

    ~MailboxLookup() { Forget(); }

    MailboxLookup(const MailboxLookup&) = delete;
    MailboxLookup& operator=(const MailboxLookup&) = delete;

    bool HasDirectory() const { return m_directory != nullptr; }

    void Ask(Nanoseconds now); //!< \pre HasDirectory()

    std::optional<Answer> TakeAnswer(Nanoseconds now); //!< Nothing while it is awaited.

    void Forget(); //!< Nobody waits any more.

  private:
    service::DirectoryClient* m_directory;
    std::function<void()> m_onAnswer;
    std::optional<service::LookupTicket> m_ticket; //!< Of the question under way.
    std::optional<service::LookupStatus> m_status; //!< What it came to.
    Nanoseconds m_asked{0};
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_MAILBOX_LOOKUP_H
