#ifndef BOUNCELAB_TESTS_SMTP_QMAIL_PERSONA_H
#define BOUNCELAB_TESTS_SMTP_QMAIL_PERSONA_H

#include "models/smtp/client-persona.h"

namespace bouncelab::smtp
{

/// qmail-remote's habits (facts F46, F47), as a persona file states them.
inline ClientPersona
QmailRemote()
{
    ClientPersona p;
    p.hello = HelloPolicy::HeloOnly;
    p.pipelining = false;
    p.replyParser = ReplyReading::Qmail;
    p.quit = QuitPolicy::NoWait;
    p.lineEnds = ContentLineEnds::Convert;
    p.timeoutHabit = TimeoutPolicy::PerRead;
    p.connectTimeout = std::chrono::seconds(60);
    const Nanoseconds patience = std::chrono::seconds(1200);
    p.dataBlockTimeout = patience;
    p.greeting = {CodeReading::Exact,
                  TransactionOutcome::Deferred,
                  TransactionOutcome::Deferred,
                  patience};
    p.helloReply = p.greeting;
    p.mail = {CodeReading::Threshold,
              TransactionOutcome::Deferred,
              TransactionOutcome::Failed,
              patience};
    p.rcpt = p.data = p.message = p.mail;
    return p;
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_TESTS_SMTP_QMAIL_PERSONA_H
