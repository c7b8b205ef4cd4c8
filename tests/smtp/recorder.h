#ifndef BOUNCELAB_TESTS_SMTP_RECORDER_H
#define BOUNCELAB_TESTS_SMTP_RECORDER_H

#include "models/smtp/client-session.h"
#include "models/smtp/session.h"

#include <string>
#include <vector>

namespace bouncelab::smtp
{

/// Keeps everything that a session tells.
class Recorder : public SessionObserver
{
  public:
    struct Message
    {
        Nanoseconds time;
        Envelope envelope;
        std::string content;
        std::string reply;
    };

    void OnCommand(const CommandEvent& e) override { commands.emplace_back(e.line); }

    void OnReply(const ReplyEvent& e) override
    {
        replies.emplace_back(e.text);
        replyTimes.push_back(e.time);
    }

    void OnViolation(const ViolationEvent& e) override
    {
        violations.emplace_back(NameOfViolation(e.violation));
        details.emplace_back(e.detail);
    }

    void OnMessage(const MessageEvent& e) override
    {
        messages.push_back({e.time, e.envelope, *e.content, std::string(e.reply)});
    }

    void OnAuthentication(const AuthEvent& e) override
    {
        authentications.push_back(std::string(e.mechanism) + " " + std::string(e.identity) +
                                  (e.accepted ? " yes" : " no"));
    }

    void OnTokenWanted(Nanoseconds) override { ++tokensWanted; }

    void OnTokenAnswered(Nanoseconds, std::string_view answer) override
    {
        tokenAnswers.emplace_back(answer);
    }

    void OnTls(const TlsEvent& e) override
    {
        tls.push_back(e.established ? std::string(e.facts.suite) + " " + e.facts.serverName + " " +
                                          e.facts.certificate
                                    : std::string(e.failure));
    }

    void OnResult(Nanoseconds time, const TransactionResult& r) override
    {
        results.push_back(r);
        resultTime = time;
    }

    void OnEnd(const EndEvent& e) override { ends.push_back(e.reason); }

    std::vector<std::string> commands;
    std::vector<std::string> replies;
    std::vector<Nanoseconds> replyTimes;
    std::vector<std::string> violations;
    std::vector<std::string> details;
    std::vector<Message> messages;
    std::vector<std::string> authentications; //!< "NTLM DOMAIN\\user yes"
    int tokensWanted = 0;
    std::vector<std::string> tokenAnswers;
    std::vector<std::string> tls; //!< Suite, server's name and certificate's, or why not.
    std::vector<TransactionResult> results;
    std::vector<EndReason> ends;
    Nanoseconds resultTime{0};
};

constexpr Nanoseconds
Ms(std::int64_t count)
{
    return std::chrono::milliseconds(count);
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_TESTS_SMTP_RECORDER_H
