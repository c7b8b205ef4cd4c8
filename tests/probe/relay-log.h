#ifndef BOUNCELAB_TESTS_PROBE_RELAY_LOG_H
#define BOUNCELAB_TESTS_PROBE_RELAY_LOG_H

#include "models/probe/relay-tester.h"

#include <string>
#include <vector>

namespace bouncelab::probe
{

/// Keeps what a relay tester tells.
struct RelayLog : RelayTestObserver
{
    void OnTranscript(Nanoseconds, std::string_view line) override
    {
        transcript.append(line);
        transcript += '\n';
    }

    void OnTest(const RelayTestResult& result) override { results.push_back(result); }

    void OnDone(Nanoseconds, const RelaySummary& s) override { summaries.push_back(s); }

    std::string VerdictOf(std::string_view id) const
    {
        for (const RelayTestResult& result : results)
        {
            if (result.test->id == id)
            {
                return std::string(NameOfRelayVerdict(result.verdict));
            }
        }
        return "not-told";
    }

    /// Numbers of the tests that were accepted.
    std::vector<unsigned> Accepted() const
    {
        std::vector<unsigned> numbers;
        for (const RelayTestResult& result : results)
        {
            if (result.verdict == RelayVerdict::Accepted)
            {
                numbers.push_back(result.number);
            }
        }
        return numbers;
    }

    std::string transcript;
    std::vector<RelayTestResult> results;
    std::vector<RelaySummary> summaries;
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_TESTS_PROBE_RELAY_LOG_H
