#include "lab/scenario/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

constexpr std::array<std::pair<std::string_view, std::size_t>, 6> OPTIONS{
    {{"mss", 4}, {"nop", 1}, {"ws", 3}, {"ts", 10}, {"sackok", 2}, {"eol", 1}}};
constexpr std::size_t OPTION_SPACE = 40; // RFC 9293 3.1: data offset of at most 15 words.

void
CheckOptions(const std::vector<std::string>& options, const std::string& path, const Marks& marks)
{
    std::vector<std::string_view> names;
    for (const auto& option : OPTIONS)
    {
        names.push_back(option.first);
    }
    std::size_t length = 0;
    for (std::size_t i = 0; i < options.size(); ++i)
    {
        const std::string item = JoinPath(path, std::to_string(i + 1));
        const auto it = std::find(names.begin(), names.end(), options[i]);
        if (it == names.end())
        {
            throw ScenarioError(marks.Find(item),
                                item,
                                "found unknown option " + Quote(options[i]) +
                                    Suggest(options[i], names));
        }
        if (options[i] != "nop" && std::count(options.begin(), options.end(), options[i]) > 1)
        {
            throw ScenarioError(marks.Find(item),
                                item,
                                fmt::format("found `{}` twice, expected it once", options[i]));
        }
        length += OPTIONS[static_cast<std::size_t>(it - names.begin())].second;
    }
    if (length > OPTION_SPACE)
    {
        throw ScenarioError(
            marks.Find(path),
            path,
            fmt::format("found options of {} bytes, expected at most {}", length, OPTION_SPACE));
    }
}

} // namespace

void
CheckStack(const host::StackProfile& profile, const std::string& path, const Marks& marks)
{
    const std::string syn = JoinPath(path, "syn-options");
    CheckOptions(profile.synOptions, syn, marks);
    CheckOptions(profile.synAckOptions, JoinPath(path, "syn-ack-options"), marks);
    CheckOptions(profile.plainSynAckOptions, JoinPath(path, "plain-syn-ack-options"), marks);
    const bool hasOwn = !profile.synAckOptions.empty();
    const std::string answer = hasOwn ? JoinPath(path, "syn-ack-options") : syn;
    const std::vector<std::string>& options = hasOwn ? profile.synAckOptions : profile.synOptions;
    const std::pair<std::string_view, std::pair<std::string_view, bool>> switches[] = {
        {"ts", {"timestamps", profile.timestamps}},
        {"sackok", {"sack-permitted", profile.sackPermitted}},
        {"ws", {"scaling", profile.scaling}},
    };
    for (const auto& [option, key] : switches)
    {
        if (key.second && std::find(options.begin(), options.end(), option) == options.end())
        {
            throw ScenarioError(
                marks.Find(answer),
                answer,
                fmt::format("found no `{}`, expected it because `{}` is true", option, key.first));
        }
    }
    if (profile.lastEphemeralPort < profile.firstEphemeralPort)
    {
        const std::string key = JoinPath(path, "last-ephemeral-port");
        throw ScenarioError(
            marks.Find(key),
            key,
            fmt::format("found {}, expected at least {}, the `first-ephemeral-port`",
                        profile.lastEphemeralPort,
                        profile.firstEphemeralPort));
    }
    const std::uint64_t largest = 65535ULL << (profile.scaling ? profile.windowScale : 0);
    if (profile.receiveBuffer > largest)
    {
        const std::string key = JoinPath(path, "receive-buffer");
        throw ScenarioError(
            marks.Find(key),
            key,
            fmt::format("found {}, expected at most {}, the largest window with this "
                        "`window-scale`",
                        profile.receiveBuffer,
                        largest));
    }
}

void
FailOnFirst(const std::string& path, const std::vector<std::string>& faults, const Marks& marks)
{
    if (faults.empty())
    {
        return;
    }
    const std::size_t colon = faults.front().find(": ");
    if (colon == std::string::npos)
    {
        throw ScenarioError(marks.Find(path), path, faults.front());
    }
    const std::string key = JoinPath(path, faults.front().substr(0, colon));
    throw ScenarioError(marks.Find(key), key, faults.front().substr(colon + 2));
}

void
CheckServer(const smtp::ServerPersona& persona, const std::string& path, const Marks& marks)
{
    FailOnFirst(path, smtp::CheckServerPersona(persona), marks);
}

} // namespace bouncelab::scenario
