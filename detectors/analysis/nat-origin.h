#ifndef BOUNCELAB_DETECTORS_ANALYSIS_NAT_ORIGIN_H
#define BOUNCELAB_DETECTORS_ANALYSIS_NAT_ORIGIN_H

#include "detectors/analysis/analysis.h"

#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// Who behind an address translation began a connection.
struct NatOrigin
{
    HostAddress host;     //!< Unknown: no host inside.
    std::string sentence; //!< Which evidence says so.
};

/// Finds it out of a firewall's log and of captures inside.
class NatOrigins
{
  public:
    /// \param analysis not owned
    explicit NatOrigins(const Analysis& analysis);

    /**
     * Whoever began some sessions of one client: by a row that tells the translation, by a capture
     * inside that shows the same greeting to the same server at that time, or by who opened a
     * connection to that server then, each time and alone, by the firewall's log, whose clock may
     * be of another zone.
     *
     * \param sessions one or more
     * \return nothing where the evidence does not tell
     */
    std::optional<NatOrigin> Of(const std::vector<const SmtpSession*>& sessions) const;

    /// What the firewall log's clock is ahead of that of the logs of sessions, or of captures.
    std::optional<std::chrono::minutes> FirewallAhead(bool ofCaptures) const
    {
        return m_ahead[ofCaptures ? 1 : 0];
    }

  private:
    using Row = InFile<FirewallEvent>;

    std::optional<NatOrigin> ByTranslation(const SmtpSession& session) const;
    std::optional<NatOrigin> ByCapture(const SmtpSession& session) const;
    std::optional<NatOrigin> ByTimes(const std::vector<const SmtpSession*>& sessions) const;

    const Analysis& m_analysis;
    std::vector<const Row*> m_opened; //!< Outward to port 25, in order of time.
    std::optional<std::chrono::minutes> m_ahead[2];
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_NAT_ORIGIN_H
