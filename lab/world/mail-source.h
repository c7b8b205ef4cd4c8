#ifndef BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H
#define BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/spec/scenario.h"
#include "models/host/sending-mta.h"

#include <cstdint>
#include <string>

namespace bouncelab::world
{

/// The users of a site: they hand the scenario's messages, and ordinary mail at its rate, to the
/// mail host.
class MailSource
{
  public:
    /**
     * \param config has to outlive the source
     * \param mta where the mail goes; has to outlive the source
     * \param mailHost name of the mail host, for the Received field
     * \param clock of the mail host
     */
    MailSource(const spec::MailConfig& config,
               host::SendingMta& mta,
               std::string mailHost,
               const HostClock& clock,
               std::uint64_t seed);

    /// Schedules the first submissions. Before the simulation runs.
    void Start();

  private:
    void Submit(const std::string& from, const std::string& to, std::size_t bytes);
    void ScheduleOrdinary();
    void SubmitOrdinary();

    const spec::MailConfig& m_config;
    host::SendingMta& m_mta;
    std::string m_mailHost;
    HostClock m_clock;
    RandomStream m_arrivals;
    RandomStream m_contents;
    std::uint64_t m_ordinary = 0;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H
