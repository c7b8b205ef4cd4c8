#ifndef BOUNCELAB_MODELS_DNS_BLACKLIST_H
#define BOUNCELAB_MODELS_DNS_BLACKLIST_H

#include "formats/address.h"
#include "formats/duration.h"
#include "models/dns/blacklist-config.h"
#include "models/dns/zone.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>

namespace bouncelab::dns
{

/// What a sensor has seen an address do.
struct Sighting
{
    IpAddress client;
    bool atTrap = false;    //!< It wrote to a spam trap.
    std::string hello;      //!< What it calls itself.
    std::string helloFault; //!< Why that is implausible; empty = it is not.
};

enum class ListingChange
{
    Hit,       //!< Seen, and counted.
    Listed,    //!< On the list.
    Published, //!< The zone says so.
    Removed,   //!< Taken off because somebody asked.
    Refused,   //!< Somebody asked, and it stays.
    Expired,   //!< Taken off because nothing was seen for a while.
    Withdrawn, //!< The zone does not say it any more.
};

std::string_view NameOfChange(ListingChange change); //!< "published"

/// What happened to an address.
struct ListingEvent
{
    Nanoseconds time{0};
    IpAddress address;
    ListingChange change = ListingChange::Hit;
    std::string_view list;      //!< Its title.
    std::string_view zone;      //!< Its name.
    std::string hello;          //!< Of the last hit.
    std::string reason;         //!< Of the last hit: "spam-trap" or the fault of its HELO.
    std::uint32_t hits = 0;     //!< In the window.
    std::uint32_t listings = 0; //!< How often it has been listed, this time included.
    Nanoseconds detected{0};    //!< The last hit.
    std::optional<Nanoseconds> removed = std::nullopt; //!< The last removal on request.
    Nanoseconds updateInterval{0};
};

/**
 * A list without sockets and clocks: sightings, requests for removal and the time go in; events
 * come out, and a zone that lags behind by the update interval.
 *
 * The caller, after every call that takes the time, takes the events, and calls Advance() at
 * NextTimer(). Times are those since any fixed start, and never run backwards.
 */
class Blacklist final : public ZoneSource
{
  public:
    /// \pre the policy is without fault; the zone's name is one
    Blacklist(const std::string& zone, const BlacklistPolicy& policy);

    void Sight(const Sighting& sighting, Nanoseconds now);

    /// Somebody asks for an address to be taken off. Nothing happens if it is not on the list.
    void Remove(IpAddress address, Nanoseconds now);

    void Advance(Nanoseconds now);
    std::optional<Nanoseconds> NextTimer() const;
    std::optional<ListingEvent> TakeEvent();

    bool IsListed(IpAddress address) const;    //!< Whatever the zone says.
    bool IsPublished(IpAddress address) const; //!< As the zone says.

    // ZoneSource
    const std::string& Name() const override { return m_zone; }

    void Answer(Message& response, IpAddress client) const override;

  private:
    struct Entry
    {
        std::deque<Nanoseconds> trapHits;
        std::deque<Nanoseconds> helloHits;
        bool listed = false;
        bool published = false;
        std::uint32_t listings = 0;
        Nanoseconds lastHit{0};
        std::optional<Nanoseconds> removed;
        std::string hello;
        std::string reason;
    };

    void Tell(IpAddress address, const Entry& entry, ListingChange change, Nanoseconds now);
    void Publish(Nanoseconds now);
    void Say(Message& response, Ipv4 code, const std::string& reason) const;
    void Deny(Message& response, ResponseCode code) const;

    std::string m_zone;
    BlacklistPolicy m_policy;
    std::map<IpAddress, Entry> m_entries;
    std::optional<Nanoseconds> m_update; //!< When the zone is made next; none: nothing is new.
    std::queue<ListingEvent> m_events;
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_BLACKLIST_H
