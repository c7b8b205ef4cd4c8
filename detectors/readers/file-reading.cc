#include "detectors/readers/file-reading.h"

#include <nlohmann/json.hpp>

namespace bouncelab::detectors
{

nlohmann::ordered_json
ToJson(const FileReading& reading)
{
    nlohmann::ordered_json object{{"file", reading.name}, {"kinds", reading.kinds}};
    const auto add = [&](const char* name, const auto& value, bool isThere)
    {
        if (isThere)
        {
            object[name] = value;
        }
    };
    add("version", reading.version, !reading.version.empty());
    add("packets", reading.packets, reading.packets > 0);
    add("other_packets", reading.otherPackets, !reading.otherPackets.empty());
    add("tunnels", reading.tunnels, !reading.tunnels.empty());
    add("flows", reading.flows, reading.flows > 0);
    add("sessions", reading.sessions, reading.sessions > 0);
    object["rows_used"] = reading.rows;
    object["rows_not_understood"] = reading.rowsNotUnderstood;
    add("first_not_understood", reading.strange, !reading.strange.empty());
    add("from", reading.first, !reading.first.empty());
    add("to", reading.last, !reading.last.empty());
    add("undone", reading.undone, !reading.undone.empty());
    add("healed", reading.healed, !reading.healed.empty());
    add("left_out", reading.leftOut, !reading.leftOut.empty());
    add("problem", reading.problem, !reading.problem.empty());
    object["understood"] = reading.IsUnderstood();
    return object;
}

} // namespace bouncelab::detectors
