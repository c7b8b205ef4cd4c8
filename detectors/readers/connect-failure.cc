#include "detectors/readers/reported-reply.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

using FailureWords = std::pair<std::string_view, std::string_view>;

constexpr std::string_view EXPIRED = "TLS: the server's certificate has expired";
constexpr std::string_view OTHER_NAME = "TLS: the server's certificate is another name's";

/// Words of programs and libraries, in lower case, and what they mean; the first that fit count.
constexpr std::array<FailureWords, 103> FAILURES{
    {{"does not advertise the starttls extension", "TLS: the server offers no STARTTLS"},
     {"plainauth failed: unencrypted connection", "TLS: the server offers no STARTTLS"},
     {"match certificate's altnames", OTHER_NAME},
     {"unable to verify the first certificate", "TLS: the server's certificate is not trusted"},
     {"\"code\":\"edns\"", "Host not found"},
     {"closed connection while we were", "Connection lost"},
     {"data: unexpected eof", "Connection lost"},
     {"host or domain name not found", "Host not found"},
     {":25: socket error]", "No connection to the server"},
     {"forcibly closed by the remote host", "Connection reset by the other end"},
     {"but got code \"\"", "Connection lost"},
     {"didn't found starttls in server response", "TLS: the server offers no STARTTLS"},
     {"didn't find starttls in server response", "TLS: the server offers no STARTTLS"},
     {"responded with code nxdomain", "Host not found"},
     {"unrecognized ssl message", "TLS: the server answers in plain text"},
     {"plaintext connection?", "TLS: the server answers in plain text"},
     {"wrong version number", "TLS: the server answers in plain text"},
     {"handshake_failure", "TLS handshake failed"},
     {"handshake failure", "TLS handshake failed"},
     {"handshake failed", "TLS handshake failed"},
     {"certificate verify failed", "TLS: the server's certificate is not trusted"},
     {"certificate_verify_failed", "TLS: the server's certificate is not trusted"},
     {"certificate is not trusted", "TLS: the server's certificate is not trusted"},
     {"certificate not trusted", "TLS: the server's certificate is not trusted"},
     {"self signed certificate", "TLS: the server's certificate is not trusted"},
     {"self-signed certificate", "TLS: the server's certificate is not trusted"},
     {"certificate has expired", EXPIRED},
     {"unable to find valid certification path", "TLS: the server's certificate is not trusted"},
     {"pkix path building failed", "TLS: the server's certificate is not trusted"},
     {"did not match expected cn", OTHER_NAME},
     {"x509: certificate is valid for", OTHER_NAME},
     {"x509: ", "TLS: the server's certificate is not trusted"},
     {"connection timed out", "Connection timed out"},
     {"timed out: operation now in progress", "Connection timed out"},
     {"operation timed out", "Connection timed out"},
     {"connect timed out", "Connection timed out"},
     {"etimedout", "Connection timed out"},
     {"connection timeout", "Connection timed out"},
     {"able to establish an smtp connection", "Connection timed out"},
     {"able_to_establish_an_smtp_connection", "Connection timed out"},
     {"connection refused", "Connection refused"},
     {"econnrefused", "Connection refused"},
     {"actively refused", "Connection refused"},
     {"no route to host", "No route to host"},
     {"ehostunreach", "No route to host"},
     {"network is unreachable", "Network is unreachable"},
     {"network unreachable", "Network is unreachable"},
     {"enetunreach", "Network is unreachable"},
     {"cannot assign requested address", "Cannot assign requested address"},
     {"host not found", "Host not found"},
     {"name service error", "Host not found"},
     {"enotfound", "Host not found"},
     {"unknownhostexception", "Host not found"},
     {"host unknown", "Host not found"},
     {"name or service not known", "Host not found"},
     {"connection reset by", "Connection reset by the other end"},
     {"econnreset", "Connection reset by the other end"},
     {"unexpectedly closed", "Connection lost"},
     {"closed unexpectedly", "Connection lost"},
     {"winsock error code: 10060", "Connection timed out"},
     {"winsock error code: 10061", "Connection refused"},
     {"winsock error code: 10054", "Connection reset by the other end"},
     {"winsock error code: 10051", "Network is unreachable"},
     {"winsock error code: 10065", "No route to host"},
     {"winsock error code: 11001", "Host not found"},
     {"could not open connection to the host", "No connection to the server"},
     {"warning: tcp connect to (", "No connection to the server"},
     {"connect failed", "No connection to the server"},
     {"no appropriate protocol", "TLS: no version or cipher in common"},
     {"fatal alert: protocol_version", "TLS: no version or cipher in common"},
     {"alert protocol version", "TLS: no version or cipher in common"},
     {"unsupported_protocol", "TLS: no version or cipher in common"},
     {"the remote certificate is invalid", "TLS: the server's certificate is not trusted"},
     {"remote certificate was rejected", "TLS: the server's certificate is not trusted"},
     {"did not properly respond after a period of time", "Connection timed out"},
     {"timedout:0000274c", "Connection timed out"},
     {"socketexception (10060)", "Connection timed out"},
     {"socketexception (10061)", "Connection refused"},
     {"socketexception (10054)", "Connection reset by the other end"},
     {"socketexception (11001)", "Host not found"},
     {"connectionrefused:0000274d", "Connection refused"},
     {"i/o timeout", "Connection timed out"},
     {"net::opentimeout", "Connection timed out"},
     {"net::readtimeout", "Connection lost while the client waits for an answer"},
     {"sockettimeoutexception: read timed out",
      "Connection lost while the client waits for an answer"},
     {"eoferror", "Connection lost"},
     {"no such host", "Host not found"},
     {"getaddrinfo failed", "Host not found"},
     {"nodename nor servname provided", "Host not found"},
     {"eai_again", "Temporary failure in name resolution"},
     {"temporary failure in name resolution", "Temporary failure in name resolution"},
     {"failed to connect to mailserver at", "No connection to the server"},
     {"is not a known tcp/ip host", "Host not found"},
     {"remote system no longer responding", "Connection lost: the other end no longer responds"},
     {"net_io_connectionclosed", "Connection lost"},
     {"starttls extension not supported by server", "TLS: the server offers no STARTTLS"},
     {"starttls not offered by server", "TLS: the server offers no STARTTLS"},
     {"certificate verification failed", "TLS: the server's certificate is not trusted"},
     {"unable to connect to the remote server", "No connection to the server"},
     {"the remote name could not be resolved", "Host not found"},
     {"couldn't connect to server", "No connection to the server"},
     {"ssmtp: cannot open ", "No connection to the server"},
     {"sendmail: cannot open mail:", "No connection to the server"}}};

