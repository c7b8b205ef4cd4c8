#ifndef BOUNCELAB_MODELS_MAIL_ADDRESS_ROUTING_H
#define BOUNCELAB_MODELS_MAIL_ADDRESS_ROUTING_H

#include "formats/address.h"
#include "models/mail/routing-persona.h"
#include "models/smtp/path.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::mail
{

/// What an MTA knows of itself.
struct RoutingSite
{
    std::vector<std::string> localDomains; //!< The first is appended to a bare local part.
    std::vector<IpAddress> addresses;      //!< Its own; what a literal may name.
};

/// Where an address leads.
struct RoutedAddress
{
    enum class Kind
    {
        Mailbox, //!< Of a local domain.
        Unknown, //!< Of a local domain, but there is no such mailbox.
        Remote,  //!< To the mail server of `domain`.
        Loop,    //!< It leads back here, or nowhere in the number of steps that there may be.
    };

    Kind kind = Kind::Mailbox;
    std::string address; //!< The mailbox, or what the remote server is to be given.
    std::string domain;  //!< Remote: whose mail server is next; Mailbox: its own domain.
    std::string local;   //!< Mailbox: the local part, quotes and all.
};

/**
 * Decides what becomes of addresses that an MTA has accepted (RFC 5321 2.3.11, 3.6, 4.1.2, appendix
 * C; RFC 1123 5.2.16 for the percent hack, RFC 976 for bang paths). Not whether it accepts them.
 */
class AddressRouting
{
  public:
    using HasMailbox = std::function<bool(std::string_view mailbox)>;

    AddressRouting(RoutingPersona persona, RoutingSite site);

    /**
     * \param recipient a mailbox, with its source route if it has one: "@a,@b:user@c". Any octets;
     * what is no address at all is the name of a local mailbox. Never Kind::Unknown.
     */
    RoutedAddress Route(std::string_view recipient) const;

    RoutedAddress Route(const smtp::Path& path) const;

    /// Looks a mailbox of Route() up, and the catch-all behind it.
    RoutedAddress Verify(RoutedAddress routed, const HasMailbox& hasMailbox) const;

    bool IsLocalDomain(std::string_view domain) const;

  private:
    bool IsOwnLiteral(std::string_view domain) const;
    bool Unfold(std::string& recipient, std::string_view local) const;

    RoutingPersona m_persona;
    RoutingSite m_site;
};

/// A path as the text that AddressRouting reads: without brackets, with its source route.
std::string RecipientText(const smtp::Path& path);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_ADDRESS_ROUTING_H
