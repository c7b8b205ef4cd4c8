#ifndef BOUNCELAB_LAB_SPEC_JSON_PRINTER_H
#define BOUNCELAB_LAB_SPEC_JSON_PRINTER_H

#include "lab/spec/field-type.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace bouncelab::spec
{

/**
 * Writes structs as JSON, every key with its value or default, in the order of the field tables.
 * Quantities are text with their unit, as in scenarios; an optional that is not set is null.
 */
class JsonPrinter
{
  public:
    template <class T>
    static nlohmann::ordered_json Print(const T& value)
    {
        JsonPrinter printer;
        printer.m_object = nlohmann::ordered_json::object();
        // Describe() serves readers too and so takes a struct that can be written to.
        Describe(printer, const_cast<T&>(value));
        return std::move(printer.m_object);
    }

    template <class T>
    static nlohmann::ordered_json PrintValue(const T& value, const FieldNote& note);

    /// Called by Describe().
    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note)
    {
        m_object[std::string(key)] = PrintValue(value, note);
    }

  private:
    nlohmann::ordered_json m_object;
};

template <class T>
nlohmann::ordered_json
JsonPrinter::PrintValue(const T& value, const FieldNote& note)
{
    constexpr FieldType type = TypeOf<T>();
    if constexpr (type == FieldType::Struct)
    {
        return Print(value);
    }
    else if constexpr (type == FieldType::Persona)
    {
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        object["persona"] = value.name;
        object.update(Print(value.value));
        return object;
    }
    else if constexpr (type == FieldType::Optional)
    {
        return value ? PrintValue(*value, note) : nlohmann::ordered_json();
    }
    else if constexpr (type == FieldType::List)
    {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& item : value)
        {
            list.push_back(PrintValue(item, note));
        }
        return list;
    }
    else if constexpr (type == FieldType::Map)
    {
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (const auto& [key, item] : value)
        {
            object[key] = PrintValue(item, note);
        }
        return object;
    }
    else if constexpr (type == FieldType::Duration)
    {
        return FormatDuration(value);
    }
    else if constexpr (type == FieldType::Whole)
    {
        if (TypeOf<T>(note) == FieldType::BitRate)
        {
            return FormatBitRate(static_cast<std::uint64_t>(value));
        }
        return value;
    }
    else if constexpr (type == FieldType::Address || type == FieldType::Ethernet)
    {
        return value.ToString();
    }
    else if constexpr (type == FieldType::Enumeration)
    {
        return NameOf(value);
    }
    else
    {
        return value;
    }
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_JSON_PRINTER_H