/// What mail programs say in German, French, Spanish, Chinese, Japanese, Portuguese and Russian:
/// both words have to stand in the text.
struct TranslatedFailure
{
    std::string_view server; //!< "outgoing server"
    std::string_view what;
    std::string_view failure;
};

constexpr std::string_view TIMED_OUT = "Connection timed out";
constexpr std::string_view NO_CONNECTION = "No connection to the server";

constexpr std::array<TranslatedFailure, 12> TRANSLATED{
    {{"postausgangs-server (smtp)",
      "wegen zeit\xC3\xBC"
      "berschreitung",
      TIMED_OUT},
     {"postausgangs-server (smtp)", "fehlgeschlagen", NO_CONNECTION},
     {"serveur sortant (smtp)", "d\xC3\xA9lai", TIMED_OUT},
     {"serveur sortant (smtp)", "expir\xC3\xA9", TIMED_OUT},
     {"serveur sortant (smtp)",
      "\xC3\xA9"
      "chou\xC3\xA9",
      NO_CONNECTION},
     {"servidor de salida (smtp)", "tiempo de espera", TIMED_OUT},
     {"servidor de salida (smtp)", "fall", NO_CONNECTION},
     {"\346\234\215\345\212\241\345\231\250", "\350\266\205\346\227\266", TIMED_OUT},
     {"smtp \343\202\265\343\203\274\343\203\220\343\203\274",
      "\343\202\277\343\202\244\343\203\240\343\202\242\343\202\246\343\203\210",
      TIMED_OUT},
     {"servidor smtp", "tempo limite", TIMED_OUT},
     {"\321\201\320\265\321\200\320\262\320\265\321\200",
      "\320\222\321\200\320\265\320\274\321\217 "
      "\320\276\320\266\320\270\320\264\320\260\320\275\320\270\321\217",
      TIMED_OUT},
     {"smtp", "\350\257\201\344\271\246\345\267\262\350\277\207\346\234\237", EXPIRED}}};

} // namespace

std::string
ConnectFailureIn(std::string_view text)
{
    const std::string lower = InLowerCase(text);
    const auto has = [&](std::string_view words) { return lower.find(words) != lower.npos; };
    const auto* const found = std::find_if(FAILURES.begin(),
                                           FAILURES.end(),
                                           [&](const auto& words) { return has(words.first); });
    if (found != FAILURES.end())
    {
        // What does not hold of a certificate stands behind the words that say that it does not.
        const bool isNotTrusted = EndsWith(found->second, "is not trusted");
        return std::string(isNotTrusted && has("expired") ? EXPIRED
                           : isNotTrusted && (has("hostname mismatch") || has("name mismatch"))
                               ? OTHER_NAME
                               : found->second);
    }
    const auto* const translated = std::find_if(TRANSLATED.begin(),
                                                TRANSLATED.end(),
                                                [&](const TranslatedFailure& known)
                                                { return has(known.server) && has(known.what); });
    return translated == TRANSLATED.end() ? std::string() : std::string(translated->failure);
}

} // namespace bouncelab::detectors
