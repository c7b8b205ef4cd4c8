#include "lab/spec/reference.h"
#include "lab/spec/scalar-text.h"

#include "tests/spec/small-scenario.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <charconv>

using namespace bouncelab::spec;

namespace
{

/// A tree as an editor's YAML reader would hand it to the schema.
nlohmann::json
ToJson(const TextNode& node)
{
    switch (node.kind)
    {
    case TextNode::Kind::Map:
    {
        nlohmann::json object = nlohmann::json::object();
        for (std::size_t i = 0; i < node.keys.size(); ++i)
        {
            object[node.keys[i].text] = ToJson(node.items[i]);
        }
        return object;
    }
    case TextNode::Kind::List:
    {
        nlohmann::json list = nlohmann::json::array();
        for (const TextNode& item : node.items)
        {
            list.push_back(ToJson(item));
        }
        return list;
    }
    case TextNode::Kind::Scalar:
        break;
    default:
        return nullptr;
    }
    if (!node.quoted && (node.text == "true" || node.text == "false"))
    {
        return node.text == "true";
    }
    const std::optional<WholeNumber> whole = ParseWhole(node.text);
    if (!node.quoted && whole)
    {
        return whole->negative ? nlohmann::json(-static_cast<std::int64_t>(whole->size))
                               : nlohmann::json(whole->size);
    }
    const std::optional<double> real = ParseReal(node.text);
    return !node.quoted && real ? nlohmann::json(*real) : nlohmann::json(node.text);
}

/// What the schema says against a YAML file; empty if nothing.
std::string
SchemaError(const std::string& schemaName, const TextNode& tree)
{
    const nlohmann::json document =
        nlohmann::json::parse(ReferenceFiles().at("docs/schema/" + schemaName + ".json"));
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    valijson::adapters::NlohmannJsonAdapter schemaAdapter(document);
    parser.populateSchema(schemaAdapter, schema);
    const nlohmann::json value = ToJson(tree);
    valijson::adapters::NlohmannJsonAdapter adapter(value);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema, adapter, &results))
    {
        return "";
    }
    valijson::ValidationResults::Error error;
    std::string text = "invalid";
    while (results.popError(error))
    {
        text += "; ";
        for (const std::string& part : error.context)
        {
            text += part;
        }
        text += " " + error.description;
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(FilesAreUpToDate)
{
    for (const auto& [path, text] : ReferenceFiles())
    {
        const bool isSame = ReadFile(tests::SourceDir().string() + "/" + path) == text;
        BOOST_TEST(isSame, path << " is out of date: run bin/write-reference on the source tree");
    }
}

BOOST_AUTO_TEST_CASE(SchemasTakeWhatTheReaderTakes)
{
    BOOST_TEST(SchemaError("scenario", LoadTree(DATA + "/small.yaml")) == "");
    const std::string shown = Show(ResolveSmall("fault"));
    BOOST_TEST(SchemaError("scenario", ParseTree(shown, "shown")) == "");
    const std::string root = tests::SourceDir();
    for (const std::string& path : ListScenarios(root))
    {
        BOOST_TEST(SchemaError("scenario", LoadTree(path)) == "", path);
        const std::string expectations =
            (std::filesystem::path(path).parent_path() / "expect.yaml").string();
        if (std::filesystem::exists(expectations))
        {
            BOOST_TEST(SchemaError("expect", LoadTree(expectations)) == "", expectations);
        }
    }
    const PersonaLibrary personas(root);
    const std::pair<std::string, std::string> kinds[] = {
        {"stacks", "stack"},
        {"mtas", "mta"},
        {"servers", "server"},
    };
    for (const auto& [folder, schema] : kinds)
    {
        for (const std::string& name : personas.Names(folder))
        {
            const std::string path = root + "/models/personas/" + folder + "/" + name + ".yaml";
            BOOST_TEST(SchemaError(schema, LoadTree(path)) == "", path);
        }
    }
}

BOOST_AUTO_TEST_CASE(SchemasRefuseWhatTheReaderRefuses)
{
    const std::string text = ReadFile(DATA + "/small.yaml");
    const std::pair<std::string, std::string> changes[] = {
        {"at-hop: 2", "at-hop: 256"},
        {"at-hop: 2", "at-hopp: 2"},
        {"duration: 10 s", "duration: 10"},
        {"delay: 20 ms", "delay: 20 msec"},
        {"100 Mbit/s", "100 Mb/s"},
        {"capture: true", "capture: yes"},
        {"document: S003", "document: [S003]"},
        {"variants:\n", "variant:\n"},
        {"0:E0:FC:34:C0:86", "0:E0:FC:34:C0"},
        {"{to: japan, at: 8 s}", "[japan]"},
    };
    for (const auto& [from, to] : changes)
    {
        std::string changed = text;
        changed.replace(changed.find(from), from.size(), to);
        BOOST_TEST(SchemaError("scenario", ParseTree(changed, "changed")) != "", to);
    }
    BOOST_TEST(SchemaError("stack", ParseTree("ttl: 0", "x")) != "");
    BOOST_TEST(SchemaError("stack", ParseTree("ttl: 1", "x")) == "");
    BOOST_TEST(SchemaError("stack", ParseTree("ip-id: random", "x")) != "");
}

BOOST_AUTO_TEST_CASE(PageNamesEveryKeyOfAScenario)
{
    const std::string page = ReferenceFiles().at("docs/scenario-keys.md");
    for (const char* key : {"`paths.<name>.hops.<n>.delay`",
                            "`injectors.<name>.processing-delay`",
                            "`paths.<name>.delay-scale`",
                            "`injectors.<name>.at-hop`",
                            "`ack-of-unsent`",
                            "`claims.<name>.kind`",
                            "`verdicts.<name>.<name>.count`"})
    {
        BOOST_TEST(page.find(key) != std::string::npos, key);
    }
}

BOOST_AUTO_TEST_SUITE_END()
