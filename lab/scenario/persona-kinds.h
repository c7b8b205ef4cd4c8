#ifndef BOUNCELAB_LAB_SCENARIO_PERSONA_KINDS_H
#define BOUNCELAB_LAB_SCENARIO_PERSONA_KINDS_H

#include "formats/field-type.h"

#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// A kind of personas: the files of one folder in models/personas.
struct PersonaFolder
{
    const FieldType* type;  //!< Its struct, which knows the folder.
    std::string_view title; //!< "a TCP/IP stack": what one of them describes.
};

const std::vector<PersonaFolder>& PersonaFolders();

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_PERSONA_KINDS_H
