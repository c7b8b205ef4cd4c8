#ifndef BOUNCELAB_DETECTORS_READERS_JSON_MEMBER_H
#define BOUNCELAB_DETECTORS_READERS_JSON_MEMBER_H

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace bouncelab::detectors
{

/// A text, or an integer as text; empty of anything else.
inline std::string
JsonText(const nlohmann::json& value)
{
    return value.is_string()           ? value.get<std::string>()
           : value.is_number_integer() ? std::to_string(value.get<std::int64_t>())
                                       : std::string();
}

/// A member of what may be an object; null where there is none.
inline const nlohmann::json&
MemberOf(const nlohmann::json& object, const std::string& name)
{
    static const nlohmann::json NOTHING;
    if (!object.is_object())
    {
        return NOTHING;
    }
    const auto found = object.find(name);
    return found == object.end() ? NOTHING : *found;
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_JSON_MEMBER_H
