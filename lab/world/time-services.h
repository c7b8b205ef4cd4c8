#ifndef BOUNCELAB_LAB_WORLD_TIME_SERVICES_H
#define BOUNCELAB_LAB_WORLD_TIME_SERVICES_H

#include "lab/world/program.h"
#include "models/host/time-keeper.h"
#include "models/kerberos/key.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::world
{

/// The time services of the hosts that are in no domain of the scenario.
class TimeServices
{
  public:
    /// The context's network and events have to outlive this.
    explicit TimeServices(const ProgramContext& context);
    TimeServices(const TimeServices&) = delete;
    TimeServices& operator=(const TimeServices&) = delete;

  private:
    std::unique_ptr<host::TimeKeeper> Make(const ProgramContext& context,
                                           host::Host& host,
                                           const kerberos::HostTimeConfig& config) const;
    const kerberos::Secret* SecretOf(std::uint32_t account) const;

    std::map<std::uint32_t, kerberos::Secret> m_secrets; //!< By account.
    std::vector<std::unique_ptr<host::TimeKeeper>> m_keepers;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_TIME_SERVICES_H
