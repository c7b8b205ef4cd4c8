#ifndef BOUNCELAB_DETECTORS_ANALYSIS_HELLO_NAME_H
#define BOUNCELAB_DETECTORS_ANALYSIS_HELLO_NAME_H

#include "formats/address.h"

#include <string_view>

namespace bouncelab::detectors
{

/// What is wrong with the name that a client greets with (facts on HELO: RFC 5321 4.1.1.1, 4.1.3).
enum class HelloFault
{
    None,
    Loopback,     //!< 127.0.0.1 or localhost, in whatever form: the name of no machine.
    BareAddress,  //!< An address without brackets.
    OtherAddress, //!< A literal of another address than the client has.
    SingleLabel,
    PrivateName, //!< Of a domain that no DNS outside knows: ".local".
};

/// \param client unknown where the evidence does not tell
HelloFault CheckHello(std::string_view name, const HostAddress& client);

/// Whether lists and servers count it against the client: a bad name, not merely a poor one.
bool IsImplausible(HelloFault fault);

/// "the name of every machine for itself"
std::string_view WhyOf(HelloFault fault);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_HELLO_NAME_H
