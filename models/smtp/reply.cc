#include "models/smtp/reply.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::smtp
{

namespace
{

/// Takes one to three digits from the front.
bool
TakeNumber(std::string_view& text, std::uint16_t& number)
{
    std::size_t digits = 0;
    number = 0;
    while (digits < text.size() && digits < 3 && IsDigit(text[digits]))
    {
        number = static_cast<std::uint16_t>(number * 10 + (text[digits++] - '0'));
    }
    text.remove_prefix(digits);
    return digits > 0;
}

bool
TakeDot(std::string_view& text)
{
    if (text.empty() || text[0] != '.')
    {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

} // namespace

std::optional<EnhancedCode>
EnhancedCode::Parse(std::string_view text)
{
    EnhancedCode code;
    if (!TakeNumber(text, code.status) || !TakeDot(text) || !TakeNumber(text, code.subject) ||
        !TakeDot(text) || !TakeNumber(text, code.detail))
    {
        return std::nullopt;
    }
    const bool ends = text.empty() || text[0] == ' ' || text[0] == '\n';
    const bool known = code.status == 2 || code.status == 4 || code.status == 5;
    return ends && known ? std::optional<EnhancedCode>(code) : std::nullopt;
}

std::string
EnhancedCode::ToString() const
{
    return fmt::format("{}.{}.{}", status, subject, detail);
}

std::optional<EnhancedCode>
Reply::Enhanced() const
{
    return text.size() > 4 ? EnhancedCode::Parse(std::string_view(text).substr(4)) : std::nullopt;
}

std::string
DescribeFaults(std::uint16_t faults)
{
    constexpr std::array<std::pair<ReplyFault, std::string_view>, 7> NAMES{{
        {ReplyFault::BadCode, "bad-code"},
        {ReplyFault::BadSeparator, "bad-separator"},
        {ReplyFault::CodeMismatch, "code-mismatch"},
        {ReplyFault::LineTooLong, "line-too-long"},
        {ReplyFault::TextTooLong, "text-too-long"},
        {ReplyFault::BareLf, "bare-lf"},
        {ReplyFault::OddOctet, "odd-octet"},
    }};
    std::string words;
    for (const auto& [fault, name] : NAMES)
    {
        if (faults & static_cast<std::uint16_t>(fault))
        {
            words += words.empty() ? "" : " ";
            words += name;
        }
    }
    return words;
}

void
AppendReply(std::string& out, std::uint32_t code, std::string_view text, std::size_t maxLine)
{
    const std::size_t room = std::max<std::size_t>(maxLine, 6) - 6;
    const fmt::format_int digits(code);
    for (;;)
    {
        const std::size_t stop = text.find('\n');
        const bool last = stop == std::string_view::npos;
        out.append(digits.data(), digits.size());
        out += last ? ' ' : '-';
        out += text.substr(0, std::min(stop, room));
        out += "\r\n";
        if (last)
        {
            return;
        }
        text.remove_prefix(stop + 1);
    }
}

std::optional<ReplyParts>
SplitReply(std::string_view whole)
{
    std::string_view rest = whole;
    std::uint16_t code = 0;
    if (!TakeNumber(rest, code) || code < 200 || code > 559)
    {
        return std::nullopt;
    }
    if (!rest.empty())
    {
        if (rest[0] != ' ')
        {
            return std::nullopt;
        }
        rest.remove_prefix(1);
    }
    return ReplyParts{code, rest};
}

} // namespace bouncelab::smtp
