#ifndef BOUNCELAB_DETECTORS_READERS_SERVICE_LINES_H
#define BOUNCELAB_DETECTORS_READERS_SERVICE_LINES_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

struct SyslogRow;

/// What a line of a mail server, or of a program beside it, names as the cause of a trouble.
enum class NamedCause : std::uint8_t
{
    Scanner,       //!< The virus scanner behind a filter does not run.
    Authenticator, //!< Names and passwords cannot be checked.
    Password,      //!< A name or password is wrong.
    TlsVersion,    //!< The client offers no version, or no cipher, that the server takes.
    Certificate,   //!< The client does not take the server's certificate.
    NoTls,         //!< What came at the start of TLS is something else.
    ListRefuses,   //!< A block list answers with an error about the resolver.
    Disk,          //!< No room is left.
    NextHop,       //!< The connection to the server behind was lost.
    FilterRefuses, //!< The server's own filter refuses a message.
    OwnFilter,     //!< A filter that the server asks does not answer.
    Settings,      //!< The server's own settings, or rights of its files, are wrong.
    OwnKey,        //!< It cannot read its own certificate or key.
};

struct ServiceLine
{
    std::uint32_t line = 0;
    std::string text;
    std::optional<WallTime> time;
    NamedCause cause = NamedCause::Scanner;
    std::string detail;  //!< The program's own words for it.
    std::string name;    //!< Of the client, where it has one.
    std::string user;    //!< Whose log-on it was, where it is told.
    HostAddress address; //!< Of the client, or of the server behind.
};

/**
 * Finds lines in which Postfix, Dovecot, Exim, amavis, Rspamd, saslauthd and others name a cause in
 * plain words. Lines of Dovecot, amavis and Rspamd that name none are known as theirs.
 */
class ServiceLineReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ServiceLine&)>;

    explicit ServiceLineReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "mail services' log"; }

  private:
    bool ReadTls(ServiceLine& found, const SyslogRow& row);
    static bool ReadLogOn(ServiceLine& found, std::string_view text, std::string_view lower);
    static bool ReadTrouble(ServiceLine& found, std::string_view program, std::string_view lower);
    bool ReadRspamd(std::uint32_t number, std::string_view line);

    Handler m_handler;
    std::map<std::string, std::string> m_handshakes; //!< Client by process.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SERVICE_LINES_H
