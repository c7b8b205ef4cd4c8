#ifndef BOUNCELAB_DETECTORS_READERS_REPORT_WORDS_H
#define BOUNCELAB_DETECTORS_READERS_REPORT_WORDS_H

#include "detectors/readers/reported-reply.h"
#include "formats/address.h"

#include <cstddef>
#include <string>
#include <string_view>

/// The words of bounces, mail programs' errors and queue listings. `lower` is a line in lower case.
namespace bouncelab::detectors
{

constexpr std::string_view POSTFIX_BOUNCE = "Postfix bounce";
constexpr std::string_view SENDMAIL_BOUNCE = "Sendmail bounce";
constexpr std::string_view EXIM_BOUNCE = "Exim bounce";

/// What a text is that holds the line: "Postfix bounce", "Java error"; empty where it does not
/// show.
std::string_view ProgramIn(std::string_view lower);

/// Whether the line is one with which a bounce begins.
bool BeginsBounce(std::string_view lower);

/// Whether the message that a bounce returns begins behind the line.
bool BeginsCopy(std::string_view lower);

/// Whether a report says that the sender goes on trying.
bool SaysThatItGoesOn(std::string_view lower);

/// Whether it begins like what Postfix says of a recipient, in bounces as in its log.
bool IsPostfixReason(std::string_view lower);

/// Whether it is what Exim and others say of a recipient for whom they called nobody.
bool IsOwnReason(std::string_view lower);

/// What kept a connection from being made or held, by Outlook's code for it; empty without one.
std::string_view OutlookFailureIn(std::string_view lower);

/// The place behind words that lead to a reply: "the server response was:"; npos without any.
std::size_t BehindLead(std::string_view lower);

/// Whether such words lead to the next line.
bool LeadsToNextLine(std::string_view lower);

/// "joe@example.com" of "<joe@example.com>:", or of the address alone on a line.
std::string LoneRecipient(std::string_view text);

/// The words behind "<joe@example.com>: " or "<a@b> (expanded from <c@d>): "; sets the recipient.
std::string_view WordsOfRecipient(std::string_view text, std::string& recipient);

/// Sets host and address by "H=mx.example [203.0.113.5]" and other labels; both are of this line.
bool ReadLabelled(std::string_view text, std::string& host, HostAddress& address);

/// Sets a reply's host and address by whatever in a line looks like the other end of a connection.
void ReadEnd(std::string_view text, ReportedReply& reply);

bool SpeaksOfMail(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_REPORT_WORDS_H
