#ifndef BOUNCELAB_LAB_SCENARIO_PAGE_WRITER_H
#define BOUNCELAB_LAB_SCENARIO_PAGE_WRITER_H

#include "formats/field-type.h"

#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// One line of a reference page.
struct PageRow
{
    std::string path;         //!< `hosts.<name>.stack`; items of lists are `<n>`.
    std::string type;         //!< What may be written, in words.
    std::string defaultValue; //!< As it would be written; "required"; or empty.
    std::string sentence;
    bool hasParts = false; //!< The rows after it, up to the next without its path, are inside it.
};

/// Whether rows go on inside what a persona's file has, too.
enum class Personas
{
    Closed,
    Open,
};

/// The rows of a struct and of all that is inside it.
std::vector<PageRow> CollectRows(const FieldType& type, Personas personas = Personas::Closed);

/// Rows as a Markdown table.
std::string FormatTable(const std::vector<PageRow>& rows);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_PAGE_WRITER_H
