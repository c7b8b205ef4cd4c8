#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_RECEIVE_LOG_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_RECEIVE_LOG_H

#include "detectors/readers/protocol-sessions.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// A command in a session of a receive log, and what the server answered.
struct LoggedTurn
{
    const detectors::LogRow* command = nullptr;
    /// In order. Steps of AUTH and the end of content belong to AUTH and DATA.
    std::vector<const detectors::LogRow*> answer;
};

/// Commands and answers of one session, paired in their order.
class LoggedDialogue
{
  public:
    /// \param session of a server's log; has to outlive the dialogue
    explicit LoggedDialogue(const detectors::LogSession& session);

    const std::vector<LoggedTurn>& Turns() const { return m_turns; }

    /// The first turn of a verb, which is in upper case; nothing if the session has none.
    const LoggedTurn* Find(std::string_view verb) const;

    /// The last of several EHLO or HELO.
    const LoggedTurn* Hello() const;

    /// The text of a turn's command, and of its answer's last line; empty = none.
    std::string_view TextOf(const LoggedTurn& turn) const { return m_session->Data(*turn.command); }

    std::string_view LastLineOf(const LoggedTurn& turn) const;

  private:
    const detectors::LogSession* m_session;
    std::vector<LoggedTurn> m_turns;
};

/// A delay that the server announces in its log.
struct LoggedDelay
{
    std::int64_t delayNs = 0;
    std::string reason; //!< "550 5.1.1 User unknown", "DelayedAck"

    /// Whether it holds a reply back, rather than waiting for a delivery or for resources.
    bool IsOfReply() const;
};

/// Data of a row "Tarpit for '0.00:00:05' due to '550 5.1.1 User unknown'"; nothing for others.
std::optional<LoggedDelay> ParseLoggedDelay(std::string_view data);

/// How the rows of the log are made, as its files have them.
struct RowForm
{
    std::uint64_t rows = 0;
    std::uint64_t mostFields = 0;
    std::uint64_t fewer = 0;       //!< Rows with fewer fields than the longest.
    bool emptyContextComma = true; //!< Whole rows with no context end in a comma.
    std::string names;             //!< "#Fields:" of the first file; empty = none.
};

/// The receive protocol log of a server: all its files.
class ReceiveLog
{
  public:
    /// Takes what is of a receive log from every text below the folder. The log may stay empty.
    explicit ReceiveLog(const std::filesystem::path& folder);

    /// In order of their first stamps.
    const std::vector<detectors::LogSession>& Sessions() const { return m_sessions.All(); }

    const RowForm& Form() const { return m_form; }

  private:
    void CountFields(std::string_view line);

    detectors::ProtocolSessions m_sessions;
    RowForm m_form;
};

/// "192.168.0.222:25"
std::string EndpointText(const detectors::LoggedEndpoint& endpoint);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_RECEIVE_LOG_H
