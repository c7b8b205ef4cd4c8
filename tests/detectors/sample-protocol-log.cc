#include "sample-protocol-log.h"

#include "run-detector.h"

#include "detectors/readers/text-file.h"
#include "tests/times.h"

#include <fmt/format.h>

#include <cstdio>

namespace bouncelab::test
{

namespace
{

constexpr std::int64_t START_MS = 1321416716000; // 2011-11-16T04:11:56Z

std::string
Stamp(std::int64_t ms)
{
    std::string stamp = FormatEveTime(Reading((START_MS + ms) * 1000000));
    return stamp.substr(0, 23) + "Z";
}

} // namespace

SampleProtocolLog::SampleProtocolLog()
    : m_text("#Software: Microsoft Exchange Server\r\n#Version: 14.0.0.0\r\n"
             "#Log-type: SMTP Receive Protocol Log\r\n#Date: 2011-11-16T04:11:56.000Z\r\n"
             "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
             "remote-endpoint,event,data,context\r\n")
{
}

void
SampleProtocolLog::Put(const std::string& event,
                       const std::string& data,
                       const std::string& context)
{
    m_text += fmt::format("{},EX\\Default EX,{:016X},{},192.168.0.222:25,{},{},{},{}\r\n",
                          Stamp(m_nowMs),
                          m_id,
                          m_sequence++,
                          m_remote,
                          event,
                          data,
                          context);
}

SampleProtocolLog&
SampleProtocolLog::Add(const SampleLogSession& session)
{
    ++m_id;
    m_sequence = 0;
    m_remote = fmt::format("{}:{}", session.client, ++m_port);
    const auto answer = [&](std::int64_t delayMs, const std::string& reply)
    {
        m_nowMs += delayMs;
        Put(">", reply);
        m_nowMs += 120;
    };
    Put("+", "");
    Put("*", "SMTPSubmit SMTPAcceptAnySender", "Set Session Permissions");
    answer(1, "220 ex.abc.example Microsoft ESMTP MAIL Service ready");
    Put("<", "EHLO " + session.hello);
    m_nowMs += session.otherDelayMs;
    Put(">", fmt::format("250-ex.abc.example Hello [{}]", session.client));
    Put(">", "250-SIZE");
    if (session.offersAuth)
    {
        Put(">", "250-AUTH NTLM LOGIN");
    }
    Put(">", "250 XSHADOW");
    m_nowMs += 276;
    if (!session.authenticated.empty())
    {
        Put("<", "AUTH LOGIN");
        answer(1, "334 <authentication response>");
        answer(1, "334 <authentication response>");
        Put("*", session.authenticated, "authenticated");
        answer(1, "235 2.7.0 Authentication successful");
    }
    std::size_t asked = 0;
    for (const SampleLogMessage& message : session.messages)
    {
        Put("<", "MAIL FROM:<" + message.sender + ">");
        answer(session.mailDelayMs, "250 2.1.0 Sender OK");
        bool accepted = false;
        for (std::size_t i = 0; i < message.recipients.size(); ++i, ++asked)
        {
            const std::string reply =
                i < message.replies.size() ? message.replies[i] : "250 2.1.5 Recipient OK";
            const std::int64_t delayMs =
                session.rcptDelaysMs[std::min(asked, session.rcptDelaysMs.size() - 1)];
            Put("<", "RCPT TO:<" + message.recipients[i] + ">");
            if (session.announces && delayMs >= 1000)
            {
                Put("*",
                    fmt::format("Tarpit for '0.00:00:{:02}' due to '{}'", delayMs / 1000, reply));
            }
            answer(delayMs, reply);
            accepted = accepted || reply[0] == '2';
        }
        if (accepted)
        {
            Put("<", "DATA");
            answer(session.otherDelayMs, "354 Start mail input; end with <CRLF>.<CRLF>");
            answer(200, "250 2.6.0 <1@x> [InternalId=7] Queued mail for delivery");
        }
    }
    Put("<", "QUIT");
    answer(session.otherDelayMs, "221 2.0.0 Service closing transmission channel");
    Put("-", "", "Local");
    m_nowMs += 60000;
    return *this;
}

std::vector<Alert>
SampleProtocolLog::Judge(const std::string& detector, const std::string& more) const
{
    std::string text = m_text + more;
    const std::string name = "RECV20111116-1.log";
    detectors::EvidenceContext context;
    detectors::ServerLogReaders readers(context.logs, name);
    std::vector<detectors::TextLineReader*> all;
    readers.Join(all);
    detectors::ReadText(fmemopen(text.data(), text.size(), "rb"), all);
    context.logs.Finish();
    return JudgeLogs(detector, context);
}

} // namespace bouncelab::test
