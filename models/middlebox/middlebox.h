#ifndef BOUNCELAB_MODELS_MIDDLEBOX_MIDDLEBOX_H
#define BOUNCELAB_MODELS_MIDDLEBOX_MIDDLEBOX_H

#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Configs include this, and they know nothing of ns-3.
namespace bouncelab::host
{
class Host;
}

namespace bouncelab::path
{
enum class Direction;
class NetworkPath;
class Router;
struct WirePacket;
} // namespace bouncelab::path

namespace bouncelab::provenance
{
class Ledger;
}

namespace bouncelab::middlebox
{

/**
 * A box between hosts, as a world keeps it while it runs.
 *
 * Beside the config of each kind stands the function that builds one where its keys `path`,
 * `station` and `host` say:
 *
 *     std::unique_ptr<Middlebox> Build(const std::string& name, const Config& config, Site& site);
 */
class Middlebox
{
  public:
    Middlebox() = default;
    virtual ~Middlebox() = default;
    Middlebox(const Middlebox&) = delete;
    Middlebox& operator=(const Middlebox&) = delete;
};

/// What a box finds where it is built. Names are those of the scenario, and exist.
class BuildSite
{
  public:
    virtual ~BuildSite() = default;

    virtual path::NetworkPath& FindPath(const std::string& name) = 0;
    virtual path::Router& FindStation(const std::string& name) = 0;
    virtual host::Host& FindHost(const std::string& name) = 0;

    /// Shows those who watch a host what passes it; for a host that is no end of a path.
    virtual std::function<void(path::Direction, const path::WirePacket&)> WatchersOf(
        const std::string& host) = 0;

    /// The address at which a host finds the server of a mail domain.
    virtual std::optional<IpAddress> ExchangerFor(const std::string& host,
                                                  std::string_view domain) const = 0;

    virtual std::uint64_t Seed() const = 0; //!< Of the run.
    virtual WallTime Start() const = 0;     //!< True time at its start.
    virtual provenance::Ledger& Ledger() = 0;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_MIDDLEBOX_H
