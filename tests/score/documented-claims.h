#ifndef BOUNCELAB_TESTS_SCORE_DOCUMENTED_CLAIMS_H
#define BOUNCELAB_TESTS_SCORE_DOCUMENTED_CLAIMS_H

#include "lab/scenario/expectations.h"

namespace bouncelab::score
{

/// What S003 documents of its session, row by row, to the last digit that it prints.
scenario::Expectations DocumentedClaims();

} // namespace bouncelab::score

#endif // BOUNCELAB_TESTS_SCORE_DOCUMENTED_CLAIMS_H
