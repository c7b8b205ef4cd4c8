#include "detectors/readers/client-error-reader.h"

#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

namespace
{

constexpr int LONGEST_LIST = 1000; //!< Lines that may name recipients.

/// A reply and what closes its quotes taken off.
std::string_view
Unquoted(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (!text.empty() && text.back() == '\'')
    {
        text.remove_suffix(1);
    }
    return text;
}

bool
IsReply(std::string_view text)
{
    return text.size() >= 3 && (text[0] == '4' || text[0] == '5') && IsDigit(text[1]) &&
           IsDigit(text[2]);
}

} // namespace

bool
ClientErrorReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    std::string_view reply;
    bool ofRecipient = false;
    if (const auto error = scan::After(text, fields::outlook::SERVER_ERROR))
    {
        reply = Unquoted(*error);
        ofRecipient = m_listed > 0;
    }
    else if (const auto responded = scan::After(text, fields::outlook::SERVER_RESPONDED))
    {
        reply = Unquoted(*responded);
    }
    else if (text == fields::outlook::CANNOT_BE_REACHED)
    {
        m_listed = 1;
        m_recipient.clear();
        return true;
    }
    else if (m_listed > 0)
    {
        const std::size_t end = text.size() > 1 ? text.find("' on ", 1) : std::string_view::npos;
        if (text.substr(0, 1) == "'" && end != std::string_view::npos)
        {
            m_recipient = text.substr(1, end - 1);
        }
        m_listed = m_listed < LONGEST_LIST ? m_listed + 1 : 0;
        return end != std::string_view::npos;
    }
    if (!IsReply(reply))
    {
        return false;
    }
    m_handler(
        {number, std::string(text), std::string(reply), ofRecipient ? m_recipient : std::string()});
    return true;
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::ClientErrors::Readers(detectors::ServerLogs& logs,
                                           const std::string& file,
                                           ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::ClientErrorReader>(detectors::KeepIn(logs.clientErrors, file)));
}
