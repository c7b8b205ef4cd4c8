#include "models/mail/report.h"

#include "formats/text.h"
#include "models/mail/dsn-request.h"
#include "models/mail/message-text.h"
#include "models/mail/mime.h"
#include "models/mail/report-words.h"

#include <fmt/format.h>

#include <utility>

namespace bouncelab::mail
{

namespace
{

constexpr std::chrono::hours HOUR(1);

std::string_view
NameOfAction(ReportAction action)
{
    switch (action)
    {
    case ReportAction::Failed:
        return "failed";
    case ReportAction::Delayed:
        return "delayed";
    case ReportAction::Delivered:
        return "delivered";
    case ReportAction::Relayed:
        break;
    }
    return "relayed";
}

std::string
LocalUsDate(const HostClock& clock, SimTime time)
{
    return UsDate(clock.ReadSeconds(time) + clock.zoneSeconds);
}

/// Composes one report.
class Composer
{
  public:
    Composer(const ReportPersona& persona,
             const Reporter& reporter,
             const ReportedMessage& message,
             const std::vector<ReportedRecipient>& recipients,
             DrawKey draws)
        : m_persona(persona)
        , m_reporter(reporter)
        , m_message(message)
        , m_recipients(recipients)
        , m_draws(draws)
        , m_header(HeaderOf(*message.content))
    {
    }

    std::string Compose()
    {
        const ReportForm& form = FormOf(m_persona, m_recipients.front().action);
        const auto word = [this](std::string& out, std::string_view name)
        { return Word(out, name); };
        MimeReport report;
        report.boundary = ExpandLines(m_persona.boundary, word);
        report.headers = ExpandLines(form.headers, word);
        report.preamble = m_persona.preamble;
        for (const ReportedRecipient& recipient : m_recipients)
        {
            const auto about = [&](std::string& out, std::string_view name)
            { return WordAbout(recipient, out, name); };
            m_paragraphs += ExpandLines(form.recipient, about, m_persona.wrap);
            m_diagnostics += ExpandLines(form.diagnostic, about, m_persona.wrap);
        }
        AddPart(report, m_persona.textType, ExpandLines(form.text, word));
        AddPart(report, "message/delivery-status", Status(word));
        AddReturned(report);
        return WriteReport(report);
    }

  private:
    void AddPart(MimeReport& report, std::string type, std::string content) const
    {
        MimePart part;
        part.type = std::move(type);
        part.content = std::move(content);
        if (report.parts.size() < m_persona.partNames.size())
        {
            part.description = m_persona.partNames[report.parts.size()];
        }
        report.parts.push_back(std::move(part));
    }

    std::string Status(const WordLookUp& word)
    {
        std::string fields = ExpandLines(m_persona.messageFields, word, m_persona.wrap);
        for (const ReportedRecipient& recipient : m_recipients)
        {
            fields += '\n';
            fields += ExpandLines(
                m_persona.recipientFields,
                [&](std::string& out, std::string_view name)
                { return WordAbout(recipient, out, name); },
                m_persona.wrap);
        }
        return fields;
    }

    void AddReturned(MimeReport& report) const
    {
        ReturnedPart returned = m_persona.returned;
        const bool failed = m_recipients.front().action == ReportAction::Failed;
        if (failed && !m_message.returned.empty())
        {
            returned = m_message.returned == "FULL" ? ReturnedPart::Message : ReturnedPart::Header;
        }
        // RFC 3461 4.3: RET is about failures; what has arrived needs no copy.
        if (returned == ReturnedPart::Message &&
            (!failed ||
             (m_persona.returnedLimit > 0 && m_message.content->size() > m_persona.returnedLimit)))
        {
            returned = ReturnedPart::Header;
        }
        if (returned == ReturnedPart::Message)
        {
            AddPart(report, "message/rfc822", *m_message.content);
        }
        else if (returned == ReturnedPart::Header)
        {
            AddPart(report, "text/rfc822-headers", std::string(m_header));
        }
    }

