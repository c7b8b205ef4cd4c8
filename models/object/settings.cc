#include "models/object/settings.h"

#include "formats/address.h"
#include "formats/duration.h"

#include <ns3/boolean.h>
#include <ns3/double.h>
#include <ns3/integer.h>
#include <ns3/ipv4-address.h>
#include <ns3/nstime.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <algorithm>

namespace bouncelab::object
{

namespace
{

/// What ns-3 calls the value of a field; null for a kind of which it has none.
ns3::Ptr<ns3::AttributeValue>
ValueFor(const FieldValue& field)
{
    switch (field.type->kind)
    {
    case FieldKind::Boolean:
        return ns3::Create<ns3::BooleanValue>(field.As<bool>());
    case FieldKind::Whole:
    case FieldKind::BitRate:
        if (field.type->minimum < 0)
        {
            return ns3::Create<ns3::IntegerValue>(
                static_cast<std::int64_t>(field.type->get(field.data)));
        }
        return ns3::Create<ns3::UintegerValue>(field.type->get(field.data));
    case FieldKind::Real:
        return ns3::Create<ns3::DoubleValue>(field.As<double>());
    case FieldKind::Text:
        return ns3::Create<ns3::StringValue>(field.As<std::string>());
    case FieldKind::Duration:
        return ns3::Create<ns3::TimeValue>(ns3::NanoSeconds(field.As<Nanoseconds>().count()));
    case FieldKind::Address:
        return ns3::Create<ns3::Ipv4AddressValue>(
            ns3::Ipv4Address(field.As<IpAddress>().AsIpv4().value));
    case FieldKind::Ipv4Address:
        return ns3::Create<ns3::Ipv4AddressValue>(ns3::Ipv4Address(field.As<Ipv4>().value));
    case FieldKind::Enumeration:
        return ns3::Create<ns3::StringValue>(
            std::string(field.type->names()[field.type->get(field.data)]));
    default:
        return nullptr;
    }
}

/// Hands a value of the right type on. \return whether it is
template <class Value, class Put>
bool
Take(const ns3::AttributeValue& value, Put put)
{
    const auto* typed = dynamic_cast<const Value*>(&value);
    if (typed)
    {
        put(typed->Get());
    }
    return typed != nullptr;
}

/// ns-3's own enumerations take a word that they do not know for the first one.
bool
SetWord(const FieldValue& field, const ns3::AttributeValue& value)
{
    const auto* text = dynamic_cast<const ns3::StringValue*>(&value);
    const std::vector<std::string_view> names = field.type->names();
    const auto word = std::find(names.begin(), names.end(), text ? text->Get() : std::string());
    if (word != names.end())
    {
        field.type->set(field.data, static_cast<std::uint64_t>(word - names.begin()));
    }
    return word != names.end();
}

std::string
HelpOf(const FieldEntry& field)
{
    std::string help(field.note.sentence);
    if (field.type->kind == FieldKind::Enumeration)
    {
        const char* before = " One of ";
        for (const std::string_view name : field.type->names())
        {
            help += before + std::string(name);
            before = ", ";
        }
    }
    return help;
}

bool
SetField(const FieldValue& field, const ns3::AttributeValue& value)
{
    const auto setWhole = [&](auto number)
    { field.type->set(field.data, static_cast<std::uint64_t>(number)); };
    switch (field.type->kind)
    {
    case FieldKind::Boolean:
        return Take<ns3::BooleanValue>(value, [&](bool on) { field.As<bool>() = on; });
    case FieldKind::Whole:
    case FieldKind::BitRate:
        return Take<ns3::UintegerValue>(value, setWhole) ||
               Take<ns3::IntegerValue>(value, setWhole);
    case FieldKind::Real:
        return Take<ns3::DoubleValue>(value, [&](double real) { field.As<double>() = real; });
    case FieldKind::Text:
        return Take<ns3::StringValue>(value,
                                      [&](std::string text)
                                      { field.As<std::string>() = std::move(text); });
    case FieldKind::Duration:
        return Take<ns3::TimeValue>(
            value,
            [&](ns3::Time time) { field.As<Nanoseconds>() = Nanoseconds(time.GetNanoSeconds()); });
    case FieldKind::Address:
        return Take<ns3::Ipv4AddressValue>(value,
                                           [&](ns3::Ipv4Address address)
                                           { field.As<IpAddress>() = Ipv4{address.Get()}; });
    case FieldKind::Ipv4Address:
        return Take<ns3::Ipv4AddressValue>(value,
                                           [&](ns3::Ipv4Address address)
                                           { field.As<Ipv4>() = Ipv4{address.Get()}; });
    case FieldKind::Enumeration:
        return SetWord(field, value);
    default:
        return false;
    }
}

/// What holds a value to the range of its field and of its C++ type.
ns3::Ptr<const ns3::AttributeChecker>
CheckerFor(const FieldEntry& field)
{
    const FieldNote& note = field.note;
    const auto least = std::max<long double>(note.minimum, field.type->minimum);
    const auto most = std::min<long double>(note.maximum, field.type->maximum);
    switch (field.type->kind)
    {
    case FieldKind::Boolean:
        return ns3::MakeBooleanChecker();
    case FieldKind::Whole:
    case FieldKind::BitRate:
        if (field.type->minimum < 0)
        {
            return ns3::MakeIntegerChecker<std::int64_t>(static_cast<std::int64_t>(least),
                                                         static_cast<std::int64_t>(most));
        }
        return ns3::MakeUintegerChecker<std::uint64_t>(static_cast<std::uint64_t>(least),
                                                       static_cast<std::uint64_t>(most));
    case FieldKind::Real:
        return ns3::MakeDoubleChecker<double>(note.minimum, note.maximum);
    case FieldKind::Duration:
    {
        constexpr double LONGEST = 9e18; // of 64 bits, in ns
        return ns3::MakeTimeChecker(
            ns3::NanoSeconds(static_cast<std::int64_t>(std::max(note.minimum, -LONGEST))),
            ns3::NanoSeconds(static_cast<std::int64_t>(std::min(note.maximum, LONGEST))));
    }
    case FieldKind::Address:
    case FieldKind::Ipv4Address:
        return ns3::MakeIpv4AddressChecker();
    default:
        return ns3::MakeStringChecker();
    }
}

class FieldAccessor final : public ns3::AttributeAccessor
{
  public:
    explicit FieldAccessor(const FieldEntry& field)
        : m_field(field)
    {
    }

