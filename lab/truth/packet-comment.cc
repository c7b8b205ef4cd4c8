#include "lab/truth/packet-comment.h"

#include <fmt/format.h>

#include <iterator>

namespace bouncelab::truth
{

void
AppendPacketComment(std::string& out, const PacketTruth& truth)
{
    if (!truth.forged && !truth.affected)
    {
        return;
    }
    out += "{\"class\":";
    AppendJsonString(out, truth.classLabel);
    fmt::format_to(std::back_inserter(out), ",\"cause_id\":{},\"actor\":", truth.cause);
    AppendJsonString(out, truth.actor);
    out += ",\"hop\":";
    out += truth.hop ? fmt::format("{}", *truth.hop) : "null";
    out += ",\"true_origin\":";
    AppendJsonString(out, truth.trueOrigin);
    out += truth.forged ? ",\"forged\":true" : ",\"forged\":false";
    out += truth.affected ? ",\"affected\":true}" : ",\"affected\":false}";
}

} // namespace bouncelab::truth