    /// Words about the message and the report.
    WordKind Word(std::string& out, std::string_view word)
    {
        const HostClock& clock = m_reporter.clock;
        if (word == "recipients" || word == "diagnostics" || word == "header")
        {
            out += word == "recipients"    ? std::string_view(m_paragraphs)
                   : word == "diagnostics" ? std::string_view(m_diagnostics)
                                           : m_header;
            return WordKind::Block;
        }
        if (word == "tab")
        {
            out += '\t';
        }
        else if (word == "host")
        {
            out += m_reporter.host;
        }
        else if (word == "domain")
        {
            out += m_reporter.domain;
        }
        else if (word == "pid")
        {
            out += std::to_string(m_reporter.processId);
        }
        else if (word == "bounce-from")
        {
            out += m_reporter.bounceFrom;
        }
        else if (word == "to")
        {
            out += QuoteAddress(m_reporter.addressee);
        }
        else if (word == "date")
        {
            out += Rfc5322Date(clock, m_reporter.now);
        }
        else if (word == "date-us")
        {
            out += LocalUsDate(clock, m_reporter.now);
        }
        else if (word == "stamp")
        {
            const CivilTime utc = CivilFromSeconds(clock.ReadSeconds(m_reporter.now));
            out += fmt::format("{:04}{:02}{:02}{:02}{:02}",
                               utc.year,
                               utc.month,
                               utc.day,
                               utc.hour,
                               utc.minute);
        }
        else if (word == "second")
        {
            out += fmt::format("{:02}", CivilFromSeconds(clock.ReadSeconds(m_reporter.now)).second);
        }
        else if (word == "seconds")
        {
            out += std::to_string(clock.ReadSeconds(m_reporter.now));
        }
        else if (word == "id")
        {
            out += m_reporter.id;
        }
        else if (word == "number")
        {
            out += std::to_string(m_reporter.number);
        }
        else if (word == "hex")
        {
            ++m_drawn;
            out += fmt::format("{:08X}", m_draws("hex", m_drawn).Below(std::uint64_t{1} << 32));
        }
        else if (word == "letters")
        {
            AddLetters(out);
        }
        else if (word == "waited-hours")
        {
            out += std::to_string((m_reporter.now - m_message.arrived) / HOUR);
        }
        else if (word == "lifetime-days")
        {
            out += std::to_string((m_message.expires - m_message.arrived) / (24 * HOUR));
        }
        else if (word == "count")
        {
            out += std::to_string(m_recipients.size());
        }
        else
        {
            return WordOfMessage(out, word);
        }
        return WordKind::Value;
    }

    WordKind WordOfMessage(std::string& out, std::string_view word) const
    {
        if (word == "original-id")
        {
            out += m_message.id;
        }
        else if (word == "message-id")
        {
            out += MessageIdOf(*m_message.content);
        }
        else if (word == "subject")
        {
            out += FieldOf(m_header, "Subject");
            return WordKind::Block;
        }
        else if (word == "sender")
        {
            out += m_message.sender;
        }
        else if (word == "envelope-id")
        {
            out += DecodeXtext(m_message.envelopeId);
        }
        else if (word == "sent")
        {
            out += RawFieldOf(m_header, "Date");
        }
        else if (word == "sent-us")
        {
            const auto sent = ParseDate(RawFieldOf(m_header, "Date"));
            out += sent ? UsDate(*sent + m_reporter.clock.zoneSeconds)
                        : LocalUsDate(m_reporter.clock, m_message.arrived);
        }
        else if (word == "arrived")
        {
            out += Rfc5322Date(m_reporter.clock, m_message.arrived);
        }
        else if (word == "expires")
        {
            out += Rfc5322Date(m_reporter.clock, m_message.expires);
        }
        else
        {
            return WordKind::Unknown;
        }
        return WordKind::Value;
    }

