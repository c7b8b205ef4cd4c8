#include "lab/run/sendmail-recorder.h"

#include "models/mail/queue-id.h"

#include <deque>
#include <utility>

namespace bouncelab::run
{

namespace
{

constexpr std::int64_t FIRST_PROCESS = 2000;
constexpr std::int64_t LAST_PROCESS = 30000;

std::string
InBrackets(std::string_view line)
{
    const std::size_t open = line.find('<');
    const std::size_t close = line.rfind('>');
    return open == line.npos || close == line.npos || close < open
               ? std::string()
               : std::string(line.substr(open + 1, close - open - 1));
}

} // namespace

class SendmailRecorder::Ears : public smtp::SessionObserver
{
  public:
    Ears(SendmailRecorder& owner,
         const smtp::ConnectionInfo& connection,
         std::unique_ptr<smtp::SessionObserver> next)
        : m_owner(owner)
        , m_next(std::move(next))
        , m_processId(
              static_cast<std::uint32_t>(owner.m_random.Between(FIRST_PROCESS, LAST_PROCESS)))
    {
        m_arrival.client = connection.client.ToString();
        m_arrival.clientName = owner.m_reverseName(connection.client);
    }

    void OnCommand(const smtp::CommandEvent& event) override
    {
        m_next->OnCommand(event);
        if (event.authResponse)
        {
            return;
        }
        m_pending.push_back({event.verb, InBrackets(event.line)});
        switch (event.verb)
        {
        case smtp::Verb::Ehlo:
            m_arrival.protocol = "ESMTP";
            break;
        case smtp::Verb::Mail:
            Drop(event.time);
            m_sender = m_pending.back().address;
            m_id = mail::QueueIdOf(mail::QueueIdForm::Sendmail,
                                   0,
                                   m_processId,
                                   m_owner.m_clock.Read(event.time.count()),
                                   m_owner.m_clock.zoneSeconds);
            break;
        case smtp::Verb::Rset:
        case smtp::Verb::Quit:
            Drop(event.time);
            break;
        default:
            break;
        }
    }

    void OnReply(const smtp::ReplyEvent& event) override
    {
        m_next->OnReply(event);
        if (m_pending.empty() || event.code / 100 == 3)
        {
            return;
        }
        const Pending command = std::move(m_pending.front());
        m_pending.pop_front();
        if (command.verb == smtp::Verb::Rcpt && event.code / 100 != 2)
        {
            m_refused = true;
            m_owner.m_log.Reject(event.time.count(),
                                 m_id,
                                 m_processId,
                                 command.address,
                                 m_arrival,
                                 event.text);
        }
        else if (command.verb == smtp::Verb::Rcpt)
        {
            m_accepted = true;
        }
    }

    void OnMessage(const smtp::MessageEvent& event) override
    {
        m_refused = m_accepted = false;
        m_owner.m_log.Expect(m_arrival);
        m_next->OnMessage(event);
    }

    void OnEnd(const smtp::EndEvent& event) override
    {
        Drop(event.time);
        m_next->OnEnd(event);
    }

    void OnViolation(const smtp::ViolationEvent& event) override { m_next->OnViolation(event); }

    void OnAuthentication(const smtp::AuthEvent& event) override
    {
        m_next->OnAuthentication(event);
    }

    void OnTls(const smtp::TlsEvent& event) override { m_next->OnTls(event); }

  private:
    struct Pending
    {
        smtp::Verb verb = smtp::Verb::Unknown;
        std::string address;
    };

    void Drop(Nanoseconds time)
    {
        if (std::exchange(m_refused, false) && !m_accepted)
        {
            m_owner.m_log.Drop(time.count(), m_id, m_processId, m_sender, m_arrival);
        }
        m_accepted = false;
    }

    SendmailRecorder& m_owner;
    std::unique_ptr<smtp::SessionObserver> m_next;
    std::uint32_t m_processId;
    evidence::SendmailArrival m_arrival;
    std::deque<Pending> m_pending; //!< Commands without their last answer.
    std::string m_sender;
    std::string m_id; //!< Of the envelope that is open.
    bool m_refused = false;
    bool m_accepted = false;
};

SendmailRecorder::SendmailRecorder(evidence::OutputFile& file,
                                   const HostClock& clock,
                                   const std::string& hostname,
                                   std::uint64_t seed,
                                   const std::string& name,
                                   ReverseName reverseName)
    : m_clock(clock)
    , m_log(file, clock, hostname, seed, name)
    , m_random(seed, name + "/sessions")
    , m_reverseName(std::move(reverseName))
{
}

std::unique_ptr<smtp::SessionObserver>
SendmailRecorder::Session(const smtp::ConnectionInfo& connection,
                          std::unique_ptr<smtp::SessionObserver> next)
{
    return std::make_unique<Ears>(*this, connection, std::move(next));
}

} // namespace bouncelab::run
