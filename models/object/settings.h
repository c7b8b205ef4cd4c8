#ifndef BOUNCELAB_MODELS_OBJECT_SETTINGS_H
#define BOUNCELAB_MODELS_OBJECT_SETTINGS_H

#include "formats/field.h"

#include <ns3/object.h>

#include <string>
#include <string_view>

namespace bouncelab::object
{

/// A struct of fields as an ns-3 object.
class SettingsObject : public ns3::Object
{
  public:
    virtual void* Data() = 0; //!< The struct.
};

/// The name of a field as an attribute: "AtHop" of `at-hop`.
std::string AttributeName(std::string_view key);

/**
 * Gives a type of SettingsObject an attribute for each field that is a number, a duration, a text,
 * an address, a switch or one of several words, with default, range and sentence of the field.
 * Lists, maps and structs have none: they are set in the struct itself.
 */
ns3::TypeId WithAttributes(ns3::TypeId id, const FieldType& type);

/**
 * The settings of a model with their keys as ns-3 attributes:
 *
 *     using InjectorSettings = object::Settings<middlebox::InjectorConfig>;
 *     auto settings = ns3::CreateObjectWithAttributes<InjectorSettings>("AtHop",
 *                                                                       ns3::UintegerValue(5));
 *     middlebox::Injector injector("censor", settings->value, path, seed, ledger);
 *
 * The type is called as the struct, bouncelab::InjectorConfig. ns-3 knows it, for
 * Config::SetDefault and --bouncelab::InjectorConfig::AtHop=5, from the first call of GetTypeId()
 * on.
 */
template <class Config>
class Settings final : public SettingsObject
{
  public:
    static ns3::TypeId GetTypeId()
    {
        static const ns3::TypeId id =
            WithAttributes(ns3::TypeId("bouncelab::" + StructName(TypeOf<Config>()))
                               .SetParent<ns3::Object>()
                               .SetGroupName("bouncelab")
                               .AddConstructor<Settings>(),
                           TypeOf<Config>());
        return id;
    }

    void* Data() override { return &value; }

    Config value;
};

} // namespace bouncelab::object

#endif // BOUNCELAB_MODELS_OBJECT_SETTINGS_H
