#ifndef BOUNCELAB_MODELS_CONNECTOR_TOKEN_JUDGE_H
#define BOUNCELAB_MODELS_CONNECTOR_TOKEN_JUDGE_H

#include <string>
#include <string_view>

namespace bouncelab::connector
{

/// What came of a client's token.
struct TokenVerdict
{
    bool accepted = false;
    std::string user;   //!< Whose it is: "EXAMPLE\\HUB1$"; empty where it could not be read.
    std::string answer; //!< Token that tells the client why it was refused; empty = none.
};

/// The service that opens tokens of GSSAPI for a server.
class TokenJudge
{
  public:
    virtual ~TokenJudge() = default;

    virtual TokenVerdict Judge(std::string_view token) = 0;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TOKEN_JUDGE_H
