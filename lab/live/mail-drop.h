#ifndef BOUNCELAB_LAB_LIVE_MAIL_DROP_H
#define BOUNCELAB_LAB_LIVE_MAIL_DROP_H

#include "models/mail/message.h"

#include <cstdint>
#include <filesystem>

namespace bouncelab::live
{

/**
 * The folder from which a mail program outside takes what its users write: NNNN.eml, the text with
 * LF line ends, then NNNN.json, {"id": Message-ID, "from": ..., "to": [...]}. Both appear whole,
 * the .eml file first; until then a file has a name that no search for *.json or *.eml finds, not
 * even one that includes hidden files.
 */
class MailDrop
{
  public:
    /// \param folder exists
    explicit MailDrop(std::filesystem::path folder)
        : m_folder(std::move(folder))
    {
    }

    /// \throws LiveError
    void Put(const mail::Submission& submission);

  private:
    std::filesystem::path m_folder;
    std::uint64_t m_count = 0;
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_MAIL_DROP_H
