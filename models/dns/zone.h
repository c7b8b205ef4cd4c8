#ifndef BOUNCELAB_MODELS_DNS_ZONE_H
#define BOUNCELAB_MODELS_DNS_ZONE_H

#include "models/dns/message.h"
#include "models/dns/zone-config.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::dns
{

/// Fills an answer from one zone.
class ZoneSource
{
  public:
    virtual ~ZoneSource() = default;

    virtual const std::string& Name() const = 0;

    /// Sets sections, code and the AA bit of a response (RFC 1034 4.3.2).
    /// \param response with a question at or below the zone
    /// \param client who asks
    virtual void Answer(Message& response, IpAddress client) const = 0;
};

/// A zone whose content does not change: with CNAMEs, wildcards (RFC 4592), and delegations.
class Zone final : public ZoneSource
{
  public:
    /// \pre CheckZone() finds no fault
    Zone(const std::string& name, const ZoneConfig& config);

    const std::string& Name() const override { return m_name; }

    void Answer(Message& response, IpAddress client) const override;

  private:
    using Node = std::map<RecordType, Records>;

    const Node* Find(const std::string& name, std::string& owner) const;
    const Records* DelegationOf(std::string_view name) const;
    void Deny(Message& response, ResponseCode code) const;
    void AddAddresses(Message& response, const Records& from) const;

    std::string m_name;
    bool m_isExpired;
    std::map<std::string, Node, std::less<>> m_nodes; //!< Also names with others below them only.
};

/// The zones of a server.
class Authority
{
  public:
    void Add(std::unique_ptr<ZoneSource> zone) { m_zones.push_back(std::move(zone)); }

    /// The zone that a name is in, the deepest of them; null if it is in none.
    const ZoneSource* ZoneOf(std::string_view name) const;

    /// What the zones say to a query; REFUSED where none of them has the name.
    Message Answer(const Message& query, IpAddress client) const;

  private:
    std::vector<std::unique_ptr<ZoneSource>> m_zones;
};

/// The response to a query, still without records.
Message ResponseTo(const Message& query);

/// What a server says to octets that are no query it can read; empty: it says nothing.
std::string ResponseToGarbage(std::string_view octets);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_ZONE_H
