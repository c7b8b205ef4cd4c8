#include "detectors/readers/mail-parts.h"

#include "formats/text.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LONGEST_LINE = 1 << 16;
constexpr std::size_t MOST_FIELDS = 1000;
constexpr std::size_t MOST_BOUNDARIES = 32;

constexpr std::string_view ENCODING_FIELD = "content-transfer-encoding:";
constexpr std::string_view TYPE_FIELD = "content-type:";
constexpr std::string_view DISPOSITION_FIELD = "content-disposition:";

bool
Has(std::string_view lower, std::string_view words)
{
    return lower.find(words) != lower.npos;
}

/// "mail.log" of `name="mail.log"` in a field of lower case; "" without one.
std::string_view
ParameterOf(std::string_view field, std::string_view name)
{
    const std::size_t at = field.find(name);
    if (at == field.npos)
    {
        return {};
    }
    std::string_view value = field.substr(at + name.size());
    if (!value.empty() && value[0] == '"')
    {
        value.remove_prefix(1);
        return value.substr(0, value.find('"'));
    }
    return value.substr(0, value.find_first_of("; \t\r\n"));
}

bool
IsNameOfText(std::string_view name)
{
    static constexpr std::array<std::string_view, 11> ENDINGS{".log",
                                                              ".txt",
                                                              ".csv",
                                                              ".tsv",
                                                              ".json",
                                                              ".jsonl",
                                                              ".xml",
                                                              ".htm",
                                                              ".html",
                                                              ".out",
                                                              ".md"};
    return std::any_of(ENDINGS.begin(),
                       ENDINGS.end(),
                       [&](std::string_view ending) {
                           return name.size() >= ending.size() &&
                                  name.substr(name.size() - ending.size()) == ending;
                       });
}

/// "From", "Content-Type" and a colon.
bool
IsField(std::string_view line)
{
    const std::size_t colon = line.find(':');
    return colon != line.npos && colon > 0 &&
           std::all_of(line.begin(),
                       line.begin() + static_cast<std::ptrdiff_t>(colon),
                       [](char c) { return IsAlnum(c) || c == '-'; });
}

} // namespace

bool
IsEncodedMail(std::string_view head)
{
    if (!IsField(head.substr(0, head.find('\n'))))
    {
        return false;
    }
    const std::string lower = InLowerCase(head);
    const std::string_view header =
        std::string_view(lower).substr(0, std::min(lower.find("\n\n"), lower.find("\r\n\r\n")));
    const bool isMail = Has(header, "\nmime-version:") || StartsWith(header, "mime-version:");
    const bool isReport = Has(lower, "multipart/report") || Has(lower, "message/delivery-status");
    std::size_t at = lower.find(ENCODING_FIELD);
    for (; isMail && !isReport && at != lower.npos; at = lower.find(ENCODING_FIELD, at + 1))
    {
        const std::string_view value = std::string_view(lower).substr(at + ENCODING_FIELD.size());
        const std::string_view word = Trim(value.substr(0, value.find('\n')), " \t\r");
        if (word == "base64" || word == "quoted-printable")
        {
            return true;
        }
    }
    return false;
}

MailPartDecoder::MailPartDecoder() = default;

void
MailPartDecoder::Take(std::string_view octets, std::string& out)
{
    while (!octets.empty())
    {
        const std::size_t end = octets.find('\n');
        const std::string_view part = octets.substr(0, end == octets.npos ? end : end + 1);
        m_line += part;
        octets.remove_prefix(part.size());
        if (end != part.npos || m_line.size() > LONGEST_LINE)
        {
            TakeLine(m_line, out);
            m_line.clear();
        }
    }
}

void
MailPartDecoder::Finish(std::string& out)
{
    if (!m_line.empty())
    {
        TakeLine(m_line, out);
        m_line.clear();
    }
    for (const std::string& field : m_header)
    {
        out += field;
    }
    m_header.clear();
    EndBody(out);
}

