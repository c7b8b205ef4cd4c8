#ifndef BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
#define BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H

#include "lab/spec/expectations.h"

#include <stdexcept>
#include <string>

namespace bouncelab::score
{

/// A claim that no run can be held against. One line: where, which id, what was found.
class ClaimError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * That each claim names a measurement, and that its documented value and tolerance can be read.
 *
 * \param where the file and variant, for the message
 * \throws ClaimError
 */
void CheckClaims(const spec::Expectations& expectations, const std::string& where);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_CLAIM_CHECK_H
