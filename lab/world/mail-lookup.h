#ifndef BOUNCELAB_LAB_WORLD_MAIL_LOOKUP_H
#define BOUNCELAB_LAB_WORLD_MAIL_LOOKUP_H

#include "lab/scenario/scenario.h"
#include "models/dns/inquiry.h"
#include "models/dns/mail-names.h"
#include "models/host/sending-mta.h"

#include <cstdint>
#include <map>
#include <memory>

namespace bouncelab::world
{

/// Finds where a host's mail goes by its resolver: the relay that it knows by name, or exchangers.
class MailLookup
{
  public:
    /// Both have to outlive this. \param config of the host
    MailLookup(dns::LookupClient& resolver, const scenario::HostConfig& config);
    MailLookup(const MailLookup&) = delete;
    MailLookup& operator=(const MailLookup&) = delete;

    void Resolve(const mail::DeliveryOrder& order, const host::SendingMta::RouteHandler& answer);

  private:
    host::SendingMta::Route RouteOf(const dns::MailRoute& found) const;

    dns::LookupClient& m_resolver;
    const scenario::HostConfig& m_config;
    std::uint64_t m_asked = 0;
    std::map<std::uint64_t, std::unique_ptr<dns::Inquiry>> m_running;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_MAIL_LOOKUP_H
