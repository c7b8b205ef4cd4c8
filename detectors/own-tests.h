#ifndef BOUNCELAB_DETECTORS_OWN_TESTS_H
#define BOUNCELAB_DETECTORS_OWN_TESTS_H

#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "detectors/readers/server-logs.h"

#include <string_view>

/// The parts of the detector of tests that somebody made.
namespace bouncelab::detectors
{

namespace own_tests
{

constexpr AlertRule SIGNATURE{"own-tests",
                              1100132,
                              "BOUNCELAB what tests of the way to a server show"};

template <class Record>
TextFinding
FindingOf(const InFile<Record>& told, std::string_view dottedClass)
{
    TextFinding finding;
    finding.dottedClass = dottedClass;
    finding.lines = {{told.file, told.record.line, told.record.text}};
    return finding;
}

/// Of connections to ports.
void JudgePorts(const ServerLogs& logs, AlertSink& sink);

/// Of names that were looked up: block lists, where a domain's mail is led, its SPF.
void JudgeNames(const ServerLogs& logs, AlertSink& sink);

} // namespace own_tests

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_OWN_TESTS_H
