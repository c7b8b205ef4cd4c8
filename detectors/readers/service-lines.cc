#include "detectors/readers/service-lines.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

using HandshakeWords = std::pair<std::string_view, NamedCause>;

/// What libraries for TLS say of a handshake that a client began.
constexpr std::array<HandshakeWords, 14> HANDSHAKES{
    {{"unsupported protocol", NamedCause::TlsVersion},
     {"unsupported version", NamedCause::TlsVersion},
     {"version too low", NamedCause::TlsVersion},
     {"unknown protocol", NamedCause::TlsVersion},
     {"inappropriate fallback", NamedCause::TlsVersion},
     {"no shared cipher", NamedCause::TlsVersion},
     {"dh key too small", NamedCause::TlsVersion},
     {"no cipher suites in common", NamedCause::TlsVersion},
     {"alert certificate expired", NamedCause::Certificate},
     {"alert unknown ca", NamedCause::Certificate},
     {"alert bad certificate", NamedCause::Certificate},
     {"alert certificate unknown", NamedCause::Certificate},
     {"http request", NamedCause::NoTls},
     {"wrong version number", NamedCause::NoTls}}};

/// Why Postfix and Dovecot could not check a name and a password.
constexpr std::array<std::string_view, 10> UNANSWERED{"connection lost to authentication server",
                                                      "auth service reported temporary failure",
                                                      "cannot connect to saslauthd",
                                                      "connect to private/auth failed",
                                                      "no sasl authentication mechanisms",
                                                      "temporary authentication failure",
                                                      "internal authentication failure",
                                                      "auth server not responding",
                                                      "authentication server refused",
                                                      "timeout waiting for auth"};

struct TroubleWords
{
    std::string_view program; //!< With which its name begins; empty = any.
    std::string_view words;   //!< In lower case.
    NamedCause cause;
};

constexpr std::array<TroubleWords, 50> TROUBLES{
    {{"amavis", "all virus scanners failed", NamedCause::Scanner},
     {"amavis", "av-scanner failed", NamedCause::Scanner},
     {"clam", "can't connect to clamd", NamedCause::Scanner},
     {"clam", "no clamd instance", NamedCause::Scanner},
     {"clam", "failed to scan", NamedCause::Scanner},
     {"postfix", "listed by domain", NamedCause::ListRefuses},
     {"dovecot", "auth: error: ", NamedCause::Authenticator},
     {"dovecot", "auth: fatal: ", NamedCause::Authenticator},
     {"dovecot", "auth-worker: error: ", NamedCause::Authenticator},
     {"auth", "error: ", NamedCause::Authenticator},
     {"saslauthd", "ldap_simple_bind() failed", NamedCause::Authenticator},
     {"saslauthd", "unable to connect", NamedCause::Authenticator},
     {"dovecot", "lost connection to relay server", NamedCause::NextHop},
     {"postfix", "no space left on device", NamedCause::Disk},
     {"postfix", "not enough free space", NamedCause::Disk},
     {"dovecot", "no space left on device", NamedCause::Disk},
     {"exim", "no space left on device", NamedCause::Disk},
     {"amavis", "no space left on device", NamedCause::Disk},
     {"sendmail", "no space left on device", NamedCause::Disk},
     {"sm-", "no space left on device", NamedCause::Disk},
     {"sendmail", "): error connecting to filter", NamedCause::OwnFilter},
     {"sm-", "): error connecting to filter", NamedCause::OwnFilter},
     {"postfix", "cannot get rsa private key", NamedCause::OwnKey},
     {"postfix", "cannot get private key", NamedCause::OwnKey},
     {"postfix", "cannot get rsa certificate", NamedCause::OwnKey},
     {"postfix", "cannot load certificate", NamedCause::OwnKey},
     {"postfix", "disabling tls support", NamedCause::OwnKey},
     {"postfix", "bad command startup -- throttling", NamedCause::Settings},
     {"postfix", "fatal: in parameter ", NamedCause::Settings},
     {"postfix", "fatal: parameter ", NamedCause::Settings},
     {"postfix", "fatal: bad ", NamedCause::Settings},
     {"postfix", "fatal: config variable ", NamedCause::Settings},
     {"postfix", "fatal: open database ", NamedCause::Settings},
     {"dovecot", "fatal: error in configuration", NamedCause::Settings},
     {"exim", "failed to open database file ", NamedCause::Settings},
     {"postfix", "connect to proxy filter ", NamedCause::OwnFilter},
     {"postfix", "problem talking to server ", NamedCause::OwnFilter},
     {"postfix", "unable to look up public/pickup", NamedCause::Settings},
     {"clam", "failed to initiate streaming", NamedCause::Scanner},
     {"exim", "malware acl condition: ", NamedCause::Scanner},
     {"exim", "all spamd servers failed", NamedCause::OwnFilter},
     {"exim", "spool: cannot open ", NamedCause::Settings},
     {"amavis", ") blocked ", NamedCause::FilterRefuses},
     {"amavis", "couldn't open lock file", NamedCause::Settings},
     {"postfix", "warning: connect to milter service ", NamedCause::OwnFilter},
     {"postfix", ": can't read smfic_", NamedCause::OwnFilter},
     {"postfix", ": read error in initial handshake", NamedCause::OwnFilter},
     {"postfix", "error: unsupported dictionary type: ", NamedCause::Settings},
     {"spampd", "socket connect failure: ", NamedCause::OwnFilter},
     {"dovecot", "fatal: setgid(", NamedCause::Settings}}};

