#include "models/mail/message-text.h"

#include "formats/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace bouncelab::mail
{

namespace
{

constexpr std::array<std::string_view, 64> WORDS = {
    "the",      "order",    "please",    "find",     "attached", "meeting",  "on",       "monday",
    "delivery", "schedule", "thank",     "you",      "for",      "your",     "letter",   "of",
    "last",     "week",     "we",        "will",     "send",     "samples",  "to",       "office",
    "price",    "list",     "and",       "invoice",  "number",   "is",       "as",       "agreed",
    "with",     "best",     "regards",   "in",       "reply",    "question", "about",    "shipment",
    "from",     "port",     "container", "arrives",  "next",     "month",    "confirm",  "quantity",
    "by",       "return",   "our",       "customer", "asks",     "whether",  "contract", "can",
    "be",       "signed",   "before",    "holiday",  "budget",   "report",   "draft",    "version"};

constexpr std::array<std::string_view, 8> SUBJECTS = {"Order confirmation",
                                                      "Re: delivery schedule",
                                                      "Meeting on Monday",
                                                      "Price list",
                                                      "Re: contract draft",
                                                      "Samples",
                                                      "Invoice",
                                                      "Re: shipment"};

constexpr std::size_t LINE_WIDTH = 68;

void
FillBody(std::string& text, std::size_t bytes, Draw draw)
{
    std::uint64_t words = 0;
    while (text.size() < bytes)
    {
        std::string line;
        while (line.size() < LINE_WIDTH)
        {
            if (!line.empty())
            {
                line += ' ';
            }
            line += WORDS[draw.At(words).Below(WORDS.size())];
            ++words;
        }
        const std::size_t room = bytes - text.size() - 1;
        if (line.size() > room)
        {
            line.resize(room);
            if (!line.empty() && line.back() == ' ')
            {
                line.back() = '.';
            }
        }
        text += line;
        text += '\n';
    }
}

bool
IsPlainLocalPart(std::string_view local)
{
    constexpr std::string_view specials = "()<>[]:;@\\,\" ";
    if (local.empty() || local.front() == '.' || local.back() == '.' ||
        local.find("..") != std::string_view::npos)
    {
        return false;
    }
    for (const char c : local)
    {
        if (c <= ' ' || c == 0x7F || specials.find(c) != std::string_view::npos)
        {
            return false;
        }
    }
    return true;
}

} // namespace

std::string
Rfc5322Date(const HostClock& clock, SimTime time)
{
    const CivilTime local = clock.Local(clock.Read(time));
    const auto zone = std::abs(clock.zoneSeconds) / 60;
    return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} {}{:02}{:02}",
                       WEEKDAY_NAMES[local.weekday],
                       local.day,
                       MONTH_NAMES[local.month - 1],
                       local.year,
                       local.hour,
                       local.minute,
                       local.second,
                       clock.zoneSeconds < 0 ? '-' : '+',
                       zone / 60,
                       zone % 60);
}

std::string
QmailDate(const HostClock& clock, SimTime time)
{
    const CivilTime utc = CivilFromSeconds(clock.ReadSeconds(time));
    return fmt::format("{} {} {} {:02}:{:02}:{:02} -0000",
                       utc.day,
                       MONTH_NAMES[utc.month - 1],
                       utc.year,
                       utc.hour,
                       utc.minute,
                       utc.second);
}

std::string
QuoteAddress(std::string_view address)
{
    const std::size_t at = address.rfind('@');
    const std::string_view local = address.substr(0, at);
    if (address.empty() || IsPlainLocalPart(local))
    {
        return std::string(address);
    }
    std::string quoted = "\"";
    for (const char c : local)
    {
        if (c == '"' || c == '\\' || c == '\n' || c == '\r')
        {
            quoted += '\\';
        }
        quoted += c;
    }
    quoted += '"';
    return quoted.append(at == std::string_view::npos ? std::string_view() : address.substr(at));
}

Content
ComposeMessage(const MessageDraft& draft, const HostClock& clock, SimTime time)
{
    const DrawKey draws(draft.seed, "message-text");
    const std::string date = Rfc5322Date(clock, time);
    const bool isEightBit = std::any_of(draft.body.begin(),
                                        draft.body.end(),
                                        [](char c) { return static_cast<unsigned char>(c) > 127; });
    std::string text;
    if (!draft.byHost.empty())
    {
        text = fmt::format("Received: from unknown (HELO {}) ({})\n"
                           "  by {} with SMTP; {}\n",
                           draft.fromHost,
                           draft.fromAddress.ToString(),
                           draft.byHost,
                           QmailDate(clock, time));
    }
    text += fmt::format("Message-ID: <{:016x}@{}>\n"
                        "Date: {}\n"
                        "From: {}\n"
                        "To: {}\n"
                        "Subject: {}\n"
                        "MIME-Version: 1.0\n"
                        "Content-Type: text/plain; charset={}\n"
                        "Content-Transfer-Encoding: {}\n"
                        "\n",
                        draws("message-id").Value(),
                        draft.fromHost,
                        date,
                        QuoteAddress(draft.from),
                        QuoteAddress(draft.to),
                        draft.subject.empty() ? SUBJECTS[draws("subject").Below(SUBJECTS.size())]
                                              : std::string_view(draft.subject),
                        isEightBit ? "utf-8" : "us-ascii",
                        isEightBit ? "8bit" : "7bit");
    text += draft.body;
    FillBody(text, draft.bytes, draws("body"));
    return std::make_shared<const std::string>(std::move(text));
}

} // namespace bouncelab::mail
