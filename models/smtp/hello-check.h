#ifndef BOUNCELAB_MODELS_SMTP_HELLO_CHECK_H
#define BOUNCELAB_MODELS_SMTP_HELLO_CHECK_H

#include "formats/address.h"

#include <string_view>

namespace bouncelab::smtp
{

/// Why what a client calls itself cannot be true, or is not what RFC 5321 4.1.1.1 wants, as far as
/// that shows without asking anybody.
enum class HelloFault
{
    None,
    Missing,       //!< It has not said HELO.
    Localhost,     //!< "localhost", "localhost.localdomain": every machine is that to itself.
    BareAddress,   //!< "127.0.0.1" without brackets.
    ForgedLiteral, //!< An address literal that is not where the client comes from.
    ServersOwn,    //!< The server's own name or address.
    NotQualified,  //!< A name without a domain.
    Malformed,     //!< No host name at all.
};

std::string_view NameOfHelloFault(HelloFault fault); //!< "bare-address"; empty = none.

/**
 * \param hello what HELO or EHLO said
 * \param client,server addresses of the connection
 * \param serverName as the server calls itself
 */
HelloFault JudgeHello(std::string_view hello,
                      IpAddress client,
                      IpAddress server,
                      std::string_view serverName);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_HELLO_CHECK_H