/// Programs whose lines are known as theirs whatever they say.
constexpr std::array<std::string_view, 4> OWN_LOGS{"amavis", "dovecot", "saslauthd", "rspamd"};

template <std::size_t N>
bool
HasAnyOf(std::string_view lower, const std::array<std::string_view, N>& words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

/// The value behind a label, up to a comma, a blank or a bracket.
std::string_view
ValueBehind(std::string_view text, std::string_view label)
{
    const auto rest = scan::After(text, label);
    return rest ? Trim(rest->substr(0, rest->find_first_of(", ()[]")), "<>") : std::string_view();
}

/// "1tAnXr-0001bD-1a ...", "1tAnXr-000000001bD-1a2b ...", or words about Exim's own files.
bool
IsOfExim(std::string_view text)
{
    std::string_view rest = text;
    const std::string_view id = scan::Word(rest);
    const bool isId = (id.size() == 16 || id.size() == 23) && id[6] == '-' &&
                      std::count(id.begin(), id.end(), '-') == 2;
    return isId || text.find("/exim") != text.npos;
}

void
TakeClient(std::string_view text, ServiceLine& found)
{
    ReadHost(text, found.name, found.address);
}

} // namespace

bool
ServiceLineReader::ReadTls(ServiceLine& found, const SyslogRow& row)
{
    const std::string process(row.process);
    if (const auto client = scan::After(row.text, "SSL_accept error from "))
    {
        if (m_handshakes.size() < GetCaps().handshakes)
        {
            m_handshakes[process] = *client;
        }
        else
        {
            LeaveOut();
        }
        return false;
    }
    const std::string lower = InLowerCase(row.text);
    const bool isLibrary = StartsWith(lower, "warning: tls library problem: ");
    const auto client = m_handshakes.find(process);
    const bool isLone = isLibrary && row.stamp.month == 0; // The row before it is not there.
    if ((!isLibrary || (client == m_handshakes.end() && !isLone)) &&
        lower.find("ssl_accept") == lower.npos && lower.find("gnutls_handshake") == lower.npos)
    {
        return false;
    }
    const auto* const words = std::find_if(HANDSHAKES.begin(),
                                           HANDSHAKES.end(),
                                           [&](const HandshakeWords& known)
                                           { return lower.find(known.first) != lower.npos; });
    if (words == HANDSHAKES.end())
    {
        return false;
    }
    // Without it only an alert shows that the other end is the one that refuses.
    if (isLone && client == m_handshakes.end() && words->second != NamedCause::Certificate)
    {
        return false;
    }
    found.cause = words->second;
    found.detail = words->first;
    if (isLibrary && client != m_handshakes.end())
    {
        TakeClient(client->second, found);
        m_handshakes.erase(client);
    }
    else if (const auto from = scan::After(row.text, "connection from "))
    {
        TakeClient(from->substr(0, from->find(']') + 1), found);
    }
    else
    {
        found.address = HostAddress::Parse(ValueBehind(row.text, "rip=")).value_or(HostAddress());
    }
    return true;
}

bool
ServiceLineReader::ReadLogOn(ServiceLine& found, std::string_view text, std::string_view lower)
{
    // "warning: a.example[192.0.2.1]: SASL PLAIN authentication failed: ..., sasl_username=anna"
    const std::size_t sasl = lower.find(": sasl ");
    const std::size_t failed = lower.find("authentication failed: ");
    const std::size_t exim = lower.find("authenticator failed for ");
    const std::size_t attempts = lower.find("auth failed, ");
    if (sasl != lower.npos && failed != lower.npos && StartsWith(lower, "warning: "))
    {
        TakeClient(text.substr(9, sasl - 9), found);
        found.user = ValueBehind(text, "sasl_username=");
        const std::string_view why = text.substr(failed + 23);
        found.detail = why.substr(0, why.find(','));
    }
    else if (exim != lower.npos && lower.find(": 535 ") != lower.npos)
    {
        // "mx.x.example (helo) [192.0.2.1]", where the name in brackets may be an address as well.
        std::string client(text.substr(exim + 25));
        const std::size_t open = client.find('(');
        const std::size_t close = client.find(") [", std::min(open, client.size()));
        if (close != client.npos)
        {
            client.erase(open, close + 2 - open);
        }
        TakeClient(std::string_view(client).substr(0, client.find(']') + 1), found);
        found.user = ValueBehind(text, "set_id=");
        found.detail = text.substr(lower.find(": 535 ") + 2);
    }
    else if (attempts != lower.npos && lower.find("rip=") != lower.npos)
    {
        found.user = ValueBehind(text, "user=");
        found.address = HostAddress::Parse(ValueBehind(text, "rip=")).value_or(HostAddress());
        const std::string_view why = text.substr(attempts);
        found.detail = why.substr(0, why.find_first_of(")("));
    }
    else
    {
        return false;
    }
    found.cause = HasAnyOf(lower, UNANSWERED) ? NamedCause::Authenticator : NamedCause::Password;
    return true;
}

