#ifndef BOUNCELAB_MODELS_MAIL_MESSAGE_TEXT_H
#define BOUNCELAB_MODELS_MAIL_MESSAGE_TEXT_H

#include "formats/address.h"
#include "formats/clock.h"
#include "models/mail/message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::mail
{

/// "Tue, 26 Sep 2006 14:44:52 +0800" (RFC 5322 3.3) in the clock's zone.
std::string Rfc5322Date(const HostClock& clock, SimTime time);

/// "26 Sep 2006 06:44:52 -0000": the form of qmail's own header fields, always UTC.
std::string QmailDate(const HostClock& clock, SimTime time);

/// An address as a header field or a path spells it: the local part quoted if it has to be.
std::string QuoteAddress(std::string_view address);

/// What an ordinary message is made from.
struct MessageDraft
{
    std::string from;
    std::string to;
    std::string fromHost;  //!< The writer's machine: HELO name in the Received field.
    IpAddress fromAddress; //!< Its address.
    std::string byHost;    //!< The mail host that took it; empty: no Received field yet.
    std::size_t bytes =
        800;             //!< Size with LF line ends; smaller than the header and a line: no filler.
    std::string subject; //!< Empty: one of people's.
    std::string body;    //!< What the body begins with; octets over 127 make it UTF-8 and 8bit.
    std::uint64_t seed = 0; //!< Decides words, Message-ID and subject.
};

/**
 * An ordinary message as its writer's program hands it over, with the Received field of qmail's
 * mail host where there is one: Message-ID, Date, From, To, Subject, and a body of words with short
 * lines. The same draft, clock and time give the same bytes.
 */
Content ComposeMessage(const MessageDraft& draft, const HostClock& clock, SimTime time);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MESSAGE_TEXT_H
