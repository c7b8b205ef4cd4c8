#ifndef BOUNCELAB_TESTS_DETECTORS_SAMPLE_MAIL_H
#define BOUNCELAB_TESTS_DETECTORS_SAMPLE_MAIL_H

#include "sample-wire.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// A recipient that is asked for, and the answer.
struct SampleRecipient
{
    std::string mailbox;
    std::string reply = "250 2.1.5 Recipient OK";
    std::int64_t delayMs = 2;
};

/// One session with one message, from one host to another.
struct SampleDelivery
{
    std::string client;
    std::string server;
    std::string hello = "client.example.net";
    std::string greeting = "mail.local.example";
    std::string sender;
    std::vector<SampleRecipient> recipients;
    std::string content; //!< Lines between CR LF, without the final dot; "" = no DATA.
    bool authenticates = false;
    std::int64_t startMs = 0;
    std::int64_t otherDelayMs = 2; //!< Of replies that are not to RCPT.
    std::int64_t roundTripMs = 20;
};

/// Each call takes another client port and other sequence numbers.
SampleSession ToSession(const SampleDelivery& delivery);

std::vector<SampleSession> ToSessions(const std::vector<SampleDelivery>& deliveries);

/// A message with this Message-ID and subject, its body naming the subject.
std::string SampleContent(const std::string& id,
                          const std::string& subject,
                          std::size_t octets = 0);

/// A report on a message that a recipient did not get; it quotes the header.
std::string SampleReport(const std::string& id,
                         const std::string& failed,
                         const std::string& reportedId,
                         std::size_t octets = 0);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SAMPLE_MAIL_H
