#ifndef BOUNCELAB_MODELS_DNS_MAIL_NAMES_H
#define BOUNCELAB_MODELS_DNS_MAIL_NAMES_H

#include "formats/address.h"
#include "models/dns/inquiry.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::dns
{

/// A server that takes mail for a domain.
struct MailTaker
{
    Ipv4 address;
    std::string name;
};

/// Where mail for a domain goes.
struct MailRoute
{
    std::vector<MailTaker> takers; //!< The first one is tried first; none: there is nowhere to go.
    bool failed = false;           //!< Nobody said where: try again later.
};

/**
 * Exchangers by preference, then by name, without one a host of the domain's own name (RFC 5321
 * 5.1); none for a domain that takes no mail (RFC 7505). IPv4 addresses only.
 *
 * \param self the sender's own name: exchangers that are no better than it are left out
 * \return nothing if answers are wanted
 */
std::optional<MailRoute> FindMailRoute(AnswerBook& book,
                                       std::string_view domain,
                                       std::string_view self);

/// The addresses of one host. \return nothing if an answer is wanted
std::optional<MailRoute> FindHost(AnswerBook& book, std::string_view host);

/// The names of a client's address.
struct ClientNames
{
    std::vector<std::string> claimed;   //!< By reverse DNS; at most ten are looked at.
    std::vector<std::string> confirmed; //!< Those whose addresses lead back to the client.
    bool failed = false;                //!< Nobody said whether there are any.
};

/// Forward-confirmed reverse DNS. \return nothing if answers are wanted
std::optional<ClientNames> FindClientNames(AnswerBook& book, Ipv4 client);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_MAIL_NAMES_H
