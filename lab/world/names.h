#ifndef BOUNCELAB_LAB_WORLD_NAMES_H
#define BOUNCELAB_LAB_WORLD_NAMES_H

#include "lab/world/program.h"
#include "models/host/name-resolver.h"
#include "models/host/name-server.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bouncelab::world
{

/// The name service of a run: name servers, and the resolvers of hosts.
class Names
{
  public:
    /// The context's network and events have to outlive this.
    explicit Names(const ProgramContext& context);
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    /// What a host's programs ask for names; null if they know them at once.
    dns::LookupClient* ResolverOf(const std::string& host) const;

    /// Has a host ask what an address is called; `onName` is called once, later, with an empty
    /// name if it has none or nobody says. \pre it has a resolver
    void AskReverse(const std::string& host,
                    IpAddress address,
                    std::function<void(const std::string& name)> onName) const;

    /// Null if a host has no name server.
    host::NameServer* ServerOf(const std::string& host) const;

  private:
    std::map<std::string, std::unique_ptr<host::NameServer>> m_servers;
    std::map<std::string, std::unique_ptr<host::NameResolver>> m_resolvers;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_NAMES_H
