#ifndef BOUNCELAB_FORMATS_PAYLOAD_REST_H
#define BOUNCELAB_FORMATS_PAYLOAD_REST_H

#include "formats/field.h"

#include <array>

namespace bouncelab
{

/// What becomes of the octets behind transport headers in a capture that is given away.
enum class PayloadRest
{
    Kept,
    Cut,    //!< A frame ends before them, as behind a snap length that knows headers.
    Zeroed, //!< As many octets of zero.
};

constexpr auto
EnumNames(PayloadRest)
{
    return std::array<EnumName<PayloadRest>, 3>{
        {{"kept", PayloadRest::Kept}, {"cut", PayloadRest::Cut}, {"zeroed", PayloadRest::Zeroed}}};
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PAYLOAD_REST_H
