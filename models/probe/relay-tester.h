#ifndef BOUNCELAB_MODELS_PROBE_RELAY_TESTER_H
#define BOUNCELAB_MODELS_PROBE_RELAY_TESTER_H

#include "formats/clock.h"
#include "models/probe/campaign.h"
#include "models/probe/lockstep-session.h"
#include "models/probe/relay-tester-config.h"
#include "models/probe/transcript.h"

#include "formats/random.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::probe
{

/// What the replies say of one test: no more than that the server took the recipient, or not.
enum class RelayVerdict
{
    NotRun,
    Accepted,             //!< RCPT was answered 2yz: "open relay", as such testers have it.
    Refused,              //!< RCPT was answered 5yz.
    Deferred,             //!< RCPT was answered 4yz.
    SenderRefused,        //!< MAIL was refused, so that RCPT was not tried.
    AuthenticationNeeded, //!< 530 at any step; ends the run.
    NoAnswer,             //!< The connection was lost or silent at this test each time.
    Unclear,              //!< RSET was refused, or a reply has no meaning.
};

std::string_view NameOfRelayVerdict(RelayVerdict verdict); //!< "sender-refused"

/// How a run came to its end.
enum class RelayEnd
{
    Done,
    AuthenticationNeeded,
    GaveUp, //!< Too many fruitless connections.
};

struct RelayTestResult
{
    const RelayTest* test = nullptr;
    unsigned number = 0; //!< In the suite.
    RelayVerdict verdict = RelayVerdict::NotRun;
    std::string sender;           //!< As it was sent, without brackets.
    std::string recipient;        //!< As it was sent, without brackets.
    std::string mailReply;        //!< Whole text with codes; empty = none came.
    std::string rcptReply;        //!< The same.
    std::string messageReply;     //!< To DATA or to its content.
    std::string messageId;        //!< Of the message that was sent, with its brackets; else empty.
    std::uint32_t connection = 0; //!< On which it was decided, from 1.
    Nanoseconds decided{0};
};

struct RelaySummary
{
    RelayEnd end = RelayEnd::Done;
    std::uint32_t accepted = 0;
    std::uint32_t tests = 0;
    std::uint32_t connections = 0;

    /// The verdict of a tester who believes replies.
    bool LooksOpen() const { return accepted > 0; }
};

/// Hears what a tester does. No call leads back into the tester.
class RelayTestObserver
{
  public:
    virtual ~RelayTestObserver() = default;

    virtual void OnTranscript(Nanoseconds, std::string_view) {} //!< A line, without its end.

    virtual void OnTest(const RelayTestResult&) {} //!< A test is decided; each one once, in order.

    virtual void OnDone(Nanoseconds, const RelaySummary&) {} //!< Once, last.
};

/**
 * Tries a server with one test after another, and writes down what it answered.
 *
 * RSET stands in front of every test; in front of the one that is documented without, only where a
 * transaction is open. A lost connection, a 421 or a silence costs a test one of its tries, and the
 * run goes on over a new connection; a 530 ends it. A message that was on its way when the
 * connection was lost is not sent again.
 */
class RelayTester final : public Campaign,
                          private Script
{
  public:
    /**
     * \pre the config is without fault (CheckRelayTester). The observer has to outlive the tester.
     * \param target address that the server is reached at
     * \param unixTime the tester's clock at time 0, for the messages' dates
     */
    RelayTester(RelayTesterConfig config,
                IpAddress target,
                WallTime unixTime,
                RelayTestObserver& observer,
                DrawKey draws);

    void Start(Nanoseconds now) override;
    std::optional<Nanoseconds> NextConnection() const override;
    std::unique_ptr<smtp::Session> Open() override;
    void ConnectFailed(Nanoseconds now) override;

    bool Over() const override { return m_over; }

    const std::vector<RelayTestResult>& Results() const { return m_results; } //!< In order.

  private:
    enum class Phase
    {
        Greeting,
        Ehlo,
        Helo,
        Reset,
        Mail,
        Rcpt,
        Data,
        Content,
        Quit,
    };

    // Script
    Nanoseconds GreetingTimeout() const override { return m_config.timeout; }

    std::optional<ScriptLine> OnReply(const smtp::Reply& reply, Nanoseconds now) override;
    void OnSaid(std::string_view octets, Nanoseconds now) override;
    void OnEnd(smtp::EndReason reason, Nanoseconds now) override;

    bool InTest() const { return m_phase >= Phase::Reset && m_phase <= Phase::Content; }

    bool Finished() const { return m_at == m_results.size(); }

    RelayTestResult& Current() { return m_results[m_at]; }

    ScriptLine Say(Phase phase, std::string line);
    ScriptLine BeginTest();
    ScriptLine SayMail();
    ScriptLine GoOn(); //!< The next test, or QUIT.
    ScriptLine OnRcptReply(const smtp::Reply& reply);
    ScriptLine Decide(RelayVerdict verdict);
    void Tell(RelayVerdict verdict);
    void LearnName(std::string_view greeting);
    void LoseConnection(Nanoseconds now);
    void Finish(RelayEnd end, Nanoseconds now);

    RelayTesterConfig m_config;
    RelayNames m_names;
    IpAddress m_target;
    WallTime m_unixTime;
    RelayTestObserver& m_observer;
    DrawKey m_draws;
    std::uint64_t m_said = 0; //!< Commands so far.
    std::vector<RelayTestResult> m_results;
    std::size_t m_at = 0; //!< The test in hand.
    RelayCommands m_commands;
    Phase m_phase = Phase::Greeting;
    std::optional<Nanoseconds> m_next;
    Nanoseconds m_now{0};
    std::uint32_t m_connections = 0;
    std::uint32_t m_fruitless = 0; //!< Connections in a row that came to nothing.
    std::uint32_t m_tries = 0;     //!< Connections that the test in hand has used up.
    bool m_open = false;           //!< A transaction is.
    bool m_afterTest = false;      //!< The next test follows another on the same connection.
    bool m_needsAuthentication = false;
    bool m_titled = false; //!< The transcript has its title.
    bool m_over = false;
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_RELAY_TESTER_H
