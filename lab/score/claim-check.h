#ifndef BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
#define BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H

#include "lab/spec/expectations.h"

namespace bouncelab::score
{

/**
 * That selections name evidence, fields and each other, that measurements name one function each
 * with operands of its kinds, and that claims name measurements, with documented values and
 * tolerances that can be read.
 *
 * \throws spec::SpecError
 */
void CheckClaims(const spec::Expectations& expectations);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
