#ifndef BOUNCELAB_MODELS_DNS_NAME_H
#define BOUNCELAB_MODELS_DNS_NAME_H

#include "formats/address.h"

#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::dns
{

/*
 * Domain names are text in lower case without the final dot; the root is empty. Octets that text
 * cannot show are escaped as in zone files ("\046").
 */

/// A name as people or zone files write it, absolute with or without the final dot; nothing if it
/// is none (RFC 1035 2.3.4).
std::optional<std::string> ReadName(std::string_view text);

/// The name without its first label. \pre it is not the root
std::string_view ParentOf(std::string_view name);

/// Whether a name is a zone's own, or below it.
bool IsAtOrBelow(std::string_view name, std::string_view zone);

/// The name that stands for an address in a zone, its octets in reverse (RFC 1035 3.5, RFC 5782
/// 2.1), or its 32 nibbles (RFC 3596 2.5, RFC 5782 2.4).
std::string ReverseName(const IpAddress& address, std::string_view zone);

/// The same in the zone of reverse DNS: "1.2.0.192.in-addr.arpa", or below "ip6.arpa".
std::string ReverseName(const IpAddress& address);

/// The address that such a name stands for; nothing if it stands for none.
std::optional<IpAddress> AddressOfReverse(std::string_view name, std::string_view zone);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_NAME_H
