#include "lab/scenario/reference.h"

#include "lab/scenario/expectations.h"
#include "lab/scenario/page-writer.h"
#include "lab/scenario/persona-kinds.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/schema-writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::scenario
{

namespace
{

using Json = nlohmann::ordered_json;
using Required = SchemaWriter::Required;

constexpr const char* TITLE = "Keys of scenarios, personas and expectations";

constexpr const char* INTRODUCTION =
    R"(A scenario is `scenarios/NAME/scenario.yaml`: `name`, `base` and `variants`. A variant is laid over
`base`: maps merge key by key, everything else (lists too) replaces what is there, and `~` removes an
optional key or an entry of a map. `base` and every variant take the keys of the scenario.

    # yaml-language-server: $schema=../../docs/schema/scenario.json
    name: forged-reply
    base:
      description: ...
    variants:
      control: {}

- A **duration** is a number and a unit: `ns`, `us`, `ms`, `s`, `min`, `h`, `d` (`35.074 ms`). It is
  exact to the nanosecond.
- A **bit rate** is a number and `bit/s`, `kbit/s`, `Mbit/s` or `Gbit/s`, in powers of ten.
- A **whole number** is plain decimal, or hexadecimal after `0x`. `010` is refused.
- **Names** of entries are lower-case letters, digits, `-` and `.`.
- A **persona** is the name of a file in `models/personas`, or a map with `persona` and keys of that
  file on top: `stack: {persona: freebsd-6, ttl: 128}`.
- Anchors, aliases, merge keys, tags and tabs are refused.

`--set KEY=VALUE` takes the same keys in one path, with the name of an entry for `<name>` and a number
from 1 for `<n>`: `--set "paths.japan.hops.7.delay=5 ms"`, `--set hosts.mail-host.stack.ttl=64`. A
VALUE that starts with `[`, `{`, `"` or `'` is read as YAML.
)";

constexpr const char* NOTICE =
    "Written by `write-reference` from the field tables that the reader uses; do not edit.\n";

std::string
Direction(const std::string& title)
{
    return fmt::format("# {}\n\n{}\n", title, NOTICE);
}

/// A page for each key of a scenario that has keys inside; returns the rows of the other keys.
std::vector<PageRow>
AddScenarioPages(std::map<std::string, std::string>& pages, std::string& list)
{
    const std::vector<PageRow> rows = CollectRows(TypeOf<Scenario>());
    std::vector<PageRow> plain;
    for (auto row = rows.begin(); row != rows.end();)
    {
        const PageRow& head = *row++;
        if (!head.hasParts)
        {
            plain.push_back(head);
            continue;
        }
        const auto isOutside = [&](const PageRow& other)
        { return other.path.compare(0, head.path.size() + 1, head.path + ".") != 0; };
        const auto end = std::find_if(row, rows.end(), isOutside);
        const std::string sentence =
            head.sentence + (head.defaultValue == "required" ? " Required." : "");
        pages[head.path] = Direction("Scenario: `" + head.path + "`") + sentence + "\n\n" +
                           FormatTable({row, end});
        list += fmt::format("- [`{0}`]({0}.md): {1}\n", head.path, sentence);
        row = end;
    }
    return plain;
}

/// Every page by its name in docs/reference.
std::map<std::string, std::string>
Pages()
{
    std::map<std::string, std::string> pages;
    std::string list;
    const std::string plain = FormatTable(AddScenarioPages(pages, list));
    std::string personas;
    for (const PersonaFolder& kind : PersonaFolders())
    {
        const std::string folder(kind.type->folder);
        pages[folder] = Direction(fmt::format("Personas: `models/personas/{}`", folder)) +
                        fmt::format("What makes {}.\n\n", kind.title) +
                        FormatTable(CollectRows(*kind.type));
        personas += fmt::format("- [`{0}`]({0}.md): {1}\n", folder, kind.title);
    }
    pages["expectations"] =
        Direction("Expectations: `scenarios/NAME/expect.yaml`") +
        "`name`, `base` and `variants` as in the scenario, with these keys.\n\n" +
        FormatTable(CollectRows(TypeOf<Expectations>()));
    pages["README"] =
        fmt::format("{}{}\n## Scenarios\n\n{}\n{}\n## Personas\n\n"
                    "A file in `models/personas/KIND` each.\n\n{}\n## Expectations\n\n"
                    "- [`expect.yaml`](expectations.md): what runs have to bring\n",
                    Direction(TITLE),
                    INTRODUCTION,
                    plain,
                    list,
                    personas);
    return pages;
}

Json
Document(const std::string& title)
{
    return {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
}

/// A file of base and variants, both with the keys of a struct.
Json
VariantSchema(const std::string& title, const FieldType& type, SchemaWriter& writer)
{
    const Json keys = writer.Refer(type, Required::Ignored);
    Json schema = Document(title);
    schema["type"] = "object";
    schema["properties"] = {
        {"name", {{"type", "string"}}},
        {"base", keys},
        {"variants", {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", keys}}}};
    schema["additionalProperties"] = false;
    schema["required"] = {"name", "base", "variants"};
    return schema;
}

/// The schema of a persona's file, whose definition is in the scenario's.
Json
PersonaSchema(const PersonaFolder& kind, SchemaWriter& scenario)
{
    Json schema = Document(fmt::format("bouncelab: {}", kind.title));
    const Json reference = scenario.Refer(*kind.type, Required::Checked);
    const std::string inScenario = "scenario.json" + reference["$ref"].get<std::string>();
    schema["allOf"] = {{{"$ref", inScenario}}, {{"not", {{"required", {"persona"}}}}}};
    return schema;
}

} // namespace

std::map<std::string, std::string>
ReferenceFiles()
{
    std::map<std::string, std::string> files;
    for (const auto& [name, text] : Pages())
    {
        files["docs/reference/" + name + ".md"] = text;
    }
    const auto addSchema = [&](const std::string& name, const Json& schema)
    { files["docs/schema/" + name + ".json"] = FormatSchema(schema); };
    SchemaWriter writer;
    Json scenario = VariantSchema("bouncelab scenario", TypeOf<Scenario>(), writer);
    for (const PersonaFolder& kind : PersonaFolders())
    {
        addSchema(std::string(kind.type->folder), PersonaSchema(kind, writer));
    }
    scenario["definitions"] = writer.Definitions();
    addSchema("scenario", scenario);
    SchemaWriter expectWriter;
    Json expect = VariantSchema("bouncelab expectations", TypeOf<Expectations>(), expectWriter);
    expect["definitions"] = expectWriter.Definitions();
    addSchema("expect", expect);
    return files;
}

} // namespace bouncelab::scenario
