#ifndef BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H
#define BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/scenario/scenario.h"
#include "lab/world/network.h"
#include "models/mail/daily-schedule.h"
#include "models/mail/message.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace bouncelab::world
{

/// The users and programs of one mail host: they hand it the scenario's messages that go by it,
/// what is sent daily, and other mail at its rate.
class MailSource
{
  public:
    /// Takes a message. \param forgery whether its sender's address is forged
    using MailHandler = std::function<void(const mail::Submission&, bool forgery)>;

    /**
     * \param network has to outlive the source
     * \param host whose users they are
     * \param submit where the mail goes
     */
    MailSource(Network& network, const std::string& host, MailHandler submit);

    /// Schedules the first submissions. Before the simulation runs.
    void Start();

  private:
    /// Mail at a rate, and how much of it there has been.
    struct MailFlow
    {
        const scenario::OrdinaryMail* config = nullptr;
        DrawKey draws;
        std::uint64_t count = 0;
    };

    /// What is sent daily, and how often it has been.
    struct DailyFlow
    {
        const scenario::DailyMail* config = nullptr;
        DrawKey draws;
        std::uint64_t count = 0;
        WallTime last{}; //!< Its time of day, without what was drawn.
    };

    bool IsOurs(const std::string& via) const;
    void ScheduleNext(DailyFlow& flow);
    void SubmitDaily(DailyFlow& flow);
    void Submit(const scenario::MessageConfig& message,
                bool forgery,
                const std::string& subject = {});
    void AddStream(const scenario::OrdinaryMail& config, const std::string& name);
    void ScheduleNext(MailFlow& stream);
    void SubmitNext(MailFlow& stream);

    const scenario::MailConfig& m_config;
    MailHandler m_submit;
    std::string m_host;
    bool m_takesTheRest; //!< Mail that names no host.
    std::string m_hostname;
    mail::QueuePersona m_queue;
    HostClock m_clock;
    std::uint64_t m_seed;
    DrawKey m_contents;
    IpAddress m_users; //!< Of their machines: the first of 256.
    std::uint64_t m_submitted = 0;
    std::deque<MailFlow> m_streams;
    mail::LocalZone m_zone;
    std::deque<DailyFlow> m_daily;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_SOURCE_H
