#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/score/fidelity/measures.h"

#include <algorithm>

/// Who the server takes the case's client for.
namespace bouncelab::score
{

namespace
{

using detectors::LogSession;

std::string
DomainOf(std::string_view mailbox)
{
    return InLowerCase(mailbox.substr(mailbox.rfind('@') + 1));
}

/// Whether a host's name is the domain or lies below it.
bool
LiesIn(std::string_view name, std::string_view domain)
{
    const std::string host = InLowerCase(name);
    return host == domain || EndsWith(host, "." + std::string(domain));
}

struct Client
{
    explicit Client(const Subject& subject)
        : session(subject.CaseLogSession())
    {
        const LoggedDialogue dialogue(session);
        for (const LoggedTurn& turn : dialogue.Turns())
        {
            const std::string_view text = dialogue.TextOf(turn);
            authLines += text.substr(0, 5) == "AUTH " || text.substr(0, 7) == "X-EXPS " ? 1 : 0;
        }
        for (const detectors::LogRow& row : session.rows)
        {
            if (session.Context(row) == fields::protocol::AUTHENTICATED)
            {
                user = session.Data(row);
            }
        }
        if (const LoggedTurn* turn = dialogue.Hello())
        {
            const std::string_view text = dialogue.TextOf(*turn);
            hello = text.substr(std::min<std::size_t>(5, text.size()));
            for (const detectors::LogRow* row : turn->answer)
            {
                const std::string_view line = session.Data(*row);
                offersAuth =
                    offersAuth ||
                    line.substr(std::min<std::size_t>(4, line.size())).substr(0, 5) == "AUTH ";
            }
            if (!turn->answer.empty())
            {
                const std::string_view line = session.Data(*turn->answer.front());
                server = line.substr(std::min<std::size_t>(4, line.size()));
                server.resize(std::min(server.find(' '), server.size()));
            }
        }
    }

    std::string User() const { return user.empty() ? "none" : user; }

    const LogSession& session;
    std::int64_t authLines = 0;
    bool offersAuth = false;
    std::string user;
    std::string hello;
    std::string server; //!< As it names itself.
};

/// What the client is set to do, and what the server's log has of it (S000-03).
Facts
Authentication(const Subject& subject)
{
    const Client client(subject);
    const auto wanted = subject.SenderParameter("/sends/client/auth/wanted");
    return {YesNo("client wants AUTH", wanted.is_boolean() && wanted.get<bool>()),
            YesNo("server offers AUTH", client.offersAuth),
            Count("AUTH lines", client.authLines),
            {"authenticated as", client.User()}};
}

/// The client itself speaks, and says who it is (S000-24).
Facts
OwnSession(const Subject& subject)
{
    const Client client(subject);
    const auto hostname = subject.SenderParameter("/hostname");
    const bool isOwn = hostname.is_string() &&
                       InLowerCase(hostname.get<std::string>()) == InLowerCase(client.hello);
    return {Count("AUTH lines", client.authLines),
            {"authenticated as", client.User()},
            {"EHLO name", client.hello},
            YesNo("own name", isOwn),
            YesNo("from inside", IsPrivate(client.session.remote.address)),
            Count("port", client.session.local.port)};
}

/// The sender's domain is the server's own, and yet he comes from outside as nobody (S000-19).
Facts
LocalSender(const Subject& subject)
{
    const Client client(subject);
    const std::string domain = DomainOf(subject.Case().from);
    return {{"sender's domain", domain},
            YesNo("server's own", LiesIn(client.server, domain)),
            YesNo("authenticated", !client.user.empty()),
            YesNo("from outside", !IsPrivate(client.session.remote.address))};
}

Facts
IdentityTriple(const Subject& subject)
{
    const Client client(subject);
    const std::string domain = DomainOf(subject.Case().from);
    return {{"HELO", client.hello},
            {"sender's domain", domain},
            {"address", client.session.remote.address.ToString()},
            YesNo("HELO is of the sender's domain", LiesIn(client.hello, domain))};
}

Facts
ServerAddress(const Subject& subject)
{
    const LogSession& session = subject.CaseLogSession();
    return {{"address", session.local.address.ToString()},
            YesNo("private", IsPrivate(session.local.address)),
            YesNo("reached from outside", !IsPrivate(session.remote.address))};
}

} // namespace

void
AddExchangeClientMeasures(MeasureTable& table)
{
    table["authentication"] = {
        "Whether the case's client wants to authenticate, and whether it did.",
        {"client wants AUTH", "server offers AUTH", "AUTH lines", "authenticated as"},
        Authentication};
    table["own-session"] = {
        "Whether the case's client itself speaks to the server.",
        {"AUTH lines", "authenticated as", "EHLO name", "own name", "from inside", "port"},
        OwnSession};
    table["local-sender"] = {
        "Whether a sender of the server's own domain comes from outside unauthenticated.",
        {"sender's domain", "server's own", "authenticated", "from outside"},
        LocalSender};
    table["identity-triple"] = {
        "Name, sender and address of the case's client, as the server sees them.",
        {"HELO", "sender's domain", "address", "HELO is of the sender's domain"},
        IdentityTriple};
    table["server-address"] = {"The server's address as it sees itself.",
                               {"address", "private", "reached from outside"},
                               ServerAddress};
}

} // namespace bouncelab::score
