#ifndef BOUNCELAB_LAB_SCORE_LABEL_PARAM_H
#define BOUNCELAB_LAB_SCORE_LABEL_PARAM_H

#include "formats/label.h"

#include <string>
#include <string_view>

namespace bouncelab::score
{

/// The value of a label's parameter; empty if it has none of that name.
inline std::string
ParamOf(const Label& label, std::string_view name)
{
    for (const auto& [key, value] : label.params)
    {
        if (key == name)
        {
            return value;
        }
    }
    return {};
}

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_LABEL_PARAM_H
