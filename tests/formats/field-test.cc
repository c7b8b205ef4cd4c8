#include "formats/field.h"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace bouncelab;

// Fields have to be of types with a name outside of this file: clang asks for it.
namespace field_test
{

struct Part
{
    std::uint16_t port = Field(&port, "port", 25).Range(1, 65535) | "A port.";
    std::string name = Field(&name, "name", "mx") | "A name.";
};

struct Whole
{
    std::string id = NoKey(&id);
    bool on = Field(&on, "on", true) | "Whether it is.";
    Part front = Inline(&front);
    Part back = Field(&back, "back", {587, "out"}) | "The other part.";
    std::optional<Part> more = Field(&more, "more") | "Another part.";
    double rate = Field(&rate, "rate", 0.5).Unit("1/s").Required() | "A rate.";
};

struct WithPlainMember
{
    bool on = Field(&on, "on") | "Whether it is.";
    bool forgotten = false;
};

struct WithCopiedLine
{
    bool on = Field(&on, "on") | "Whether it is.";
    bool off = Field(&on, "off") | "Whether it is not.";
};

/// As many fields as members, but not the same.
struct WithPlainStruct
{
    Part part;
    bool forgotten = false;
};

struct WithPlainStructFirst
{
    Part part;
    bool forgotten = false;
    std::string id = Field(&id, "id") | "A name.";
};

struct WithKeyTwice
{
    bool on = Field(&on, "on") | "Whether it is.";
    bool off = Field(&off, "on") | "Whether it is not.";
};

} // namespace field_test

using namespace field_test;

namespace
{

/// What is wrong with the declaration of a struct.
template <class T>
std::string
Fault()
{
    try
    {
        TypeOf<T>().table();
    }
    catch (const std::logic_error& error)
    {
        return error.what();
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(field)

BOOST_AUTO_TEST_CASE(InitializersGiveMembersTheirDefaults)
{
    const Whole whole;
    BOOST_TEST(whole.on);
    BOOST_TEST(whole.front.port == 25);
    BOOST_TEST(whole.back.name == "out");
    BOOST_TEST(!whole.more);
    const Part part{1, "x"};
    BOOST_TEST(part.name == "x");
}

BOOST_AUTO_TEST_CASE(CopiesAndMovesAreTheirOwn)
{
    Whole first;
    first.back.port = 1;
    Whole second = first;
    second.back.port = 2;
    const Whole third = std::move(second);
    BOOST_TEST(first.back.port == 1);
    BOOST_TEST(third.back.port == 2);
    const FieldValue value = ValueOf(first);
    BOOST_TEST(value[value.type->table().fields[3]].data == &first.back);
    BOOST_TEST(KeyOf(third, third.back) == "back");
}

BOOST_AUTO_TEST_CASE(TableHasTheFieldsInTheirOrder)
{
    Whole whole;
    whole.front.port = 26;
    const FieldValue value = ValueOf(whole);
    const std::vector<FieldEntry>& fields = value.type->table().fields;
    const char* keys[] = {"on", "port", "name", "back", "more", "rate"};
    BOOST_REQUIRE(fields.size() == std::size(keys));
    for (std::size_t i = 0; i < fields.size(); ++i)
    {
        BOOST_TEST(fields[i].key == keys[i]);
    }
    BOOST_TEST(value[fields[1]].As<std::uint16_t>() == 26);
    BOOST_TEST(value[fields[1]].data == &whole.front.port);
    BOOST_TEST(value[fields[5]].data == &whole.rate);
    BOOST_TEST(fields[1].note.maximum == 65535);
    BOOST_TEST(fields[5].note.unit == "1/s");
    BOOST_TEST(fields[5].note.required);
    BOOST_TEST(fields[5].note.sentence == "A rate.");
    BOOST_TEST((fields[4].type->kind == FieldKind::Optional));
    BOOST_TEST(Defaults<Whole>().back.port == 587);
}

BOOST_AUTO_TEST_CASE(WrongDeclarationsHaveNoTable)
{
    BOOST_TEST(Fault<Whole>() == "");
    BOOST_TEST(Fault<WithPlainMember>() == "WithPlainMember has 2 members, of which 1 are fields");
    BOOST_TEST(Fault<WithCopiedLine>() ==
               "WithCopiedLine: off is declared with another member's address, or behind a member "
               "that is no field");
    BOOST_TEST(Fault<WithPlainStruct>() == "WithPlainStruct: its last member is no field");
    BOOST_TEST(Fault<WithPlainStructFirst>() ==
               "WithPlainStructFirst: id is declared with another member's address, or behind a "
               "member that is no field");
    BOOST_TEST(Fault<WithKeyTwice>() == "WithKeyTwice: key on stands twice");
}

BOOST_AUTO_TEST_SUITE_END()
