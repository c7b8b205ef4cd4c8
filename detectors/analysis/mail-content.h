#ifndef BOUNCELAB_DETECTORS_ANALYSIS_MAIL_CONTENT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_MAIL_CONTENT_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// What a capture shows of one message's content, as far as it helps to know it again elsewhere.
struct MailContent
{
    std::uint64_t octets = 0;        //!< On the wire, without the final dot.
    std::string messageId;           //!< With its brackets; "" if there is none.
    std::string subject;             //!< Its first line.
    bool isReport = false;           //!< multipart/report, or a report's usual sender or subject.
    std::string reportedId;          //!< Message-ID that the body quotes, as reports do.
    std::vector<std::string> failed; //!< Final-Recipient fields, in lower case.
    std::uint64_t bodyHash = 0;      //!< Of the body's lines; 0 = the body is empty.

    /// Whether both are records of one message: by Message-ID, where both have one, else by body.
    bool IsSame(const MailContent& other) const;
};

/// Takes content line by line, as SMTP sends it.
class ContentScanner
{
  public:
    void Line(std::string_view line);

    /// What the lines since the last call were; starts anew.
    MailContent Take();

    bool IsEmpty() const { return m_content.octets == 0; }

  private:
    void Header(std::string_view line);
    void Body(std::string_view line);

    MailContent m_content;
    bool m_inBody = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_MAIL_CONTENT_H
