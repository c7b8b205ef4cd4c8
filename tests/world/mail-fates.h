#ifndef BOUNCELAB_TESTS_WORLD_MAIL_FATES_H
#define BOUNCELAB_TESTS_WORLD_MAIL_FATES_H

#include "models/host/event-stream.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::test
{

/// What became of one message, all its copies and reports counted, once for each recipient.
struct MailFate
{
    std::string messageId;
    std::string sender;
    std::uint32_t recipients = 1;  //!< Of whoever submitted it; each copy by SMTP is for one.
    std::uint32_t taken = 0;       //!< Times that a server took it over by SMTP.
    std::uint32_t confirmed = 0;   //!< Such that the client heard of.
    std::uint32_t unconfirmed = 0; //!< Sessions whose client does not know.
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;   //!< Reports of failure to its sender.
    std::uint32_t doubled = 0;   //!< Such to a postmaster.
    std::uint32_t discarded = 0; //!< Failures that nobody hears of.
    std::uint32_t lost = 0;      //!< With the power of a host that does not sync.
    std::uint32_t causeless = 0; //!< Of these, without a cause in the truth.
    std::uint32_t rewritten = 0; //!< Deliveries to mailboxes that ended with their program.

    /// Copies that nobody but their taker knows of: each has an end of its own.
    std::uint32_t Copies() const { return taken - confirmed; }

    std::uint32_t Ends() const { return delivered + bounced + doubled + discarded + lost; }

    /// "Accepted means delivered or reported, once, or lost with its cause": what is wrong with
    /// that; empty = nothing.
    std::string Fault() const;
};

/// The fates of all messages of a network of mail systems, reports among them, by what their queues
/// tell.
class MailFates
{
  public:
    void OnEvent(const host::Event& event);

    const std::vector<MailFate>& All() const { return m_fates; }

    /// Most Received fields that a message came with.
    std::uint32_t MostHops() const { return m_mostHops; }

    /// The longest time that a message was in one queue. \param now for those that still are
    Nanoseconds LongestStay(SimTime now) const;

  private:
    struct Stay
    {
        std::size_t fate = 0;
        SimTime since{};
        std::uint32_t failed = 0;          //!< Recipients of whom nothing is reported yet.
        std::uint32_t running[2] = {0, 0}; //!< Deliveries, by channel.
    };

    static void OnLost(MailFate& fate, const Stay& stay, const mail::QueueEvent& event);

    void OnNewMessage(const std::string& place, const mail::QueueEvent& event);
    void OnQueueEvent(const std::string& place, const mail::QueueEvent& event);

    std::vector<MailFate> m_fates;
    std::map<std::string, std::size_t> m_byMessageId;
    std::map<std::pair<std::string, std::uint64_t>, Stay> m_queued; //!< By place and serial.
    Nanoseconds m_longestStay{0};
    std::uint32_t m_mostHops = 0;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_WORLD_MAIL_FATES_H