bool
MailPartDecoder::IsBoundary(std::string_view line) const
{
    return StartsWith(line, "--") && std::any_of(m_boundaries.begin(),
                                                 m_boundaries.end(),
                                                 [&](const std::string& boundary)
                                                 { return StartsWith(line.substr(2), boundary); });
}

void
MailPartDecoder::TakeLine(std::string_view line, std::string& out)
{
    if (IsBoundary(line))
    {
        EndBody(out);
        out += line;
        m_isHeader = true;
        return;
    }
    m_isHeader ? TakeHeader(line, out) : Decode(line, out);
}

void
MailPartDecoder::TakeHeader(std::string_view line, std::string& out)
{
    if (Trim(line, " \t\r\n").empty())
    {
        BeginBody(out);
        out += line;
        return;
    }
    const bool goesOn = !m_header.empty() && (line[0] == ' ' || line[0] == '\t');
    if (goesOn && m_header.back().size() < LONGEST_LINE)
    {
        m_header.back() += line;
    }
    else if (m_header.size() < MOST_FIELDS)
    {
        m_header.emplace_back(line);
    }
    else
    {
        out += line;
    }
}

void
MailPartDecoder::BeginBody(std::string& out)
{
    m_encoding = Encoding::None;
    m_state = 0;
    m_save = 0;
    m_endsLine = true;
    m_isHeader = false;
    bool isText = true;
    bool isNamed = false;
    std::string* encoded = nullptr;
    for (std::string& field : m_header)
    {
        const std::string lower = InLowerCase(field);
        const bool isType = StartsWith(lower, TYPE_FIELD);
        if (isType)
        {
            const std::string_view type = Trim(std::string_view(lower).substr(TYPE_FIELD.size()));
            isText = StartsWith(type, "text/");
            m_isHeader = StartsWith(type, "message/rfc822");
            const std::size_t at = lower.find("boundary=");
            const std::string_view boundary =
                at == lower.npos
                    ? std::string_view()
                    : ParameterOf(std::string_view(field).substr(at), field.substr(at, 9));
            if (!boundary.empty() && m_boundaries.size() < MOST_BOUNDARIES)
            {
                m_boundaries.emplace_back(boundary);
            }
        }
        if (isType || StartsWith(lower, DISPOSITION_FIELD))
        {
            isNamed = isNamed || IsNameOfText(ParameterOf(lower, "name="));
        }
        encoded = StartsWith(lower, ENCODING_FIELD) ? &field : encoded;
    }
    if (encoded && (isText || isNamed))
    {
        const std::string lower = InLowerCase(*encoded);
        m_encoding = Has(lower, "base64")             ? Encoding::Base64
                     : Has(lower, "quoted-printable") ? Encoding::QuotedPrintable
                                                      : Encoding::None;
        *encoded = m_encoding == Encoding::None ? *encoded : "Content-Transfer-Encoding: 8bit\n";
    }
    for (const std::string& field : m_header)
    {
        out += field;
    }
    m_header.clear();
}

void
MailPartDecoder::Decode(std::string_view line, std::string& out)
{
    if (m_encoding == Encoding::None)
    {
        out += line;
        return;
    }
    std::string decoded(line.size() + 4, '\0');
    const auto* in = reinterpret_cast<const unsigned char*>(line.data());
    auto* to = reinterpret_cast<unsigned char*>(decoded.data());
    const std::size_t size =
        m_encoding == Encoding::Base64
            ? g_mime_encoding_base64_decode_step(in, line.size(), to, &m_state, &m_save)
            : g_mime_encoding_quoted_decode_step(in, line.size(), to, &m_state, &m_save);
    out.append(decoded, 0, size);
    m_endsLine = size == 0 ? m_endsLine : decoded[size - 1] == '\n';
}

void
MailPartDecoder::EndBody(std::string& out)
{
    if (m_encoding != Encoding::None && !m_endsLine)
    {
        out += '\n';
    }
    m_encoding = Encoding::None;
    m_endsLine = true;
}

} // namespace bouncelab::detectors
