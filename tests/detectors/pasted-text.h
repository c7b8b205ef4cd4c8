#ifndef BOUNCELAB_TESTS_DETECTORS_PASTED_TEXT_H
#define BOUNCELAB_TESTS_DETECTORS_PASTED_TEXT_H

#include "formats/alert.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// A text as people paste it, and what has to be said of it.
struct PastedText
{
    const char* name;
    const char* text;
    const char* detector; //!< Null: whichever.
    const char* dottedClass;
    Verdict verdict;
    std::uint64_t line; //!< The accused one; 0 = whichever.
    const char* says;   //!< Words of the explanation, the side or the next step.
};

std::ostream& operator<<(std::ostream& out, const PastedText& text);

/// Whether an alert says it.
bool Fits(const Alert& alert, const PastedText& wanted);

/// Whether any of the alerts does.
bool IsTold(const std::vector<Alert>& alerts, const PastedText& wanted);

/// What all detectors say of a text.
std::vector<Alert> JudgeText(const std::string& text);

/// The alerts, one a line.
std::string Told(const std::vector<Alert>& alerts);

/// Checks of each text that it is told.
void CheckAll(const PastedText* first, const PastedText* last);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_PASTED_TEXT_H
