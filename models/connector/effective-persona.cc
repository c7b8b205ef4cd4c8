#include "models/connector/effective-persona.h"

#include "formats/text.h"

#include <algorithm>
#include <string_view>

namespace bouncelab::connector
{

namespace
{

bool
OffersMechanism(const ReceiveConnectorConfig& config, std::string_view mechanism, bool tls)
{
    if (EqualIgnoringCase(mechanism, "LOGIN") || EqualIgnoringCase(mechanism, "PLAIN"))
    {
        return Uses(config, ConnectorAuthMechanism::BasicAuth) &&
               (tls || !Uses(config, ConnectorAuthMechanism::BasicAuthRequireTls));
    }
    if (EqualIgnoringCase(mechanism, "GSSAPI"))
    {
        return Uses(config, ConnectorAuthMechanism::Integrated) && config.keywords.authGssapi;
    }
    return Uses(config, ConnectorAuthMechanism::Integrated);
}

/// "AUTH GSSAPI NTLM LOGIN" and "AUTH=LOGIN" with the mechanisms on offer; empty without any.
std::string
AuthKeyword(const ReceiveConnectorConfig& config, std::string_view line, bool tls)
{
    std::string out(line.substr(0, 5));
    std::string_view rest = line.substr(5);
    bool any = false;
    while (!rest.empty())
    {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        if (OffersMechanism(config, word, tls))
        {
            out += any ? " " : "";
            out += word;
            any = true;
        }
    }
    return any ? out : std::string();
}

std::string
KeywordOf(const ReceiveConnectorConfig& config, const std::string& line, bool tls)
{
    const KeywordSwitches& on = config.keywords;
    const std::string_view word = std::string_view(line).substr(0, line.find(' '));
    const auto is = [word](std::string_view name) { return EqualIgnoringCase(word, name); };
    const auto when = [&line](bool offered) { return offered ? line : std::string(); };
    if (is("SIZE"))
    {
        return on.size == SizeKeyword::Disabled  ? std::string()
               : on.size == SizeKeyword::Enabled ? "SIZE {max-size}"
                                                 : "SIZE";
    }
    if (is("AUTH") || StartsWithIgnoringCase(word, "AUTH="))
    {
        return line.size() > 5 ? AuthKeyword(config, line, tls) : std::string();
    }
    const bool exchange = Uses(config, ConnectorAuthMechanism::ExchangeServer);
    if (is("X-EXPS") || StartsWithIgnoringCase(word, "X-EXPS="))
    {
        return when(exchange);
    }
    return is("PIPELINING")            ? when(on.pipelining)
           : is("DSN")                 ? when(on.dsn)
           : is("ENHANCEDSTATUSCODES") ? when(on.enhancedStatusCodes)
           : is("8BITMIME")            ? when(on.eightBitMime)
           : is("BINARYMIME")          ? when(on.binaryMime)
           : is("CHUNKING")            ? when(on.chunking)
           : is("XORAR")               ? when(on.orar)
           : is("XLONGADDR")           ? when(on.longAddresses)
           : is("STARTTLS")            ? when(Uses(config, ConnectorAuthMechanism::Tls) && !tls)
           : is("X-ANONYMOUSTLS")      ? when(exchange && !on.suppressXAnonymousTls && !tls)
                                       : line;
}

} // namespace

std::vector<std::string>
KeywordsOf(const ReceiveConnectorConfig& config, const std::vector<std::string>& product, bool tls)
{
    std::vector<std::string> out;
    for (const std::string& line : product)
    {
        std::string keyword = KeywordOf(config, line, tls);
        if (!keyword.empty())
        {
            out.push_back(std::move(keyword));
        }
    }
    return out;
}

smtp::ServerPersona
EffectivePersona(const ReceiveConnectorConfig& config, smtp::ServerPersona server)
{
    const std::vector<std::string>& underTls =
        server.keywordsInTls.empty() ? server.keywords : server.keywordsInTls;
    server.keywordsInTls = KeywordsOf(config, underTls, true);
    server.keywords = KeywordsOf(config, server.keywords, false);
    server.checkHelloName = server.checkHelloName || config.requireHelloName;
    if (config.rejectBareLineFeed)
    {
        server.contentBareLf = smtp::BareLineEnd::Reject;
    }
    server.limits.messageSize = config.limits.messageSize;
    server.limits.recipients = config.limits.recipients;
    server.limits.headerSize = config.limits.headerSize;
    server.limits.logonFailures = config.limits.logonFailures;
    server.limits.errors = config.limits.protocolErrors;
    server.timeouts.command = config.limits.inactivityTimeout;
    server.timeouts.content = config.limits.inactivityTimeout;
    server.timeouts.connection = config.limits.connectionTimeout;
    return server;
}

} // namespace bouncelab::connector
