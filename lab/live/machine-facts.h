#ifndef BOUNCELAB_LAB_LIVE_MACHINE_FACTS_H
#define BOUNCELAB_LAB_LIVE_MACHINE_FACTS_H

#include "lab/live/private-root.h"
#include "lab/scenario/scenario.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace bouncelab::live
{

/**
 * What a mail program at a host's place has to know of the scenario, as its configuration would
 * say: {"address", "hostname", "localDomains": [...], "mailboxes": [...], "relay": null or
 * {"address", "port"}, "auth" (if it logs on to the relay): {"user", "password"}, "exchangers":
 * {domain: {"address", "port"}}, "hosts": {name: {"address", "hostname"}}}.
 *
 * Local domains are those whose mail the host takes; mailboxes are the addresses there that the
 * scenario names anywhere; exchangers are all other domains, under the address that the host knows.
 */
nlohmann::ordered_json MachineFacts(const scenario::Scenario& scenario, const std::string& node);

/// The host's name and what its /etc/hosts holds.
RootTexts TextsOf(const scenario::Scenario& scenario, const std::string& node);

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_MACHINE_FACTS_H
