#include "detectors/readers/mailbox-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

bool
MailboxReader::Line(std::uint32_t number, std::string_view text)
{
    constexpr std::string_view DELIVERED = "delivered-to:";
    constexpr std::string_view MESSAGE_ID = "message-id:";
    if (m_afterBlank && text.substr(0, 5) == "From ")
    {
        Finish();
        m_isOpen = true;
        m_inHeader = true;
        m_mail.line = number;
    }
    else if (m_keepsText && m_isOpen)
    {
        m_mail.text.append(text).append("\n");
    }
    m_afterBlank = Trim(text, LINE_BLANKS).empty();
    if (!m_inHeader)
    {
        return m_isOpen;
    }
    if (m_afterBlank)
    {
        m_inHeader = false;
        if (!m_keepsText)
        {
            Finish();
        }
        return true;
    }
    const std::string name = InLowerCase(text.substr(0, DELIVERED.size()));
    if (name == DELIVERED && m_mail.deliveredTo.empty())
    {
        m_mail.deliveredTo = InLowerCase(
            Trim(text.substr(DELIVERED.size()), LINE_BLANKS).substr(0, scan::LONGEST_FIELD));
    }
    else if (name.substr(0, MESSAGE_ID.size()) == MESSAGE_ID)
    {
        m_mail.messageId =
            Trim(text.substr(MESSAGE_ID.size()), LINE_BLANKS).substr(0, scan::LONGEST_FIELD);
    }
    return true;
}

void
MailboxReader::Finish()
{
    if (m_isOpen && !m_mail.deliveredTo.empty() && !m_mail.messageId.empty())
    {
        m_handler(m_mail);
    }
    m_mail = StoredMail();
    m_isOpen = false;
    m_inHeader = false;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::Mailboxes::Readers(detectors::ServerLogs& logs,
                                        const std::string& file,
                                        ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::MailboxReader>(detectors::KeepIn(logs.stored, file)));
    readers.push_back(
        std::make_unique<detectors::ReportDatesReader>(detectors::KeepIn(logs.reportDates, file)));
}
