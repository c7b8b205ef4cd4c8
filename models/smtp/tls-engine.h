#ifndef BOUNCELAB_MODELS_SMTP_TLS_ENGINE_H
#define BOUNCELAB_MODELS_SMTP_TLS_ENGINE_H

#include "models/smtp/tls-persona.h"

#include "formats/random.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// What is known of a TLS connection.
struct TlsFacts
{
    TlsVersion version = TlsVersion::Tls10;
    std::string_view suite;  //!< Registered name; empty before it is chosen.
    std::string serverName;  //!< From the client's hello; empty if it named none.
    std::string certificate; //!< Common name of the server's certificate.
};

/// TLS between a session and its socket, for both roles, without input and output.
class TlsEngine
{
  public:
    enum class Role
    {
        Client,
        Server,
    };

    virtual ~TlsEngine() = default;

    /// Octets from the wire, cut anywhere. Appends the application's octets to `plain`.
    virtual void Receive(std::string_view bytes, std::string& plain) = 0;

    /// Octets of the application. \pre Established().
    virtual void Send(std::string_view plain) = 0;

    /// Says goodbye, once, if the persona does. Nothing if it was never established.
    virtual void Close() = 0;

    virtual std::string TakeOutput() = 0; //!< For the wire. A client's hello is there at once.

    virtual bool Established() const = 0;
    virtual bool Failed() const = 0;
    virtual std::string_view Failure() const = 0; //!< Why, in a few words.
    virtual const TlsFacts& Facts() const = 0;
};

/// \param persona without fault (CheckTlsPersona), outlives the engine. \param name client: of the
/// server it wants (empty = none); server: for its certificate.
using TlsMaker = std::function<std::unique_ptr<
    TlsEngine>(TlsEngine::Role role, const TlsPersona& persona, std::string name, DrawKey draws)>;

/// The engine of a session: a TlsLayer, unless SetTlsMaker() was called.
std::unique_ptr<TlsEngine> MakeTls(TlsEngine::Role role,
                                   const TlsPersona& persona,
                                   std::string name,
                                   DrawKey draws);

/// From now on sessions of this process use other engines; an empty maker undoes it. For runs
/// against real programs, which a TlsLayer cannot talk to.
void SetTlsMaker(TlsMaker maker);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_ENGINE_H
