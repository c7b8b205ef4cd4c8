#include "sample-mail.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::test
{

namespace
{

std::string
Filler(std::size_t octets)
{
    std::string text;
    while (text.size() < octets)
    {
        text += "All work and no play makes a dull message, line after line.\r\n";
    }
    return text;
}

} // namespace

SampleSession
ToSession(const SampleDelivery& delivery)
{
    static int made = 0;
    ++made;
    SampleSession session;
    session.client = delivery.client;
    session.clientPort = 20000 + made % 40000;
    session.server = delivery.server;
    session.startUs = delivery.startMs * 1000;
    session.handshakeUs = delivery.roundTripMs * 1000;
    session.initial[0] = static_cast<std::uint32_t>(made) * 1000003;
    session.initial[1] = static_cast<std::uint32_t>(made) * 7000003;
    const auto turn = [&](const std::string& command, const std::string& reply, std::int64_t ms) {
        session.turns.push_back({command, reply, (delivery.roundTripMs + ms) * 1000});
    };
    const std::int64_t other = delivery.otherDelayMs;
    turn("", "220 " + delivery.greeting + " ESMTP ready", other);
    turn("EHLO " + delivery.hello, "250-" + delivery.greeting + "\n250 AUTH LOGIN", other);
    if (delivery.authenticates)
    {
        turn("AUTH LOGIN", "334 VXNlcm5hbWU6", other);
        turn("amlh", "334 UGFzc3dvcmQ6", other);
        turn("dHJhdmVs", "235 2.7.0 Authentication successful", other);
    }
    turn("MAIL FROM:<" + delivery.sender + ">", "250 2.1.0 Sender OK", other);
    for (const SampleRecipient& recipient : delivery.recipients)
    {
        turn("RCPT TO:<" + recipient.mailbox + ">", recipient.reply, recipient.delayMs);
    }
    const bool accepted =
        std::any_of(delivery.recipients.begin(),
                    delivery.recipients.end(),
                    [](const SampleRecipient& recipient) { return recipient.reply[0] == '2'; });
    if (accepted && !delivery.content.empty())
    {
        turn("DATA", "354 Start mail input; end with <CRLF>.<CRLF>", other);
        turn(delivery.content + ".", "250 2.6.0 Queued mail for delivery", other);
    }
    turn("QUIT", "221 2.0.0 Service closing transmission channel", other);
    return session;
}

std::vector<SampleSession>
ToSessions(const std::vector<SampleDelivery>& deliveries)
{
    std::vector<SampleSession> sessions;
    for (const SampleDelivery& delivery : deliveries)
    {
        sessions.push_back(ToSession(delivery));
    }
    return sessions;
}

std::string
SampleContent(const std::string& id, const std::string& subject, std::size_t octets)
{
    return fmt::format("Message-ID: {}\r\nSubject: {}\r\n\r\nThis is {}.\r\n{}",
                       id,
                       subject,
                       subject,
                       Filler(octets));
}

std::string
SampleReport(const std::string& id,
             const std::string& failed,
             const std::string& reportedId,
             std::size_t octets)
{
    return fmt::format("Message-ID: {}\r\nSubject: Undeliverable: yours\r\n"
                       "Content-Type: multipart/report; report-type=delivery-status;\r\n"
                       " boundary=b\r\n\r\n--b\r\n\r\nYour message did not reach some or all of "
                       "the intended recipients.\r\n--b\r\nContent-Type: message/delivery-status"
                       "\r\n\r\nFinal-Recipient: RFC822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                       "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n{}"
                       "--b--\r\n",
                       id,
                       failed,
                       reportedId,
                       Filler(octets));
}

} // namespace bouncelab::test
