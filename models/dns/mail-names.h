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
    IpAddress address;
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
 * 5.1); none for a domain that takes no mail (RFC 7505).
 *
 * \param self the sender's own name: exchangers that are no better than it are left out
 * \param type A or AAAA: addresses of the family that the sender has
 * \return nothing if answers are wanted
 */
std::optional<MailRoute> FindMailRoute(AnswerBook& book,
                                       std::string_view domain,
                                       std::string_view self,
                                       RecordType type);

/// The addresses of one host. \param type of the family that is asked for. \return nothing if an
/// answer is wanted
std::optional<MailRoute> FindHost(AnswerBook& book, std::string_view host, RecordType type);

/// The names of a client's address.
struct ClientNames
{
    std::vector<std::string> claimed;   //!< By reverse DNS; at most ten are looked at.
    std::vector<std::string> confirmed; //!< Those whose addresses lead back to the client.
    bool failed = false;                //!< Nobody said whether there are any.
};

/// Forward-confirmed reverse DNS. \return nothing if answers are wanted
std::optional<ClientNames> FindClientNames(AnswerBook& book, IpAddress client);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_MAIL_NAMES_H
