#ifndef BOUNCELAB_MODELS_SMTP_PATH_H
#define BOUNCELAB_MODELS_SMTP_PATH_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

/**
 * A reverse-path or forward-path of RFC 5321 4.1.2, kept as it was written: quotes, case and source
 * route included.
 */
struct Path
{
    std::string localPart;          //!< With its quotes, if it had any.
    std::string domain;             //!< Domain or literal with brackets; empty if there was none.
    std::vector<std::string> route; //!< Hosts of a source route, without their "@".

    bool IsNull() const { return localPart.empty() && domain.empty(); } //!< "<>"

    std::string Mailbox() const;  //!< "user@example.com"; "" for the null path.
    std::string ToString() const; //!< In angle brackets, with its source route.

    friend bool operator==(const Path& a, const Path& b)
    {
        return a.localPart == b.localPart && a.domain == b.domain && a.route == b.route;
    }
};

/// How far a reader follows addresses that RFC 5321 does not allow.
struct PathRules
{
    bool withoutBrackets = false; //!< "MAIL FROM:user@example.com"
    bool withoutDomain = false;   //!< "<user>"; RFC 5321 allows it for postmaster only.
    bool anyDomain = false;       //!< Any printable text around the last "@".
};

/**
 * Reads a path from the front of `text` and takes it away from there.
 *
 * \return nothing if there is none, with `text` untouched. "<>" is a path (of no mailbox); whether
 * it is allowed is the caller's matter.
 */
std::optional<Path> TakePath(std::string_view& text, const PathRules& rules);

bool IsDomain(std::string_view text);          //!< Labels of letters, digits, "-" between dots.
bool IsAddressLiteral(std::string_view text);  //!< "[192.0.2.1]", "[IPv6:...]", "[tag:...]"
bool IsDomainOrLiteral(std::string_view text); //!< What HELO and EHLO want.
bool IsLocalPart(std::string_view text);       //!< Dot-string or quoted string.

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_PATH_H
