#ifndef BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASON_TABLE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASON_TABLE_H

#include "detectors/analysis/reply-reason.h"

#include <array>
#include <string_view>

namespace bouncelab::detectors
{

/// A reason, and the words (in lower case) and enhanced codes (without their class) that name it.
struct NamedRow
{
    ReplyReason reason;
    std::array<std::string_view, 12> words;
    std::array<std::string_view, 12> codes;
};

/// The first that fits is the reason.
extern const std::array<NamedRow, 36> NAMED_REASONS;

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_NAMED_REASON_TABLE_H