bool
ServiceLineReader::ReadTrouble(ServiceLine& found, std::string_view program, std::string_view lower)
{
    if (HasAnyOf(lower, UNANSWERED) &&
        (StartsWith(program, "postfix") || StartsWith(program, "dovecot")))
    {
        // A reply that another server gave is reported as one.
        found.cause = NamedCause::Authenticator;
        return lower.find(" said: ") == lower.npos;
    }
    const auto* const trouble = std::find_if(TROUBLES.begin(),
                                             TROUBLES.end(),
                                             [&](const TroubleWords& known) {
                                                 return StartsWith(program, known.program) &&
                                                        lower.find(known.words) != lower.npos;
                                             });
    if (trouble == TROUBLES.end() || lower.find(" said: ") != lower.npos)
    {
        return false;
    }
    found.cause = trouble->cause;
    if (found.cause == NamedCause::ListRefuses && lower.find(" as 127.255.255.") == lower.npos)
    {
        return false;
    }
    // "read(127.0.0.1:10025) failed"
    const auto end = scan::After(lower, "read(");
    found.address = end ? HostAddress::Parse(end->substr(0, end->rfind(':', end->find(')'))))
                              .value_or(HostAddress())
                        : HostAddress();
    return found.cause != NamedCause::FilterRefuses || lower.find("tempfail") == lower.npos;
}

bool
ServiceLineReader::ReadRspamd(std::uint32_t number, std::string_view line)
{
    const auto behind = scan::After(line, "rspamd_task_write_log: ");
    if (!behind)
    {
        return false;
    }
    ServiceLine found;
    found.line = number;
    found.text = line;
    if (const auto stamp = TakeSyslogStamp(line))
    {
        found.time = stamp->In1972();
    }
    const std::string lower = InLowerCase(*behind);
    found.address = HostAddress::Parse(ValueBehind(*behind, " ip: ")).value_or(HostAddress());
    found.user = ValueBehind(*behind, " from: ");
    if (lower.find("blocked_openresolver") != lower.npos)
    {
        found.cause = NamedCause::ListRefuses;
        m_handler(found);
    }
    if (const std::size_t reject = lower.find(" (reject): "); reject != lower.npos)
    {
        found.cause = NamedCause::FilterRefuses;
        const std::string_view score = behind->substr(reject + 11);
        found.detail = score.substr(0, score.find(']') + 1);
        m_handler(found);
    }
    return true;
}

bool
ServiceLineReader::Line(std::uint32_t number, std::string_view line)
{
    line = Trim(line, LINE_BLANKS);
    if (ReadRspamd(number, line))
    {
        return true;
    }
    std::string_view behind = line;
    const bool isBare =
        SkipSyslogStamp(behind) && IsOfExim(Trim(behind)) && behind.find(" H=") == behind.npos;
    auto row = isBare ? std::nullopt : ParseSyslogRow(line);
    if (!row)
    {
        // Exim's own file, which names no program.
        std::string_view text = line;
        const auto stamp = SkipSyslogStamp(text);
        if (!stamp || text.find(" H=") != text.npos)
        {
            return false;
        }
        text = Trim(text);
        row = SyslogRow{*stamp, {}, IsOfExim(text) ? "exim" : "", {}, text};
    }
    ServiceLine found;
    found.line = number;
    found.text = line;
    if (row->stamp.month > 0)
    {
        found.time = row->stamp.In1972();
    }
    found.detail = row->text;
    const std::string lower = InLowerCase(row->text);
    if (ReadTls(found, *row) || ReadLogOn(found, row->text, lower) ||
        ReadTrouble(found, PostfixService(row->program).empty() ? row->program : "postfix", lower))
    {
        m_handler(found);
        return true;
    }
    return std::any_of(OWN_LOGS.begin(),
                       OWN_LOGS.end(),
                       [&](std::string_view known) { return StartsWith(row->program, known); });
}

void
ServiceLineReader::End()
{
    m_handshakes.clear();
}

} // namespace bouncelab::detectors