    bool Set(ns3::ObjectBase* object, const ns3::AttributeValue& value) const override
    {
        return SetField(FieldOf(object), value);
    }

    bool Get(const ns3::ObjectBase* object, ns3::AttributeValue& value) const override
    {
        const auto checker = CheckerFor(m_field);
        return checker->Copy(*ValueFor(FieldOf(const_cast<ns3::ObjectBase*>(object))), value);
    }

    bool HasGetter() const override { return true; }

    bool HasSetter() const override { return true; }

  private:
    FieldValue FieldOf(ns3::ObjectBase* object) const
    {
        return FieldValue{nullptr, dynamic_cast<SettingsObject&>(*object).Data()}[m_field];
    }

    const FieldEntry& m_field;
};

} // namespace

std::string
AttributeName(std::string_view key)
{
    std::string name;
    bool begins = true;
    for (const char c : key)
    {
        if (c != '-')
        {
            name += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        begins = c == '-';
    }
    return name;
}

ns3::TypeId
WithAttributes(ns3::TypeId id, const FieldType& type)
{
    const FieldTable& table = type.table();
    for (const FieldEntry& field : table.fields)
    {
        if (const auto value = ValueFor(FieldValue{&type, table.defaults}[field]))
        {
            id.AddAttribute(AttributeName(field.key),
                            HelpOf(field),
                            *value,
                            ns3::Create<FieldAccessor>(field),
                            CheckerFor(field));
        }
    }
    return id;
}

} // namespace bouncelab::object
