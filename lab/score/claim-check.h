#ifndef BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
#define BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H

#include "lab/scenario/expectations.h"

namespace bouncelab::score
{

/**
 * That selections name evidence, fields and each other, that measurements name one function each
 * with operands of its kinds, that claims name measurements, with documented values and
 * tolerances that can be read, and that verdicts are counted by fields of selections.
 *
 * \throws scenario::ScenarioError
 */
void CheckClaims(const scenario::Expectations& expectations);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
