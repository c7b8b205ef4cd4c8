#include "detectors/analysis/mail-content.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_FAILED = 100;
constexpr std::uint64_t HASH_START = 0xCBF29CE484222325; // FNV-1a
constexpr std::uint64_t HASH_PRIME = 0x100000001B3;

/// The value of a header field whose name, in lower case and with its colon, is given.
std::optional<std::string_view>
FieldOf(std::string_view line, std::string_view name)
{
    if (!StartsWithIgnoringCase(line, name))
    {
        return std::nullopt;
    }
    return Trim(line.substr(name.size()), LINE_BLANKS).substr(0, scan::LONGEST_FIELD);
}

bool
StartsWithAny(const std::string& text, std::initializer_list<std::string_view> words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return StartsWith(text, word); });
}

} // namespace

bool
MailContent::IsSame(const MailContent& other) const
{
    if (!messageId.empty() && !other.messageId.empty())
    {
        return messageId == other.messageId;
    }
    return bodyHash != 0 && bodyHash == other.bodyHash;
}

void
ContentScanner::Line(std::string_view line)
{
    m_content.octets += line.size() + 2;
    if (m_inBody)
    {
        Body(line);
    }
    else if (Trim(line, LINE_BLANKS).empty())
    {
        m_inBody = true;
    }
    else
    {
        Header(line);
    }
}

MailContent
ContentScanner::Take()
{
    MailContent content = std::move(m_content);
    m_content = MailContent();
    m_inBody = false;
    return content;
}

void
ContentScanner::Header(std::string_view line)
{
    if (const auto id = FieldOf(line, "message-id:"))
    {
        m_content.messageId = *id;
    }
    else if (const auto subject = FieldOf(line, "subject:"))
    {
        m_content.subject = *subject;
        m_content.isReport =
            m_content.isReport || StartsWithAny(InLowerCase(*subject),
                                                {"undeliver",
                                                 "failure notice",
                                                 "delivery status notification (failure)",
                                                 "returned mail",
                                                 "mail delivery failed"});
    }
    else if (const auto type = FieldOf(line, "content-type:"))
    {
        m_content.isReport =
            m_content.isReport || StartsWithAny(InLowerCase(*type), {"multipart/report"});
    }
    else if (const auto from = FieldOf(line, "from:"))
    {
        m_content.isReport =
            m_content.isReport || InLowerCase(*from).find("mailer-daemon@") != std::string::npos;
    }
}

void
ContentScanner::Body(std::string_view line)
{
    if (const auto id = FieldOf(line, "message-id:"); id && m_content.reportedId.empty())
    {
        m_content.reportedId = *id;
    }
    if (auto failed = FieldOf(line, "final-recipient:");
        failed && m_content.failed.size() < MOST_FAILED)
    {
        const std::size_t type = failed->find(';');
        failed->remove_prefix(type == std::string_view::npos ? 0 : type + 1);
        m_content.failed.push_back(InLowerCase(Trim(*failed, LINE_BLANKS)));
    }
    std::uint64_t& hash = m_content.bodyHash;
    for (const char c : Trim(line, LINE_BLANKS))
    {
        hash = ((hash == 0 ? HASH_START : hash) ^ static_cast<unsigned char>(c)) * HASH_PRIME;
    }
}

} // namespace bouncelab::detectors
