#ifndef BOUNCELAB_MODELS_PROBE_TRANSCRIPT_H
#define BOUNCELAB_MODELS_PROBE_TRANSCRIPT_H

#include "models/smtp/session.h"

#include "formats/address.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/**
 * The text that a relay tester prints while it works, a line each:
 *
 *     Relay test of mail.example.org [192.0.2.1]     title, once the greeting is there
 *     >>> RSET                                       what the tester says
 *     <<< 250 2.0.0 Resetting                        what the server says, each line of a reply
 *     >>> (message <id>, 512 octets)                 content, in place of itself
 *     *** Connection closed by the server            what happens to the connection
 *     Relay test 6                                   in front of each test
 *     Relay test result                              at the end, and after it:
 *     Test 6 accepted: relaytest%example.net@example.org
 *     7 tests performed, 1 recipient accepted. This host may be an open relay.
 *
 * ">>>", "<<<" and the words "Relay test" are those of the testers that S004 quotes; the rest is
 * this tester's own.
 */
namespace bouncelab::probe
{

std::string TitleLine(std::string_view server, IpAddress address);
std::string SaidLine(std::string_view octets); //!< A command, with or without its line end.
std::string ContentLine(std::string_view messageId, std::size_t octets);
std::vector<std::string> HeardLines(std::string_view reply); //!< Of a reply's text.
std::string ConnectionLine(smtp::EndReason reason, Nanoseconds timeout);
std::string ResultLine(unsigned number, std::string_view recipient);
std::string SummaryLine(std::uint32_t tests, std::uint32_t accepted);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_TRANSCRIPT_H
