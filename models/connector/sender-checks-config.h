#ifndef BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_CONFIG_H

#include "formats/field.h"

#include <array>
#include <string>
#include <vector>

namespace bouncelab::connector
{

/// What becomes of mail that a check speaks against.
enum class CheckAction
{
    Off,    //!< The check is not made.
    Tag,    //!< The message gets a line in its header.
    Defer,  //!< The recipient is refused for now, the reply's code made one of 4yz.
    Refuse, //!< The recipient is refused.
};

constexpr auto
EnumNames(CheckAction)
{
    return std::array<EnumName<CheckAction>, 4>{{{"off", CheckAction::Off},
                                                 {"tag", CheckAction::Tag},
                                                 {"defer", CheckAction::Defer},
                                                 {"refuse", CheckAction::Refuse}}};
}

/// A list of addresses that a server asks (RFC 5782).
struct BlacklistCheck
{
    std::string zone = Field(&zone, "zone").Required() | "The list's zone: `cbl.abuseat.org`.";
    CheckAction action = Field(&action, "action", CheckAction::Refuse) |
                         "What becomes of mail from an address on it.";
    std::vector<Ipv4> codes =
        Field(&codes, "codes") |
        "The answers that count; empty: any in 127.0.0.0/8 but 127.255.255.0/24, in which a list "
        "says that one may not ask it.";
    std::string reply =
        Field(&reply,
              "reply",
              "554 5.7.1 Service unavailable; Client host [{client}] blocked using {zone}; "
              "{reason}") |
        "To such a client's RCPT, Postfix's by default; `{client}`, `{zone}` and the list's own "
        "`{reason}` are put in.";
};

/// Whether the client's address has a name, and the name the address (forward-confirmed reverse
/// DNS).
struct ReverseNameCheck
{
    CheckAction action = Field(&action, "action", CheckAction::Off) |
                         "What becomes of mail from an address without a name.";
    CheckAction unconfirmed = Field(&unconfirmed, "unconfirmed", CheckAction::Off) |
                              "The same, of an address whose names do not lead back to it.";
    std::string reply =
        Field(&reply,
              "reply",
              "550 5.7.25 Client host rejected: cannot find your reverse hostname, [{client}]") |
        "To both (RFC 7372 has the status; the text is Postfix's).";
};

/// What the client calls itself.
struct HelloCheck
{
    CheckAction action = Field(&action, "action", CheckAction::Off) |
                         "What becomes of mail behind a HELO that cannot be true: `localhost`, an "
                         "address without brackets or another's, the server's own name, a name "
                         "without a domain.";
    CheckAction unresolved = Field(&unresolved, "unresolved", CheckAction::Off) |
                             "The same, of a HELO that is a name without address or exchanger.";
    std::string reply =
        Field(&reply, "reply", "550 5.7.1 <{helo}>: Helo command rejected: Host not found") |
        "To both (Postfix's text); `{helo}` is put in.";
};

/// Whether the sender's domain lets the client send for it (RFC 7208).
struct SpfCheck
{
    CheckAction fail = Field(&fail, "fail", CheckAction::Off) |
                       "What becomes of mail whose sender's domain says no. SPF is asked at all if "
                       "one of these is not `off`.";
    CheckAction softFail =
        Field(&softFail, "soft-fail", CheckAction::Off) | "The same, where it says: probably not.";
    CheckAction permanentError = Field(&permanentError, "permanent-error", CheckAction::Off) |
                                 "The same, where its record makes no sense.";
    CheckAction temporaryError =
        Field(&temporaryError, "temporary-error", CheckAction::Off) | "The same, where DNS fails.";
    std::string reply =
        Field(&reply,
              "reply",
              "550 5.7.23 Message rejected due to: SPF {result}. Please see "
              "http://www.openspf.net/Why?s=mfrom;id={sender};ip={client}") |
        "To all four (the text of pypolicyd-spf, RFC 7372's status); `{result}`, `{sender}`, "
        "`{domain}` and `{client}` are put in.";
};

/// What a server finds out about a client before it takes a recipient. What needs names needs a
/// resolver.
struct SenderChecksConfig
{
    std::vector<BlacklistCheck> blacklists =
        Field(&blacklists, "blacklists") | "Lists that it asks, all at once.";
    ReverseNameCheck reverseName =
        Field(&reverseName, "reverse-name") | "The name of the client's address.";
    HelloCheck hello = Field(&hello, "hello") | "What the client calls itself.";
    SpfCheck spf = Field(&spf, "spf") | "Sender Policy Framework.";
    std::vector<IpAddress> exempt = Field(&exempt, "exempt") | "Clients that are not checked.";

    bool IsAnyOn() const;       //!< Whether there is anything to check.
    bool NeedsResolver() const; //!< Whether that takes more than looking.
};

/// What is wrong with checks beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckSenderChecks(const SenderChecksConfig& config);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_SENDER_CHECKS_CONFIG_H
