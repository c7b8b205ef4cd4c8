#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_PAIRS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_PAIRS_H

#include "detectors/analysis/smtp-session.h"
#include "formats/clock.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Two sessions of one mail, as a client had the one and a server the other.
 *
 * Nested: between each command of the client and its reply lie the server's command and reply, for
 * one and the same difference of clocks; so each was passed on when it came. Else the mail was
 * passed on later, or the sessions have nothing to do with one another.
 */
struct SessionPair
{
    const SmtpSession* client = nullptr;
    const SmtpSession* server = nullptr;
    std::size_t clientMail = 0; //!< Index of the MAIL turn.
    std::size_t serverMail = 0; //!< Ditto.
    bool nested = false;
    /// Server's clock against the client's that fits, as small as can be; for sessions that are not
    /// nested, the time from one MAIL to the other.
    Nanoseconds offset{0};
};

/// How far apart clocks may be (S003-07 has 91 s).
constexpr std::chrono::minutes CLOCKS_APART(2);
/// How long a message may wait at a host that passes it on.
constexpr std::chrono::minutes LONGEST_WAIT(15);

/**
 * Whether the second session may be that of the first one's mail: the same sender, one recipient at
 * least in common.
 */
std::optional<SessionPair> Pair(const SmtpSession& client, const SmtpSession& server);

/// Whether two records tell of one TCP connection: the same client's end, or sequence numbers that
/// begin alike as a NAT leaves them, or a handshake that only passed through.
bool IsSameConnection(const SmtpSession& a, const SmtpSession& b);

/**
 * Gives each of the clients' sessions at most one of the servers', nested pairs first, then by the
 * nearest time. Pairs of one connection come out as any other.
 *
 * \param mayPair says which of them are worth comparing at all.
 */
template <class MayPair>
std::vector<SessionPair> PairSessions(const std::vector<const SmtpSession*>& clients,
                                      const std::vector<const SmtpSession*>& servers,
                                      MayPair mayPair);

/// Sessions with mail of one sender to one recipient, and what may pair with them.
class SessionIndex
{
  public:
    explicit SessionIndex(const std::vector<const SmtpSession*>& sessions);

    /// Sessions near in time with a mail of the session's; each once.
    std::vector<const SmtpSession*> Near(const SmtpSession& session) const;

  private:
    struct IndexEntry
    {
        std::size_t key; //!< Hash of sender and recipient.
        WallTime time;
        const SmtpSession* session;
    };

    std::vector<IndexEntry> m_entries; //!< By key, then time.
};

/// Best pairs first; each session in at most one.
std::vector<SessionPair> ChoosePairs(std::vector<SessionPair> candidates);

template <class MayPair>
std::vector<SessionPair>
PairSessions(const std::vector<const SmtpSession*>& clients,
             const std::vector<const SmtpSession*>& servers,
             MayPair mayPair)
{
    const SessionIndex index(servers);
    std::vector<SessionPair> candidates;
    for (const SmtpSession* client : clients)
    {
        for (const SmtpSession* server : index.Near(*client))
        {
            if (server == client || !mayPair(*client, *server))
            {
                continue;
            }
            if (const auto pair = Pair(*client, *server))
            {
                candidates.push_back(*pair);
            }
        }
    }
    return ChoosePairs(std::move(candidates));
}

/**
 * Pairs of sessions with one server that captures hold: a client's, and that of whoever answered it
 * in the server's name and said the mail again from another address, or from the client's own in a
 * connection of its own. Either each command went on
 * when it came, or the mail followed under the name that had greeted the client. Best fits first,
 * each session once.
 */
std::vector<SessionPair> FindLegs(const std::vector<const SmtpSession*>& sessions);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_PAIRS_H
