#ifndef BOUNCELAB_MODELS_KERBEROS_KERBEROS_PERSONA_H
#define BOUNCELAB_MODELS_KERBEROS_KERBEROS_PERSONA_H

#include "formats/field.h"
#include "models/kerberos/key.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace bouncelab::kerberos
{

/// How an AP-REQ is judged (RFC 4120 3.2.3), by a service and by a KDC as the service of tickets.
struct AcceptPolicy
{
    Nanoseconds maxSkew = Field(&maxSkew, "max-skew", std::chrono::minutes(5)).Range(0, 1e15) |
                          "What two clocks may differ by; more is refused with 37.";
    bool ticketTimesFirst =
        Field(&ticketTimesFirst, "ticket-times-first") |
        "Looks at the ticket's times (32, 33) before the authenticator's (37); RFC 4120 has it "
        "the other way round.";
    std::int64_t integrityError =
        Field(&integrityError, "integrity-error", 41).Range(31, 41) |
        "The error where a ticket does not open: 41 as Windows has it, 31 as in RFC 4120.";
    std::uint32_t replays = Field(&replays, "replays", 10000).Range(0, 1e6) |
                            "Authenticators that are remembered to refuse them a second time (34); "
                            "0 = none are.";
};

/// How a KDC answers.
struct KdcPolicy
{
    std::vector<EncryptionType> encryptionTypes =
        Field(&encryptionTypes, "encryption-types", {EncryptionType::Rc4Hmac}) |
        "What it seals with; the first of the client's that is among them is taken.";
    bool preAuthentication = Field(&preAuthentication, "pre-authentication", true) |
                             "Wants an encrypted time stamp before it gives a ticket (25).";
    std::vector<std::int64_t> preAuthHints =
        Field(&preAuthHints, "pre-auth-hints", {2}) |
        "Types of pre-authentication that it lists behind ETYPE-INFO2 in the data of error 25.";
    std::uint32_t largestDatagram =
        Field(&largestDatagram, "largest-datagram", 1465).Unit("octets").Range(0, 65535) |
        "Longer replies to requests by UDP are replaced by error 52.";
    Nanoseconds ticketLifetime =
        Field(&ticketLifetime, "ticket-lifetime", std::chrono::hours(10)).Range(1e9, 1e18) |
        "How long tickets are valid at most.";
    Nanoseconds renewLifetime =
        Field(&renewLifetime, "renew-lifetime", std::chrono::hours(7 * 24)).Range(0, 1e18) |
        "How long they may be renewed.";
};

/// How a client asks.
struct ClientPolicy
{
    std::vector<std::int64_t> offeredTypes =
        Field(&offeredTypes, "offered-types", {23}) |
        "Numbers of the encryption types that it offers, the best first; those beyond "
        "`encryption-types` are only named.";
    std::uint32_t udpBelow = Field(&udpBelow, "udp-below", 1465).Unit("octets").Range(0, 65535) |
                             "Requests shorter than this go by UDP first; 0 = all by TCP.";
    bool otherTransport = Field(&otherTransport, "other-transport") |
                          "Tries the other transport when the first has brought no answer.";
    std::uint32_t attempts =
        Field(&attempts, "attempts", 3).Range(1, 100) |
        "Requests without an answer until it gives up; each goes to the next controller.";
    Nanoseconds wait = Field(&wait, "wait", std::chrono::seconds(10)).Range(1e6, 3600e9) |
                       "How long it waits for an answer.";
    Nanoseconds backoff = Field(&backoff, "backoff", std::chrono::seconds(10)).Range(0, 3600e9) |
                          "Until the next attempt, when one has failed.";
    Nanoseconds farTimeout =
        Field(&farTimeout, "far-timeout").Range(0, 1e18) |
        "How long it stays with a controller that is not its first, before it tries that again; 0 "
        "= as long as it answers.";
    bool heedsServerTime =
        Field(&heedsServerTime, "heeds-server-time", true) |
        "Repeats a request that was refused with 37 with the KDC's time, and keeps to it.";
    bool netbiosAddress = Field(&netbiosAddress, "netbios-address") |
                          "Names its NetBIOS name as its address in AS-REQ.";
    bool pacRequest = Field(&pacRequest, "pac-request", true) | "Asks for a PAC in its tickets.";
    bool eagerPreAuth = Field(&eagerPreAuth, "eager-pre-auth") |
                        "Sends an encrypted time stamp at once, without waiting for error 25.";
    std::uint32_t options =
        Field(&options, "options", 0x40810010).Range(0, 4294967295.0) |
        "KDC options of its requests: the bits of RFC 4120 5.4.1, the first is the highest.";
};

/// A Kerberos implementation: a file in models/personas/kerberos.
struct KerberosPersona
{
    static constexpr std::string_view FOLDER = "kerberos"; //!< Of personas.

    ClientPolicy client = Field(&client, "client") | "How its clients ask.";
    KdcPolicy kdc = Field(&kdc, "kdc") | "How its KDC answers.";
    AcceptPolicy accept = Field(&accept, "accept") | "How its services and its KDC judge requests.";
    std::uint32_t earlierSecrets =
        Field(&earlierSecrets, "earlier-secrets").Range(0, 100) |
        "Earlier passwords of its own that a machine still opens tickets with.";
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_KERBEROS_PERSONA_H
