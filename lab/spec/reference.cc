#include "lab/spec/reference.h"

#include "formats/text.h"
#include "lab/spec/expectations.h"
#include "lab/spec/page-writer.h"
#include "lab/spec/scenario.h"
#include "lab/spec/schema-writer.h"

#include <fmt/format.h>

namespace bouncelab::spec
{

namespace
{

using Json = nlohmann::ordered_json;
using Required = SchemaWriter::Required;

constexpr const char* INTRODUCTION = R"(# Keys of scenarios, personas and expectations

Written by `write-reference` from the field tables that the reader uses; do not edit.

A scenario is `scenarios/NAME/scenario.yaml`: `name`, `base` and `variants`. A variant is laid over
`base`: maps merge key by key, everything else (lists too) replaces what is there, and `~` removes an
optional key or an entry of a map. `base` and every variant take the keys below.

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

/// A head for each top-level key that has keys inside, and one table for the others before them.
std::string
FormatSections(const std::vector<PageRow>& rows)
{
    std::vector<PageRow> plain;
    std::string sections;
    for (std::size_t i = 0; i < rows.size();)
    {
        if (!rows[i].hasParts)
        {
            plain.push_back(rows[i]);
            ++i;
            continue;
        }
        const std::string inside = rows[i].path + ".";
        std::vector<PageRow> part;
        const std::size_t head = i;
        for (++i; i < rows.size() && StartsWith(rows[i].path, inside); ++i)
        {
            part.push_back(rows[i]);
        }
        sections += fmt::format("\n### {}\n\n{}{}\n\n{}",
                                rows[head].path,
                                rows[head].sentence,
                                rows[head].defaultValue == "required" ? " Required." : "",
                                FormatTable(part));
    }
    return (plain.empty() ? "" : FormatTable(plain)) + sections;
}

std::string
Page()
{
    std::string page = INTRODUCTION;
    page += "\n## Scenarios\n\n" + FormatSections(PageWriter::Collect<Scenario>());
    page += "\n## Stack personas: `models/personas/stacks`\n\n" +
            FormatTable(PageWriter::Collect<host::StackProfile>());
    page += "\n## MTA personas: `models/personas/mtas`\n\n" +
            FormatTable(PageWriter::Collect<mail::MtaPersona>());
    page += "\n## Server personas: `models/personas/servers`\n\n" +
            FormatTable(PageWriter::Collect<smtp::ServerPersona>());
    page += "\n## Expectations: `scenarios/NAME/expect.yaml`\n\n"
            "`name`, `base` and `variants` as in the scenario, with these keys.\n\n" +
            FormatTable(PageWriter::Collect<Expectations>());
    return page;
}

std::string
Format(const std::string& title, Json schema)
{
    Json document;
    document["$schema"] = "http://json-schema.org/draft-07/schema#";
    document["title"] = title;
    document.update(schema);
    return document.dump(2) + "\n";
}

/// A file of base and variants, both with the keys of T.
template <class T>
std::string
VariantSchema(const std::string& title, const Json& head)
{
    Json schema;
    schema["type"] = "object";
    schema["properties"] = head;
    schema["properties"]["base"] = {{"$ref", "#/definitions/keys"}};
    schema["properties"]["variants"] = {{"type", "object"},
                                        {"minProperties", 1},
                                        {"additionalProperties", {{"$ref", "#/definitions/keys"}}}};
    schema["additionalProperties"] = false;
    Json required = Json::array();
    for (const auto& property : schema["properties"].items())
    {
        required.push_back(property.key());
    }
    schema["required"] = std::move(required);
    schema["definitions"]["keys"] = SchemaWriter::Write<T>(Required::Ignored);
    return Format(title, std::move(schema));
}

} // namespace

std::map<std::string, std::string>
ReferenceFiles()
{
    const Json name = {{"name", {{"type", "string"}}}};
    return {
        {"docs/scenario-keys.md", Page()},
        {"docs/schema/scenario.json", VariantSchema<Scenario>("bouncelab scenario", name)},
        {"docs/schema/expect.json", VariantSchema<Expectations>("bouncelab expectations", name)},
        {"docs/schema/stack.json",
         Format("bouncelab stack persona",
                SchemaWriter::Write<host::StackProfile>(Required::Checked))},
        {"docs/schema/mta.json",
         Format("bouncelab MTA persona", SchemaWriter::Write<mail::MtaPersona>(Required::Checked))},
        {"docs/schema/server.json",
         Format("bouncelab server persona",
                SchemaWriter::Write<smtp::ServerPersona>(Required::Checked))},
    };
}

} // namespace bouncelab::spec
