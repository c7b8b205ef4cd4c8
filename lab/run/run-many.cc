#include "lab/run/run-many.h"

#include "lab/run/judge.h"
#include "lab/run/process-pool.h"
#include "lab/run/run-one.h"

namespace bouncelab::run
{

void
RunAndJudge(const RunSpec& spec, const RunManyOptions& options, const std::string& list)
{
    RunOne(spec);
    if (!options.detector.empty())
    {
        Judge(spec.out, options.detector, list, options.temporary);
    }
}

std::vector<RunResult>
RunMany(const std::vector<RunSpec>& specs,
        const RunManyOptions& options,
        const RunCallback& callback)
{
    std::vector<RunResult> results;
    const std::string list =
        options.detector.empty() ? std::string() : DetectorList(options.detector);
    const auto work = [&](std::size_t index)
    {
        RunAndJudge(specs[index], options, list);
        return std::string();
    };
    PoolCallbacks callbacks;
    callbacks.done = [&](const WorkResult& ended)
    {
        results.push_back({specs[ended.index], ended.status, ended.text, ended.took});
        return !callback || callback(results.back());
    };
    InProcesses(specs.size(), options.jobs, work, callbacks);
    return results;
}

} // namespace bouncelab::run
