#ifndef BOUNCELAB_MODELS_PROBE_RELAY_CATALOG_H
#define BOUNCELAB_MODELS_PROBE_RELAY_CATALOG_H

#include "formats/address.h"
#include "formats/enum-names.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::probe
{

/// Whose list of tests is run.
enum class RelaySuite
{
    All,        //!< Both lists without duplicates.
    Documented, //!< The seven of the article on servers that seem to relay (S004).
    Nmap,       //!< The sixteen of nmap's script smtp-open-relay.
};

constexpr auto
EnumNames(RelaySuite)
{
    return std::array<EnumName<RelaySuite>, 3>{{{"all", RelaySuite::All},
                                                {"documented", RelaySuite::Documented},
                                                {"nmap", RelaySuite::Nmap}}};
}

/**
 * One way to ask a server for relaying. The patterns stand for what is between the angle brackets;
 * their words are `{user}` (whom the mail is for), `{foreign}` (a domain that is not the server's),
 * `{server}` (the server's name), `{ip}` (its address), `{local}` (its mail domain) and `{sender}`.
 */
struct RelayTest
{
    std::string_view id;      //!< "percent-local"
    unsigned documented;      //!< Its number in S004, 1..7; 0 = not there.
    unsigned nmap;            //!< Its number in nmap's list, 1..16; 0 = not there.
    std::string_view mail;    //!< Pattern of the sender.
    std::string_view rcpt;    //!< Pattern of the recipient.
    std::string_view meaning; //!< What it tries to exploit, as a sentence.
};

constexpr std::size_t RELAY_TESTS = 19;

/// The catalog: the documented tests in their order, then what nmap has beyond them.
const std::array<RelayTest, RELAY_TESTS>& RelayTests();

/// The tests of a suite, in its order. They live for ever.
std::vector<const RelayTest*> TestsOf(RelaySuite suite);

/// A test's number as the suite counts: from 1.
unsigned NumberOf(const RelayTest& test, RelaySuite suite);

/**
 * How S004 shows test 7, other than all others: the verbs in lower case with a space behind their
 * colon, and no RSET in front. nmap's script writes all of its tests alike.
 */
bool IsWrittenLowerCase(const RelayTest& test, RelaySuite suite);

/// What the words of the patterns stand for.
struct RelayNames
{
    std::string user = "relaytest";
    std::string sender = "antispam";
    std::string foreign;
    std::string server;
    std::string local;
    IpAddress address;
};

/// A test as the commands that ask it.
struct RelayCommands
{
    std::string mail;      //!< MAIL FROM:<...>, without line end.
    std::string rcpt;      //!< RCPT TO:<...>, without line end.
    std::string sender;    //!< Between the brackets.
    std::string recipient; //!< Between the brackets.
};

RelayCommands Expand(const RelayTest& test, RelaySuite suite, const RelayNames& names);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_RELAY_CATALOG_H
