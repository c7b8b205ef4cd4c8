#ifndef BOUNCELAB_LAB_SCENARIO_CHECKS_H
#define BOUNCELAB_LAB_SCENARIO_CHECKS_H

#include "lab/scenario/scenario-error.h"
#include "lab/scenario/scenario.h"

#include <string>
#include <vector>

namespace bouncelab::scenario
{

/*
 * What a field table cannot say: values that have to fit one another. Each takes the key path that
 * leads to the struct, and throws a ScenarioError at the value that does not fit.
 */

/// Names of options, their total length, and that what is switched on has its option.
void CheckStack(const host::StackProfile& profile, const std::string& path, const Marks& marks);

/// Throws the first fault of a model's own check: "key: what is wrong", or what is wrong.
void FailOnFirst(const std::string& path,
                 const std::vector<std::string>& faults,
                 const Marks& marks);

/// Reply texts of a server persona (smtp::CheckServerPersona).
void CheckServer(const smtp::ServerPersona& persona, const std::string& path, const Marks& marks);

/// Whether a host is at an end of a path, on a network, or a gateway.
bool HasPlace(const Scenario& scenario, const std::string& host);

/// The host whose queue mail with this `via` enters; empty where none is named, and not one alone
/// has `sends`.
std::string SenderOf(const Scenario& scenario, const std::string& via);

/// Every cross-reference of a scenario, and the personas in it: the first fault of each theme.
std::vector<ScenarioError> FaultsOf(const Scenario& scenario, const Marks& marks);

/// The same. \throws ScenarioError the first of them
void CheckScenario(const Scenario& scenario, const Marks& marks);

/// `local@domain`, each part not empty and without blanks, brackets or control characters.
bool IsMailbox(std::string_view text);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_CHECKS_H
