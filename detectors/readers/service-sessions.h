#ifndef BOUNCELAB_DETECTORS_READERS_SERVICE_SESSIONS_H
#define BOUNCELAB_DETECTORS_READERS_SERVICE_SESSIONS_H

#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/smtp-service-reader.h"
#include "formats/clock.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Puts the rows of SMTP service logs together to sessions. The log numbers no sessions (fact F44),
 * so that sessions of one client at the same time can be told apart by what may follow what alone:
 *
 *  - a session that came in begins with EHLO or HELO and ends with QUIT, whose row tells how long
 *    it was; of several open ones of a client that call themselves alike, a command goes to one
 * where SMTP allows it, and to the one that has been silent longest; a MAIL rather to one that has
 *    said none, a RCPT to one that has asked for nobody, and a QUIT of the right length to one
 *    that has nothing else to say;
 *  - a session that the server began begins with a greeting; time-taken counts from its beginning,
 *    and never runs back.
 *
 * Times of a session that came in are whole seconds at the answers, and before them at the commands
 * by time-taken; those of others are the greeting's second and time-taken. Stamps and time-taken
 * may disagree by a second (S002-66).
 */
class ServiceSessions
{
  public:
    /// Rows from now on come from this file. \param index ProtocolSessions::FileIndex()
    void BeginFile(std::string_view name, std::uint16_t index);

    void Add(const ServiceRow& row);

    /// All sessions, with detail Codes; nothing is left here.
    std::vector<LogSession> Take();

    /// Rows that were not kept because there were too many.
    std::uint64_t Dropped() const { return m_dropped; }

  private:
    /// Where an inbound session stands.
    enum class State : std::uint8_t
    {
        Hello, //!< EHLO or HELO was refused, or nothing was said.
        Ready,
        Mail,
        Recipients,
    };

    struct OpenSession
    {
        LogSession session;
        std::string_view folder; //!< Points into m_locals.
        State state = State::Hello;
        WallTime start{}; //!< By the first row, or as time-taken has it.
        WallTime last{};
        std::int64_t takenMs = 0; //!< Outbound: of the last row.
        int unanswered = 0;       //!< Outbound: commands.
        bool hasMail = false;     //!< Inbound: it has said MAIL.
        bool hasAsked = false;    //!< Inbound: RCPT, since the last MAIL.
        bool inContent = false;   //!< Outbound: 354 has come.
        bool atTls = false;       //!< Outbound: the last command was STARTTLS.
    };

    /// Folder, remote address, outbound, name or port.
    using Key = std::tuple<std::string_view, HostAddress, bool, std::string>;

    void AddInbound(const ServiceRow& row, std::vector<OpenSession>& open);
    void AddOutbound(const ServiceRow& row, std::vector<OpenSession>& open);
    OpenSession& Begin(const ServiceRow& row, std::vector<OpenSession>& open);
    static std::size_t Fitting(const ServiceRow& row, const std::vector<OpenSession>& open);
    static bool Admits(const OpenSession& open, const ServiceRow& row);
    void End(std::vector<OpenSession>& open, std::size_t which);

    std::map<std::string, std::optional<HostAddress>>
        m_locals; //!< By folder: the server's own address.
    std::string_view m_folder;
    std::uint16_t m_file = 0;
    std::map<Key, std::vector<OpenSession>> m_open;
    std::vector<OpenSession> m_ended;
    std::uint64_t m_number = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SERVICE_SESSIONS_H
