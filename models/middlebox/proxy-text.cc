#include "models/middlebox/proxy-text.h"

#include "formats/endpoint.h"
#include "models/smtp/date.h"

namespace bouncelab::middlebox
{

namespace
{

bool
AppendWord(std::string& out, std::string_view word, const ProxyWords& words)
{
    if (word == "hostname")
    {
        out += words.config.hostname;
    }
    else if (word == "helo")
    {
        out += words.helo;
    }
    else if (word == "client")
    {
        AppendAddress(out, words.connection.client);
    }
    else if (word == "server")
    {
        AppendAddress(out, words.connection.server);
    }
    else if (word == "protocol")
    {
        out += words.extended ? "ESMTP" : "SMTP";
    }
    else if (word == "date")
    {
        out +=
            smtp::FormatDate(words.connection.unixTime + words.now, words.connection.zoneMinutes);
    }
    else
    {
        return false;
    }
    return true;
}

} // namespace

void
ExpandProxyText(std::string& out, std::string_view text, const ProxyWords& words)
{
    for (;;)
    {
        const std::size_t open = text.find('{');
        const std::size_t close = open == text.npos ? text.npos : text.find('}', open);
        if (close == text.npos)
        {
            out += text;
            return;
        }
        out += text.substr(0, open);
        if (!AppendWord(out, text.substr(open + 1, close - open - 1), words))
        {
            out += text.substr(open, close + 1 - open);
        }
        text.remove_prefix(close + 1);
    }
}

std::string
ReceivedField(const ProxyWords& words)
{
    std::string field;
    ExpandProxyText(field, words.config.received, words);
    for (std::size_t at = 0; (at = field.find('\n', at)) != field.npos; at += 2)
    {
        field.insert(at, 1, '\r');
    }
    return field.empty() ? field : field + "\r\n";
}

} // namespace bouncelab::middlebox
