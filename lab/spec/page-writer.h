#ifndef BOUNCELAB_LAB_SPEC_PAGE_WRITER_H
#define BOUNCELAB_LAB_SPEC_PAGE_WRITER_H

#include "lab/spec/json-printer.h"

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::spec
{

/// One line of the reference page.
struct PageRow
{
    std::string path;         //!< `hosts.<name>.stack`; items of lists are `<n>`.
    std::string type;         //!< What may be written, in words.
    std::string defaultValue; //!< As it would be written; "required"; or empty.
    std::string sentence;
    bool hasParts = false; //!< The rows after it, up to the next without its path, are inside it.
};

/// Collects the rows of a struct and of all that is inside it. Personas stay closed.
class PageWriter
{
  public:
    template <class T>
    static std::vector<PageRow> Collect()
    {
        PageWriter writer("");
        T defaults{};
        Describe(writer, defaults);
        return std::move(writer.m_rows);
    }

    /// Called by Describe().
    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note);

  private:
    explicit PageWriter(const std::string& path)
        : m_path(path)
    {
    }

    /// Adds what is inside a value.
    template <class T>
    void Enter(const std::string& path, T& value);

    std::string m_path;
    std::vector<PageRow> m_rows;
};

/// A type without parts in words: "whole number, 1 to 255, in bytes".
std::string ScalarType(FieldType type, const FieldRange& range, std::string_view unit);

/// Rows as a Markdown table.
std::string FormatTable(const std::vector<PageRow>& rows);

/// A default as one line of Markdown.
std::string FormatDefault(const nlohmann::ordered_json& value);

/// What may be written, with its unit, in words.
template <class T>
std::string
PageType(const FieldNote& note)
{
    constexpr FieldType type = TypeOf<T>();
    if constexpr (type == FieldType::Optional)
    {
        return PageType<typename T::value_type>(note);
    }
    else if constexpr (type == FieldType::List)
    {
        return "list of: " + PageType<typename T::value_type>(note);
    }
    else if constexpr (type == FieldType::Map)
    {
        return "map from names to: " + PageType<typename T::mapped_type>(note);
    }
    else if constexpr (type == FieldType::Persona)
    {
        return "persona of `models/personas/" +
               std::string(PersonaKind<typename T::Persona>::FOLDER) + "`";
    }
    else if constexpr (type == FieldType::Struct)
    {
        return "keys";
    }
    else if constexpr (type == FieldType::Enumeration)
    {
        std::string names;
        for (const std::string_view name : NamesOf<T>())
        {
            names += (names.empty() ? "`" : ", `") + std::string(name) + "`";
        }
        return names;
    }
    else
    {
        return ScalarType(TypeOf<T>(note), RangeOf<T>(note), note.unit);
    }
}

template <class T>
void
PageWriter::Enter(const std::string& path, T& value)
{
    constexpr FieldType type = TypeOf<T>();
    if constexpr (type == FieldType::Struct)
    {
        PageWriter inside(path);
        Describe(inside, value);
        m_rows.insert(m_rows.end(), inside.m_rows.begin(), inside.m_rows.end());
    }
    else if constexpr (type == FieldType::Optional)
    {
        typename T::value_type element{};
        Enter(path, element);
    }
    else if constexpr (type == FieldType::List)
    {
        typename T::value_type element{};
        Enter(path + ".<n>", element);
    }
    else if constexpr (type == FieldType::Map)
    {
        typename T::mapped_type element{};
        Enter(path + ".<name>", element);
    }
}

template <class T>
void
PageWriter::Field(std::string_view key, T& value, const FieldNote& note)
{
    constexpr FieldType type = TypeOf<T>();
    PageRow row;
    row.path = JoinPath(m_path, key);
    row.type = PageType<T>(note);
    row.sentence = note.sentence;
    if (note.required)
    {
        row.defaultValue = "required";
    }
    else if constexpr (type != FieldType::Struct && type != FieldType::Persona)
    {
        row.defaultValue = FormatDefault(JsonPrinter::PrintValue(value, note));
    }
    const std::size_t at = m_rows.size();
    m_rows.push_back(std::move(row));
    Enter(m_rows[at].path, value);
    m_rows[at].hasParts = m_rows.size() > at + 1;
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_PAGE_WRITER_H
