#ifndef BOUNCELAB_TESTS_PATH_STAR_H
#define BOUNCELAB_TESTS_PATH_STAR_H

#include "models/path/router.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// A router with one line on its near side and others on its far side, which lead to hosts and to
/// further such routers.
class StarNode
{
  public:
    StarNode(RouterSetup setup, PathForm form, IpAddress near, IpAddress far);
    StarNode(const StarNode&) = delete;
    StarNode& operator=(const StarNode&) = delete;
    virtual ~StarNode() = default;

    operator Router&() { return m_router; }

    /// Adds a host behind a line; it has the last hop's address, and takes End::Far.
    NetworkPath& AddServer(const std::string& name, std::vector<HopConfig> hops);

    /// Adds a router as the last hop of a line.
    StarNode& AddStation(const std::string& name, std::vector<HopConfig> hops);

    /// A further address of a station, which all routers before it learn.
    void AddAddress(IpAddress address);

    NetworkPath& Near() { return *m_near; }

    void ObserveNear(WireObserver observer) { m_nearSide.Observe(std::move(observer)); }

    void ObserveFar(WireObserver observer) { m_farSide.Observe(std::move(observer)); }

    void SetHandler(Router::Handler handler) { m_router.SetHandler(std::move(handler)); }

    void AddLocalHandler(WireHandler handler) { m_router.AddLocalHandler(std::move(handler)); }

    void Send(const WirePacket& packet) { m_router.Send(packet); }

    void Forward(const WirePacket& packet) { m_router.Forward(packet); }

    const RouterCounts& Counts() const { return m_router.Counts(); }

    Nat* Translation() { return m_router.Translation(); }

  protected:
    /// All that has its line: an address that is found behind it, seen from here.
    void Learn(IpAddress address, NetworkPath& line);

    RouterSetup m_setup;
    PathForm m_form;
    Router m_router;
    Router::Interface& m_nearSide;
    Router::Interface& m_farSide;
    NetworkPath* m_near = nullptr;
    StarNode* m_parent = nullptr;

  private:
    NetworkPath& AddLine(const std::string& name, std::vector<HopConfig> hops);

    std::vector<std::unique_ptr<NetworkPath>> m_lines;
    std::vector<std::unique_ptr<StarNode>> m_stations;
};

struct SiteSetup
{
    std::string name = "gateway";
    std::uint64_t seed = 0;
    PathForm form = PathForm::Channel;
    IpAddress mailHost;                   //!< At the near end of the inside line.
    std::vector<HopConfig> inside;        //!< From the mail host; the last one is the gateway.
    IpAddress outsideAddress;             //!< The gateway's.
    provenance::Ledger* ledger = nullptr; //!< Not owned.
    std::optional<NatConfig> nat = std::nullopt;
};

/// A site with one host inside, and its gateway in the middle of a star.
class SiteGateway : public StarNode
{
  public:
    explicit SiteGateway(SiteSetup setup);

    NetworkPath& Inside() { return *m_inside; }

    void ObserveInside(WireObserver observer) { ObserveNear(std::move(observer)); }

    void ObserveOutside(WireObserver observer) { ObserveFar(std::move(observer)); }

  private:
    std::unique_ptr<NetworkPath> m_inside;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_TESTS_PATH_STAR_H
