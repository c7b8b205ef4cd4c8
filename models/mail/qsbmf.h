#ifndef BOUNCELAB_MODELS_MAIL_QSBMF_H
#define BOUNCELAB_MODELS_MAIL_QSBMF_H

#include <string>
#include <string_view>

namespace bouncelab::mail
{

/**
 * One recipient's paragraph of a qmail bounce: "<recipient>:", the report, an empty line. Empty
 * lines inside the report become '/', so that paragraphs stay apart (qmail-send.c, addbounce()).
 */
std::string QsbmfParagraph(std::string_view recipient, std::string_view report);

/// What a bounce is made from.
struct QsbmfBounce
{
    std::string_view date;       //!< "26 Sep 2006 06:46:23 -0000".
    std::string_view bounceFrom; //!< Local part, "MAILER-DAEMON".
    std::string_view host;       //!< Name of the bouncing host.
    std::string_view sender;    //!< Envelope sender of the message; empty: this is a double bounce.
    std::string_view addressee; //!< Who gets the bounce.
    std::string_view paragraphs; //!< One QsbmfParagraph() per failed recipient.
    std::string_view original;   //!< The message, lines ending in LF.
};

/// A bounce in qmail-send's Bounce Message Format, lines ending in LF (qmail-send.c,
/// injectbounce()).
std::string ComposeQsbmf(const QsbmfBounce& bounce);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QSBMF_H
