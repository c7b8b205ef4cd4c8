#include "lab/evidence/client-error-text.h"

#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/print.h"

#include <algorithm>
#include <string>

namespace bouncelab::evidence
{

namespace
{

/// "11/16/2011 12:11 PM"
void
AppendDate(std::string& out, const CivilTime& local)
{
    Print(out,
          "{}/{}/{} {}:{:02} {}",
          local.month,
          local.day,
          local.year,
          local.hour % 12 == 0 ? 12 : local.hour % 12,
          local.minute,
          local.hour < 12 ? "AM" : "PM");
}

} // namespace

void
ClientErrorText::Write(const ClientErrorRecord& record)
{
    using namespace fields::outlook;
    std::string reply(TrimEnd(record.reply, "\n"));
    std::replace(reply.begin(), reply.end(), '\n', ' ');
    std::string text;
    if (record.recipient.empty())
    {
        Print(text,
              "{}{}{}{:08X}) : '{}{}'\n\n",
              TASK,
              record.account,
              REPORTED_ERROR,
              record.errorCode,
              SERVER_RESPONDED,
              reply);
    }
    else
    {
        Print(text, "{}\n\n      {}{}\n      {}", NOT_REACHED, SUBJECT, record.subject, SENT);
        AppendDate(text, m_clock.Local(m_clock.Read(record.sentNs)));
        Print(text, "\n\n{}\n\n      '{}' on ", CANNOT_BE_REACHED, record.recipient);
        AppendDate(text, m_clock.Local(m_clock.Read(record.timeNs)));
        Print(text, "\n            {}{}'\n\n", SERVER_ERROR, reply);
    }
    m_file.Write(text);
}

} // namespace bouncelab::evidence
