#ifndef BOUNCELAB_MODELS_PROBE_HARVESTER_H
#define BOUNCELAB_MODELS_PROBE_HARVESTER_H

#include "models/probe/campaign.h"
#include "models/probe/harvester-config.h"
#include "models/probe/lockstep-session.h"

#include "formats/random.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::probe
{

/// How a harvest came to its end.
enum class HarvestEnd
{
    Running,
    DictionaryDone,
    AcceptsAll, //!< A nonsense mailbox exists: the replies tell nothing.
    Banned,
    Tarpitted,            //!< It gave up for slowness.
    AuthenticationNeeded, //!< 530
    GaveUp,               //!< Too many fruitless connections.
};

std::string_view NameOfHarvestEnd(HarvestEnd end); //!< "dictionary-done"

/// What a harvester has learned, and what it cost.
struct HarvestReport
{
    HarvestEnd end = HarvestEnd::Running;
    std::vector<std::string> found; //!< Addresses that were accepted, in that order.
    std::uint64_t guesses = 0;      //!< Answers to RCPT, repeated questions included.
    std::uint64_t refused = 0;      //!< Guesses that do not exist, as far as it knows.
    std::uint64_t unknown = 0;      //!< Guesses that it got no clear answer to.
    std::uint64_t slow = 0;         //!< Answers that were held back.
    std::uint32_t connections = 0;
    std::uint32_t bans = 0;
    Nanoseconds started{0};
    Nanoseconds lastAnswer{0};
    Nanoseconds waited{0}; //!< For answers to RCPT, in sum.

    /// From the start to the last answer, over the guesses; 0 if there were none.
    Nanoseconds TimePerGuess() const
    {
        const Nanoseconds span = lastAnswer - started;
        return guesses > 0 ? Nanoseconds(span.count() / static_cast<std::int64_t>(guesses))
                           : Nanoseconds(0);
    }
};

/// Hears what a harvester does. No call leads back into the harvester.
class HarvestObserver
{
  public:
    virtual ~HarvestObserver() = default;

    /// An answer to RCPT. \param waited from the command to the answer
    virtual void OnGuess(Nanoseconds, std::string_view, std::uint32_t, Nanoseconds) {}

    virtual void OnFound(Nanoseconds, std::string_view) {}

    virtual void OnDone(Nanoseconds, const HarvestReport&) {} //!< Once, last.
};

/**
 * Guesses mailboxes of a domain from a dictionary, many to a message that it never sends, and
 * learns from the replies which exist (S004-19, reason 1).
 *
 * It takes 2yz for yes and 5yz for no. 4yz and lost connections have it ask again; 452 among
 * accepted recipients begins a new message.
 */
class Harvester final : public Campaign,
                        private Script
{
  public:
    /// \pre the config is without fault (CheckHarvester). The observer has to outlive the
    /// harvester.
    Harvester(HarvesterConfig config, HarvestObserver& observer, DrawKey draws);

    void Start(Nanoseconds now) override;
    std::optional<Nanoseconds> NextConnection() const override;
    std::unique_ptr<smtp::Session> Open() override;
    void ConnectFailed(Nanoseconds now) override;

    bool Over() const override { return m_report.end != HarvestEnd::Running; }

    const HarvestReport& Report() const { return m_report; } //!< So far.

    std::uint64_t DictionarySize() const;

  private:
    enum class Phase
    {
        Greeting,
        Ehlo,
        Helo,
        Reset,
        Mail,
        Rcpt,
        Quit,
    };

    enum class ProbeQuestion
    {
        Nonsense, //!< Is it a catch-all?
        Guess,
        Known, //!< Am I banned?
    };

    /// A word of the dictionary, by its number, and how often it was asked for in vain.
    struct Guess
    {
        std::uint64_t word = 0;
        std::uint32_t tries = 0;
    };

    // Script
    Nanoseconds GreetingTimeout() const override { return m_config.timeout; }

    std::optional<ScriptLine> OnReply(const smtp::Reply& reply, Nanoseconds now) override;
    void OnSaid(std::string_view octets, Nanoseconds now) override;
    void OnEnd(smtp::EndReason reason, Nanoseconds now) override;

    ScriptLine Say(Phase phase, std::string line);
    ScriptLine SayMail();
    ScriptLine GoOn();
    ScriptLine Leave(HarvestEnd end);
    bool ChooseQuestion();
    std::optional<ScriptLine> OnAnswer(const smtp::Reply& reply);
    void TakeAnswer(smtp::ReplyClass answer);
    void Postpone();
    void OnBan();
    std::optional<ScriptLine> OnTooSlow();
    void LoseConnection();
    void Finish(HarvestEnd end);
    std::string WordAt(std::uint64_t index) const;
    std::string Nonsense() const;

    HarvesterConfig m_config;
    HarvestObserver& m_observer;
    DrawKey m_draws;
    std::uint64_t m_said = 0; //!< Commands so far.
    HarvestReport m_report;
    Phase m_phase = Phase::Greeting;
    ProbeQuestion m_question = ProbeQuestion::Guess;
    Guess m_guess;                        //!< In hand.
    std::uint64_t m_position = 0;         //!< The next word.
    std::deque<Guess> m_again;            //!< Had no clear answer; asked after the dictionary.
    std::vector<std::uint64_t> m_doubted; //!< Refused in a row: perhaps by a ban.
    std::string m_address;                //!< That is asked for.
    bool m_asking = false;                //!< A question is chosen, and has no answer.
    std::optional<Nanoseconds> m_next;
    std::optional<HarvestEnd> m_leaving; //!< How it ends when this connection does.
    Nanoseconds m_now{0};
    Nanoseconds m_saidAt{0};
    std::uint32_t m_inMessage = 0;    //!< RCPT commands since MAIL.
    std::uint32_t m_inConnection = 0; //!< RCPT commands.
    std::uint32_t m_accepted = 0;     //!< Recipients of this message.
    std::uint32_t m_fruitless = 0;
    std::uint32_t m_nonsenseTries = 0;
    std::uint32_t m_slowInRow = 0;
    std::uint32_t m_slowConnections = 0;
    bool m_checked = false;  //!< The server is no catch-all, or that is not checked.
    bool m_open = false;     //!< A transaction is.
    bool m_answered = false; //!< This connection has brought an answer.
    bool m_banned = false;   //!< The next connection comes after a ban.
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_HARVESTER_H
