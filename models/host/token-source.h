#ifndef BOUNCELAB_MODELS_HOST_TOKEN_SOURCE_H
#define BOUNCELAB_MODELS_HOST_TOKEN_SOURCE_H

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// Where a mail program gets what proves it to other servers of its organization.
class TokenSource
{
  public:
    using Handler = std::function<void(const std::string& token)>;

    virtual ~TokenSource() = default;

    /// Asks for a token for a server, by its full name. The handler is called once, later; without
    /// a ticket the token is one of another kind. \return for Forget()
    virtual std::uint64_t Ask(const std::string& server, Handler handler) = 0;

    virtual void Forget(std::uint64_t request) = 0; //!< Nobody waits any more.

    /// What it says of the last token, before it refuses it.
    virtual void OnAnswered(const std::string& server, std::string_view answer) = 0;

    /// It did not take the last token. \param client,peer ends of that connection,
    /// "10.10.10.10:49158"
    virtual void OnRefused(const std::string& server,
                           const std::string& client,
                           const std::string& peer) = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_TOKEN_SOURCE_H
