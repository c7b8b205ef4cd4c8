#include "tests/path/star.h"

namespace bouncelab::path
{

StarNode::StarNode(RouterSetup setup, PathForm form, IpAddress near, IpAddress far)
    : m_setup(std::move(setup))
    , m_form(form)
    , m_router(m_setup)
    , m_nearSide(m_router.AddInterface(near, Direction::Outbound))
    , m_farSide(m_router.AddInterface(far, Direction::Inbound))
{
}

NetworkPath&
StarNode::AddLine(const std::string& name, std::vector<HopConfig> hops)
{
    const IpAddress address = hops.back().address;
    m_lines.push_back(NetworkPath::Make(
        m_form,
        {name, m_setup.seed, std::move(hops), address, PathEnd::Far, m_setup.ledger}));
    return *m_lines.back();
}

NetworkPath&
StarNode::AddServer(const std::string& name, std::vector<HopConfig> hops)
{
    NetworkPath& line = AddLine(name, std::move(hops));
    m_router.Attach(m_farSide, line, PathEnd::Near);
    Learn(line.Setup().hostAddress, line);
    return line;
}

StarNode&
StarNode::AddStation(const std::string& name, std::vector<HopConfig> hops)
{
    const HopConfig icmp = hops.back();
    NetworkPath& line = AddServer(name, std::move(hops));
    m_stations.push_back(
        std::make_unique<StarNode>(RouterSetup{name, m_setup.seed, icmp, m_setup.ledger},
                                   m_form,
                                   icmp.address,
                                   icmp.address));
    StarNode& station = *m_stations.back();
    station.m_near = &line;
    station.m_parent = this;
    station.m_router.Attach(station.m_nearSide, line, PathEnd::Far);
    station.m_router.SetDefaultRoute(station.m_nearSide, line, PathEnd::Far);
    return station;
}

void
StarNode::AddAddress(IpAddress address)
{
    m_router.AddAddress(address);
    m_near->AddAddress(address);
    m_parent->Learn(address, *m_near);
}

void
StarNode::Learn(IpAddress address, NetworkPath& line)
{
    m_router.AddRoute(address, m_farSide, line, PathEnd::Near);
    if (m_parent)
    {
        m_near->AddAddress(address);
        m_parent->Learn(address, *m_near);
    }
}

SiteGateway::SiteGateway(SiteSetup setup)
    : StarNode({setup.name, setup.seed, setup.inside.back(), setup.ledger},
               setup.form,
               setup.inside.back().address,
               setup.outsideAddress)
    , m_inside(NetworkPath::Make(setup.form,
                                 {setup.name + "/inside",
                                  setup.seed,
                                  setup.inside,
                                  setup.mailHost,
                                  PathEnd::Near,
                                  setup.ledger}))
{
    m_near = m_inside.get();
    m_router.Attach(m_nearSide, *m_inside, PathEnd::Far);
    m_router.AddRoute(setup.mailHost, m_nearSide, *m_inside, PathEnd::Far);
    if (setup.nat)
    {
        m_router.Translate(*setup.nat, m_farSide);
    }
}

} // namespace bouncelab::path
