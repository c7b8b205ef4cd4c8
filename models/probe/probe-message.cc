#include "models/probe/probe-message.h"

#include "models/smtp/base64.h"
#include "models/smtp/date.h"
#include "models/smtp/text-template.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::probe
{

namespace
{

bool
IsAscii(std::string_view text)
{
    return std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool
ContinuesCharacter(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

std::string
EncodeHeaderText(std::string_view utf8)
{
    // RFC 2047 2: an encoded-word has at most 75 octets, and 5: no part of a character.
    constexpr std::size_t OCTETS = 45;
    if (IsAscii(utf8))
    {
        return std::string(utf8);
    }
    std::string out;
    while (!utf8.empty())
    {
        std::size_t length = std::min(OCTETS, utf8.size());
        while (length > 1 && length < utf8.size() && ContinuesCharacter(utf8[length]))
        {
            --length;
        }
        out += out.empty() ? "" : "\r\n ";
        out += "=?UTF-8?B?" + smtp::EncodeBase64(utf8.substr(0, length)) + "?=";
        utf8.remove_prefix(length);
    }
    return out;
}

ProbeMessage
ComposeProbeMessage(const RelayTesterConfig& config, const ProbeMessageDraft& draft)
{
    std::string subject;
    smtp::ExpandTemplate(subject,
                         config.subject,
                         [&draft](std::string& out, std::string_view word)
                         {
                             if (word != "number" && word != "id")
                             {
                                 return false;
                             }
                             out += word == "id" ? std::string(draft.test.id)
                                                 : std::to_string(draft.number);
                             return true;
                         });
    ProbeMessage mail;
    mail.messageId = fmt::format("<relay-test-{}-{}.{:016x}@{}>",
                                 draft.number,
                                 draft.test.id,
                                 draft.serial,
                                 config.hello);
    mail.content = fmt::format("From: <{}@{}>\r\n"
                               "To: <{}@{}>\r\n"
                               "Date: {}\r\n"
                               "Message-ID: {}\r\n"
                               "Subject: {}\r\n"
                               "X-Relay-Test: {} {}\r\n"
                               "\r\n"
                               "This message was sent by relay test {} ({}).\r\n"
                               "\r\n"
                               "    {}\r\n"
                               "    {}\r\n"
                               "\r\n"
                               "Where it is read at {}, the server that took it relays.\r\n",
                               config.sender,
                               config.foreignDomain,
                               config.user,
                               config.foreignDomain,
                               smtp::FormatDate(draft.unixTime, 0),
                               mail.messageId,
                               EncodeHeaderText(subject),
                               draft.number,
                               draft.test.id,
                               draft.number,
                               draft.test.id,
                               draft.commands.mail,
                               draft.commands.rcpt,
                               config.foreignDomain);
    return mail;
}

} // namespace bouncelab::probe
