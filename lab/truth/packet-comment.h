#ifndef BOUNCELAB_LAB_TRUTH_PACKET_COMMENT_H
#define BOUNCELAB_LAB_TRUTH_PACKET_COMMENT_H

#include "lab/truth/label-writer.h"

#include <string>

namespace bouncelab::truth
{

/**
 * Appends the comment that a forged or affected frame carries in an annotated capture: one JSON
 * object with class, cause_id, actor, hop, true_origin, forged, affected. Nothing for an ordinary
 * one.
 */
void AppendPacketComment(std::string& out, const PacketTruth& truth);

} // namespace bouncelab::truth

#endif // BOUNCELAB_LAB_TRUTH_PACKET_COMMENT_H
