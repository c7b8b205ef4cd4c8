#include "formats/vocabulary.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab
{

std::string_view
FamilyOf(std::string_view dottedClass)
{
    return dottedClass.substr(0, dottedClass.find('.'));
}

bool
IsKnownClass(std::string_view dottedClass)
{
    const std::string_view family = FamilyOf(dottedClass);
    if (std::find(CLASS_FAMILIES.begin(), CLASS_FAMILIES.end(), family) == CLASS_FAMILIES.end())
    {
        return false;
    }
    char previous = '.';
    for (const char c : dottedClass)
    {
        const bool word = (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
        if (!word && (c != '.' || previous == '.'))
        {
            return false;
        }
        previous = c;
    }
    return previous != '.';
}

} // namespace bouncelab
