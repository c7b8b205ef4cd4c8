#ifndef BOUNCELAB_LAB_MATRIX_VALUES_H
#define BOUNCELAB_LAB_MATRIX_VALUES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::matrix
{

constexpr std::size_t MOST_VALUES = 1000000; //!< Of one key.

/// The parts of `V1,V2,...`; commas in brackets, braces and quotes separate nothing.
std::vector<std::string> SplitValues(std::string_view list);

/**
 * What one written value stands for: itself, or, as `FROM..TO` or `FROM..TO:STEP`, a row of
 * numbers with both ends, where the steps hit them. The numbers are decimal and exact, and may have
 * one unit, which FROM and STEP may leave out (`5..20 ms:0.5`); without a step whole numbers rise
 * by 1.
 *
 * \throws std::invalid_argument "found ..., expected ..."
 */
std::vector<std::string> ExpandValue(std::string_view written);

/**
 * One axis of a Latin hypercube: the numbers of values, one a sample, so that of as many strata of
 * equal size as there are samples each has one sample (McKay, Beckman, Conover 1979).
 *
 * \param values how many the axis has, at least 1
 * \param axis its name: every axis is drawn for itself
 */
std::vector<std::size_t> LatinHypercubeAxis(std::size_t values,
                                            std::size_t samples,
                                            std::uint64_t seed,
                                            std::string_view axis);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_VALUES_H
