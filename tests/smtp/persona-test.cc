#include "tests/smtp/qmail-persona.h"

#include "models/smtp/rule-policy.h"
#include "models/smtp/server-persona.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <type_traits>

namespace bouncelab::smtp
{

namespace
{

void
CheckNumber(const FieldEntry& field, double value)
{
    BOOST_TEST(value >= field.note.minimum, field.key);
    BOOST_TEST(value <= field.note.maximum, field.key);
}

/// What every reader of a field table relies on.
void
CheckTable(const FieldValue& table)
{
    BOOST_TEST(!table.type->table().fields.empty());
    for (const FieldEntry& field : table.type->table().fields)
    {
        const FieldValue value = table[field];
        BOOST_TEST(!field.note.sentence.empty(), field.key);
        BOOST_TEST(field.note.sentence.back() == '.', field.key);
        BOOST_TEST(field.note.minimum <= field.note.maximum, field.key);
        switch (field.type->kind)
        {
        case FieldKind::Enumeration:
            BOOST_TEST(field.type->get(value.data) < field.type->names().size(), field.key);
            break;
        case FieldKind::Duration:
            CheckNumber(field, static_cast<double>(value.As<Nanoseconds>().count()));
            break;
        case FieldKind::Whole:
            CheckNumber(field, static_cast<double>(field.type->get(value.data)));
            break;
        case FieldKind::Struct:
            CheckTable(value);
            break;
        default:
            break;
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(persona)

BOOST_AUTO_TEST_CASE(FieldTablesAreSoundAndDefaultsFitThem)
{
    ServerPersona server;
    BOOST_TEST(TypeOf<ServerPersona>().table().fields.size() == 31u);
    CheckTable(ValueOf(server));
    ClientPersona client;
    CheckTable(ValueOf(client));
    ClientPersona qmail = QmailRemote();
    CheckTable(ValueOf(qmail));
    ServerRule rule;
    CheckTable(ValueOf(rule));
}

BOOST_AUTO_TEST_CASE(ANegativeReplyIsNeverGoodNews)
{
    BOOST_TEST(CheckClientPersona(ClientPersona()).empty());
    BOOST_TEST(CheckClientPersona(QmailRemote()).empty());
    ClientPersona persona;
    persona.data.onTransient = TransactionOutcome::Accepted;
    BOOST_TEST(CheckClientPersona(persona).at(0) ==
               "data.on-transient: found accept, expected defer or fail");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
