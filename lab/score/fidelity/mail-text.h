#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_MAIL_TEXT_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_MAIL_TEXT_H

#include <string>

namespace bouncelab::score
{

/// The parts of a message that are plain text, decoded to UTF-8; not those of a message within it.
std::string PlainTextOf(const std::string& message);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_MAIL_TEXT_H
