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

template <class T, class = void>
constexpr bool HAS_NAMES = false;

template <class T>
constexpr bool HAS_NAMES<T, std::void_t<decltype(EnumNames(T{}))>> = true;

template <class T>
constexpr bool IS_COLLECTION = false;

template <class T>
constexpr bool IS_COLLECTION<std::vector<T>> = true;

template <class T>
constexpr bool IS_COLLECTION<std::map<std::string, T>> = true;

/// Walks a field table and checks what every reader of it relies on.
struct Walker
{
    std::set<std::string> keys;

    template <class T>
    void Field(std::string_view key, T& value, const FieldNote& note)
    {
        BOOST_TEST(keys.insert(std::string(key)).second, key << " stands twice");
        BOOST_TEST(!note.sentence.empty());
        BOOST_TEST(note.sentence.back() == '.', key);
        BOOST_TEST(note.minimum <= note.maximum, key);
        if constexpr (std::is_enum_v<T>)
        {
            static_assert(HAS_NAMES<T>);
            BOOST_TEST(NameOf(value) != "?", key);
        }
        else if constexpr (std::is_same_v<T, Nanoseconds>)
        {
            BOOST_TEST(static_cast<double>(value.count()) >= note.minimum, key);
            BOOST_TEST(static_cast<double>(value.count()) <= note.maximum, key);
        }
        else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        {
            BOOST_TEST(static_cast<double>(value) >= note.minimum, key);
            BOOST_TEST(static_cast<double>(value) <= note.maximum, key);
        }
        else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string> &&
                           !IS_COLLECTION<T>)
        {
            Walker inner;
            Describe(inner, value);
            BOOST_TEST(!inner.keys.empty());
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(persona)

BOOST_AUTO_TEST_CASE(FieldTablesAreSoundAndDefaultsFitThem)
{
    Walker server;
    ServerPersona serverPersona;
    Describe(server, serverPersona);
    BOOST_TEST(server.keys.size() == 29u);
    Walker client;
    ClientPersona clientPersona;
    Describe(client, clientPersona);
    Walker qmail;
    ClientPersona qmailRemote = QmailRemote();
    Describe(qmail, qmailRemote);
    BOOST_TEST((client.keys == qmail.keys));
    Walker rule;
    ServerRule serverRule;
    Describe(rule, serverRule);
}

BOOST_AUTO_TEST_CASE(ANegativeReplyIsNeverGoodNews)
{
    BOOST_TEST(CheckClientPersona(ClientPersona()).empty());
    BOOST_TEST(CheckClientPersona(QmailRemote()).empty());
    ClientPersona persona;
    persona.data.onTransient = Outcome::Accepted;
    BOOST_TEST(CheckClientPersona(persona).at(0) ==
               "data.on-transient: found accept, expected defer or fail");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