    WordKind WordAbout(const ReportedRecipient& about, std::string& out, std::string_view word)
    {
        const StatusNote& note = about.last.note;
        if (word == "recipient")
        {
            out += about.address;
        }
        else if (word == "local")
        {
            out += std::string_view(about.address).substr(0, about.address.rfind('@'));
        }
        else if (word == "original-recipient")
        {
            const std::size_t type = about.original.find(';');
            out += type == std::string::npos
                       ? std::string()
                       : about.original.substr(0, type + 1) +
                             DecodeXtext(std::string_view(about.original).substr(type + 1));
        }
        else if (word == "action")
        {
            out += NameOfAction(about.action);
        }
        else if (word == "status")
        {
            out += note.status;
        }
        else if (word == "status-line")
        {
            out += note.status;
            out += note.diagnostic.empty() ? "" : " smtp;" + note.diagnostic;
        }
        else if (word == "retry-until")
        {
            return about.action == ReportAction::Delayed ? Word(out, "expires") : WordKind::Value;
        }
        else if (word == "report")
        {
            out += TrimEnd(about.last.text, "\r\n");
        }
        else if (word == "diagnostic")
        {
            out += note.diagnostic;
        }
        else if (word == "diagnostic-code")
        {
            AddDiagnosticCode(out, about);
        }
        else if (word == "command")
        {
            out += note.command;
        }
        else if (word == "remote")
        {
            out += note.remoteName;
        }
        else if (word == "remote-first")
        {
            out += note.remoteName.empty() ? "" : note.remoteName + ' ';
            return WordKind::Block;
        }
        else if (word == "remote-address")
        {
            out += note.remoteAddress;
        }
        else if (word == "failed")
        {
            out += Rfc5322Date(m_reporter.clock, about.time);
        }
        else if (word == "failed-us")
        {
            out += LocalUsDate(m_reporter.clock, about.time);
        }
        else if (word == "explanation")
        {
            out += Explanation(note.status);
        }
        else
        {
            return Word(out, word);
        }
        return WordKind::Value;
    }

    void AddDiagnosticCode(std::string& out, const ReportedRecipient& about) const
    {
        const StatusNote& note = about.last.note;
        if (!note.ownDiagnostic.empty())
        {
            out += note.ownDiagnostic;
        }
        else if (!note.diagnostic.empty())
        {
            out += m_persona.smtpType + note.diagnostic;
        }
        else if (!m_persona.ownType.empty())
        {
            out += m_persona.ownType;
            out += TrimEnd(about.last.text, "\r\n");
        }
    }

    std::string_view Explanation(std::string_view status) const
    {
        const std::size_t dot = status.find('.');
        const auto& all = m_persona.explanations;
        auto found = dot == std::string_view::npos ? all.end()
                                                   : all.find(std::string(status.substr(dot + 1)));
        found = found == all.end() ? all.find("other") : found;
        return found == all.end() ? std::string_view() : std::string_view(found->second);
    }

    void AddLetters(std::string& out)
    {
        constexpr std::string_view letters =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        ++m_drawn;
        out += Letters(m_draws("letters", m_drawn), letters, 8);
    }

    const ReportPersona& m_persona;
    const Reporter& m_reporter;
    const ReportedMessage& m_message;
    const std::vector<ReportedRecipient>& m_recipients;
    DrawKey m_draws;
    std::uint64_t m_drawn = 0; //!< Words that a draw stands in.
    std::string_view m_header;
    std::string m_paragraphs;
    std::string m_diagnostics;
};

} // namespace

const ReportForm&
FormOf(const ReportPersona& persona, ReportAction action)
{
    switch (action)
    {
    case ReportAction::Failed:
        return persona.failure;
    case ReportAction::Delayed:
        return persona.delay;
    case ReportAction::Delivered:
    case ReportAction::Relayed:
        break;
    }
    return persona.success;
}

std::string
ComposeReport(const ReportPersona& persona,
              const Reporter& reporter,
              const ReportedMessage& message,
              const std::vector<ReportedRecipient>& recipients,
              DrawKey draws)
{
    return Composer(persona, reporter, message, recipients, draws).Compose();
}

} // namespace bouncelab::mail
