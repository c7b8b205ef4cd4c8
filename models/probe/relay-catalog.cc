#include "models/probe/relay-catalog.h"

#include "models/smtp/text-template.h"

#include <algorithm>

namespace bouncelab::probe
{

namespace
{

constexpr unsigned RelayTest::*
ColumnOf(RelaySuite suite)
{
    return suite == RelaySuite::Nmap ? &RelayTest::nmap : &RelayTest::documented;
}

} // namespace

const std::array<RelayTest, RELAY_TESTS>&
RelayTests()
{
    // clang-format off
    static constexpr std::array<RelayTest, RELAY_TESTS> TESTS{{
        {"standard", 1, 2, "{sender}@{foreign}", "{user}@{foreign}",
         "Foreign sender, foreign recipient."},
        {"bare-local-sender", 2, 0, "{sender}", "{user}@{foreign}",
         "A sender without a domain passes for a local user."},
        {"null-sender", 3, 1, "", "{user}@{foreign}",
         "Notifications have no sender, and are let through."},
        {"local-sender", 4, 0, "{sender}@{local}", "{user}@{foreign}",
         "A sender of the server's own domain passes for a local user."},
        {"literal-sender", 5, 4, "{sender}@[{ip}]", "{user}@{foreign}",
         "A sender at the server's own address passes for a local user."},
        {"percent-local", 6, 0, "{sender}@{foreign}", "{user}%{foreign}@{local}",
         "The percent sign becomes an at sign once the local domain is taken off."},
        {"quoted", 7, 7, "{sender}@[{ip}]", "\"{user}@{foreign}\"",
         "A quoted recipient without a domain is local until its quotes are taken off."},
        {"server-sender", 0, 3, "{sender}@{server}", "{user}@{foreign}",
         "A sender at the server's own name passes for a local user."},
        {"percent-literal", 0, 5, "{sender}@[{ip}]", "{user}%{foreign}@[{ip}]",
         "Percent sign at the server's address."},
        {"percent-server", 0, 6, "{sender}@[{ip}]", "{user}%{foreign}@{server}",
         "Percent sign at the server's name."},
        {"quoted-percent", 0, 8, "{sender}@[{ip}]", "\"{user}%{foreign}\"",
         "Quotes and percent sign."},
        {"double-literal", 0, 9, "{sender}@[{ip}]", "{user}@{foreign}@[{ip}]",
         "Two at signs; the first one is believed later."},
        {"quoted-literal", 0, 10, "{sender}@[{ip}]", "\"{user}@{foreign}\"@[{ip}]",
         "Quotes at the server's address."},
        {"double-server", 0, 11, "{sender}@[{ip}]", "{user}@{foreign}@{server}",
         "Two at signs, with the server's name."},
        {"route-literal", 0, 12, "{sender}@[{ip}]", "@[{ip}]:{user}@{foreign}",
         "Source route over the server's address."},
        {"route-server", 0, 13, "{sender}@[{ip}]", "@{server}:{user}@{foreign}",
         "Source route over the server's name."},
        {"bang", 0, 14, "{sender}@[{ip}]", "{foreign}!{user}",
         "UUCP's bang path without a domain."},
        {"bang-literal", 0, 15, "{sender}@[{ip}]", "{foreign}!{user}@[{ip}]",
         "Bang path at the server's address."},
        {"bang-server", 0, 16, "{sender}@[{ip}]", "{foreign}!{user}@{server}",
         "Bang path at the server's name."},
    }};
    // clang-format on
    return TESTS;
}

std::vector<const RelayTest*>
TestsOf(RelaySuite suite)
{
    std::vector<const RelayTest*> tests;
    for (const RelayTest& test : RelayTests())
    {
        if (suite == RelaySuite::All || test.*ColumnOf(suite) > 0)
        {
            tests.push_back(&test);
        }
    }
    std::sort(tests.begin(),
              tests.end(),
              [suite](const RelayTest* a, const RelayTest* b)
              { return NumberOf(*a, suite) < NumberOf(*b, suite); });
    return tests;
}

unsigned
NumberOf(const RelayTest& test, RelaySuite suite)
{
    return suite == RelaySuite::All ? static_cast<unsigned>(&test - RelayTests().data()) + 1
                                    : test.*ColumnOf(suite);
}

bool
IsWrittenLowerCase(const RelayTest& test, RelaySuite suite)
{
    constexpr unsigned LOWER_CASE = 7;
    return suite != RelaySuite::Nmap && test.documented == LOWER_CASE;
}

RelayCommands
Expand(const RelayTest& test, RelaySuite suite, const RelayNames& names)
{
    const auto expand = [&names](std::string_view pattern)
    {
        std::string text;
        smtp::ExpandTemplate(text,
                             pattern,
                             [&names](std::string& out, std::string_view word)
                             {
                                 out += word == "user"      ? names.user
                                        : word == "sender"  ? names.sender
                                        : word == "foreign" ? names.foreign
                                        : word == "server"  ? names.server
                                        : word == "local"   ? names.local
                                                            : names.address.ToString();
                                 return true;
                             });
        return text;
    };
    RelayCommands commands;
    commands.sender = expand(test.mail);
    commands.recipient = expand(test.rcpt);
    const bool lower = IsWrittenLowerCase(test, suite);
    commands.mail = (lower ? "mail from: <" : "MAIL FROM:<") + commands.sender + ">";
    commands.rcpt = (lower ? "rcpt to: <" : "RCPT TO:<") + commands.recipient + ">";
    return commands;
}

} // namespace bouncelab::probe
