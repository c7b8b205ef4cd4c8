#include "models/mail/qsbmf.h"

#include "models/mail/message-text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::mail
{

std::string
QsbmfParagraph(std::string_view recipient, std::string_view report)
{
    std::string text = "<";
    text += recipient;
    std::replace(text.begin(), text.end(), '\n', '_');
    text += ">:\n";
    text += report;
    if (!report.empty() && report.back() != '\n')
    {
        text += '\n';
    }
    for (std::size_t at = text.size() - 2; at > 0; --at)
    {
        if (text[at] == '\n' && text[at - 1] == '\n')
        {
            text[at] = '/';
        }
    }
    text += '\n';
    return text;
}

std::string
ComposeQsbmf(const QsbmfBounce& bounce)
{
    const bool single = !bounce.sender.empty();
    return fmt::format(
        "Date: {}\nFrom: {}@{}\nTo: {}\nSubject: failure notice\n\n"
        "Hi. This is the qmail-send program at {}.\n{}{}{}"
        "Return-Path: <{}>\n{}",
        bounce.date,
        QuoteAddress(bounce.bounceFrom),
        bounce.host,
        QuoteAddress(bounce.addressee),
        bounce.host,
        single ? "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
                 "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
               : "I tried to deliver a bounce message to this address, but the bounce bounced!\n\n",
        bounce.paragraphs,
        single ? "--- Below this line is a copy of the message.\n\n"
               : "--- Below this line is the original bounce.\n\n",
        QuoteAddress(bounce.sender),
        bounce.original);
}

} // namespace bouncelab::mail
