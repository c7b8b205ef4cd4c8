#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_ROWS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_ROWS_H

#include "detectors/analysis/reply-reason.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

constexpr std::size_t MOST_WORDS = 40;

/// Which replies a reason is for.
enum class Lasting
{
    Either,
    Temporary, //!< Of class 4 alone.
    Permanent, //!< Of class 5 alone.
};

/// A reason, and the enhanced codes (without their class) and words that tell it.
struct ReasonRow
{
    ReplyReason reason;
    std::array<std::string_view, 12> codes;         //!< "7.26"
    std::array<std::string_view, MOST_WORDS> words; //!< In lower case; any is enough.
    Lasting lasting = Lasting::Either;
    bool (*saysSo)(const std::string& lower) = nullptr; //!< What no single word tells.
};

/// The first row that fits is the reason; words come before codes, for servers agree on words. The
/// last two tell no reason, of class 4 and of any.
extern const std::array<ReasonRow, 34> REASON_ROWS;

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REPLY_REASON_ROWS_H
