#include "models/connector/session-ids.h"

#include <fmt/format.h>

namespace bouncelab::connector
{

std::string
SessionIds::Text(std::uint64_t id)
{
    return fmt::format("{:016X}", id);
}

} // namespace bouncelab::connector
