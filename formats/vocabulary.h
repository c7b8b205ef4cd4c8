#ifndef BOUNCELAB_FORMATS_VOCABULARY_H
#define BOUNCELAB_FORMATS_VOCABULARY_H

#include "formats/enum-names.h"

#include <array>
#include <string_view>

namespace bouncelab
{

/**
 * The dotted classes that labels and alerts speak in. The first word is the family; a class that
 * only its family names is allowed ("tarpit").
 */
namespace classes
{
constexpr std::string_view FORGED_REPLY = "forged.reply"; //!< A server's reply, sent by another.
constexpr std::string_view FORGED_RESET = "forged.reset"; //!< A RST, sent by another.
constexpr std::string_view FORGED_DATA = "forged.data";   //!< Any other bytes, sent by another.
constexpr std::string_view INCONSISTENT = "inconsistent"; //!< Bytes disagree, no forger shown.
constexpr std::string_view INSUFFICIENT = "insufficient"; //!< This evidence cannot tell.
} // namespace classes

/// First words of classes.
constexpr std::array<std::string_view, 17> CLASS_FAMILIES{"forged",
                                                          "blocked",
                                                          "intercepted",
                                                          "tarpit",
                                                          "ban",
                                                          "auth",
                                                          "blacklist",
                                                          "relay",
                                                          "backscatter",
                                                          "harvest",
                                                          "overload",
                                                          "lost",
                                                          "refused",
                                                          "deferred",
                                                          "unreachable",
                                                          "inconsistent",
                                                          "insufficient"};

/// First word of a dotted class: "forged" of "forged.reply".
std::string_view FamilyOf(std::string_view dottedClass);

/// Whether the first word is a family and the others are non-empty words of [a-z0-9-].
bool IsKnownClass(std::string_view dottedClass);

/// What a detector concludes about one flow, message or host.
enum class Verdict
{
    Fault,        //!< An alarm.
    Benign,       //!< An explanation of something that looks wrong; never an alarm.
    Inconclusive, //!< Cannot tell; says which evidence would decide.
};

constexpr std::array<EnumName<Verdict>, 3>
EnumNames(Verdict)
{
    return {{{"fault", Verdict::Fault},
             {"benign", Verdict::Benign},
             {"inconclusive", Verdict::Inconclusive}}};
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_VOCABULARY_H
