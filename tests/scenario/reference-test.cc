#include "lab/scenario/persona-kinds.h"
#include "lab/scenario/reference.h"
#include "lab/scenario/scalar-text.h"

#include "tests/scenario/small-scenario.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <charconv>
#include <filesystem>
#include <map>

using namespace bouncelab::scenario;

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

/// A generated schema; its file must have been parsed before it is referred to.
const nlohmann::json*
SchemaDocument(const std::string& file)
{
    static const std::map<std::string, std::string> files = ReferenceFiles();
    static std::map<std::string, nlohmann::json> documents;
    const auto [at, isNew] = documents.try_emplace(file);
    if (isNew)
    {
        at->second = nlohmann::json::parse(files.at("docs/schema/" + file));
    }
    return &at->second;
}

/// What the schema says against a YAML file; empty if nothing.
std::string
SchemaError(const std::string& schemaName, const TextNode& tree)
{
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    valijson::adapters::NlohmannJsonAdapter schemaAdapter(*SchemaDocument(schemaName + ".json"));
    parser.populateSchema(
        schemaAdapter,
        schema,
        [](const std::string& uri) { return SchemaDocument(uri); },
        [](const nlohmann::json*) {});
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
    const std::map<std::string, std::string> files = ReferenceFiles();
    for (const auto& [path, text] : files)
    {
        const bool isSame = ReadFile(tests::SourceDir().string() + "/" + path) == text;
        BOOST_TEST(isSame, path << " is out of date: run bin/write-reference on the source tree");
    }
    for (const char* folder : {"docs/reference", "docs/schema"})
    {
        for (const auto& entry : std::filesystem::directory_iterator(tests::SourceDir() / folder))
        {
            const std::string path = folder + ("/" + entry.path().filename().string());
            // Alerts are no field table; tests/formats holds their schema against their reader.
            BOOST_TEST((files.count(path) == 1U || path == "docs/schema/alert.json"),
                       path << " is not written by write-reference");
        }
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
    for (const PersonaFolder& kind : PersonaFolders())
    {
        const std::string folder(kind.type->folder);
        for (const std::string& name : personas.Names(folder))
        {
            const std::string path = root + "/models/personas/" + folder + "/" + name + ".yaml";
            BOOST_TEST(SchemaError(folder, LoadTree(path)) == "", path);
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
        {"sends: {persona:", "sends: {person:"},
    };
    for (const auto& [from, to] : changes)
    {
        std::string changed = text;
        changed.replace(changed.find(from), from.size(), to);
        BOOST_TEST(SchemaError("scenario", ParseTree(changed, "changed")) != "", to);
    }
    BOOST_TEST(SchemaError("stacks", ParseTree("ttl: 0", "x")) != "");
    BOOST_TEST(SchemaError("stacks", ParseTree("ttl: 1", "x")) == "");
    BOOST_TEST(SchemaError("stacks", ParseTree("ip-id: random", "x")) != "");
    BOOST_TEST(SchemaError("stacks", ParseTree("persona: linux-2.4", "x")) != "");
}

BOOST_AUTO_TEST_CASE(PagesNameTheirKeys)
{
    const std::map<std::string, std::string> files = ReferenceFiles();
    const std::pair<const char*, const char*> keys[] = {
        {"README", "`duration`"},
        {"paths", "`paths.<name>.hops.<n>.delay`"},
        {"paths", "`paths.<name>.delay-scale`"},
        {"injectors", "`processing-delay`"},
        {"injectors", "`at-hop`"},
        {"stacks", "`ack-of-unsent`"},
        {"connectors", "`tarpit.interval`"},
        {"filters", "`harvest.attempts`"},
        {"expectations", "`claims.<name>.kind`"},
        {"expectations", "`verdicts.<name>.<name>.count`"},
    };
    for (const auto& [page, key] : keys)
    {
        const std::string& text = files.at(std::string("docs/reference/") + page + ".md");
        BOOST_TEST(text.find(key) != std::string::npos, key);
    }
}

BOOST_AUTO_TEST_SUITE_END()
