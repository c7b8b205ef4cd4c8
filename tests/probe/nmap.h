#ifndef BOUNCELAB_TESTS_PROBE_NMAP_H
#define BOUNCELAB_TESTS_PROBE_NMAP_H

#include "tests/skip.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// A precondition of tests that nmap judges.
inline const tests::IfRuns NMAP_IS_HERE{"nmap --version", "nmap"};

/// What nmap prints of its script smtp-open-relay, in full, for a server on 127.0.0.1.
inline std::string
RunNmap(std::uint16_t port)
{
    // The "+" has the script run though the port is not one of SMTP's; -vv has it name the tests.
    const std::string command = fmt::format(
        "nmap -Pn -n -sT -vv -p {} --script +smtp-open-relay --host-timeout 120s 127.0.0.1 2>&1",
        port);
    std::FILE* pipe = popen(command.c_str(), "r");
    BOOST_REQUIRE(pipe);
    std::string output;
    char part[4096];
    for (std::size_t count = 0; (count = std::fread(part, 1, sizeof(part), pipe)) > 0;)
    {
        output.append(part, count);
    }
    BOOST_TEST(pclose(pipe) == 0, output);
    return output;
}

/// "MAIL FROM:<...> -> RCPT TO:<...>" of each test that nmap says was accepted.
inline std::vector<std::string>
AcceptedByNmap(const std::string& output)
{
    std::vector<std::string> lines;
    for (std::size_t at = 0; (at = output.find("MAIL FROM:<", at)) != std::string::npos;)
    {
        const std::size_t stop = output.find('\n', at);
        lines.push_back(output.substr(at, stop - at));
        at = stop;
    }
    return lines;
}

} // namespace bouncelab::probe

#endif // BOUNCELAB_TESTS_PROBE_NMAP_H
