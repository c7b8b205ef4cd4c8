#ifndef BOUNCELAB_MODELS_SERVICE_DIRECTORY_SERVICE_H
#define BOUNCELAB_MODELS_SERVICE_DIRECTORY_SERVICE_H

#include "models/service/directory.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

namespace bouncelab::service
{

/// A directory in simulated time. Its questions and answers are not on the wire: it stands for one
/// beside the servers that ask it.
class DirectoryService : public DirectoryClient
{
  public:
    using SampleHandler = std::function<void(const LoadSample&)>;

    /**
     * \pre the config is without fault (CheckDirectory).
     * \param name of the directory; names its draws
     * \param onSample hears of its load, interval by interval; may be empty
     */
    DirectoryService(const DirectoryConfig& config,
                     std::uint64_t seed,
                     std::string_view name,
                     SampleHandler onSample);
    ~DirectoryService() override;
    DirectoryService(const DirectoryService&) = delete;
    DirectoryService& operator=(const DirectoryService&) = delete;

    LookupTicket Ask(Handler onAnswer) override;
    void Forget(LookupTicket ticket) override;

    /// Tells the samples up to now, the last one cut short. At the end of the run.
    void Finish();

    std::size_t OpenLookups() const { return m_directory.OpenLookups(); }

    std::size_t Backlog() const { return m_directory.Backlog(); }

  private:
    static Nanoseconds Now();
    void Wake();
    void TellSamples();
    void Arm();

    Directory m_directory;
    SampleHandler m_onSample;
    std::map<LookupTicket, Handler> m_handlers;
    ns3::EventId m_timer;
};

} // namespace bouncelab::service

#endif // BOUNCELAB_MODELS_SERVICE_DIRECTORY_SERVICE_H
