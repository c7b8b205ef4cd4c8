#include "lab/scenario/persona-library.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace bouncelab::scenario
{

bool
IsName(std::string_view text)
{
    const auto isWordCharacter = [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); };
    return !text.empty() && text.size() <= 64 && isWordCharacter(text.front()) &&
           isWordCharacter(text.back()) && text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(),
                       text.end(),
                       [&](char c) { return isWordCharacter(c) || c == '-' || c == '.'; });
}

PersonaLibrary::PersonaLibrary(std::string root)
    : m_root(std::move(root))
{
}

std::string
PersonaLibrary::Folder(std::string_view kind) const
{
    return (std::filesystem::path(m_root) / "models" / "personas" / kind)
        .lexically_normal()
        .string();
}

std::vector<std::string>
PersonaLibrary::Names(std::string_view kind) const
{
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(Folder(kind), error))
    {
        if (entry.path().extension() == ".yaml")
        {
            names.push_back(entry.path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

const TextNode&
PersonaLibrary::Tree(std::string_view kind,
                     const std::string& name,
                     const SourceLocation& at,
                     const std::string& path) const
{
    const std::string file = Folder(kind) + "/" + name + ".yaml";
    if (const auto it = m_trees.find(file); it != m_trees.end())
    {
        return it->second;
    }
    std::error_code error;
    if (!IsName(name) || !std::filesystem::exists(file, error))
    {
        const std::vector<std::string> names = Names(kind);
        throw ScenarioError(at,
                            path,
                            fmt::format("found no persona {} in models/personas/{}{}",
                                        Quote(name),
                                        kind,
                                        Suggest(name, {names.begin(), names.end()})));
    }
    return m_trees.emplace(file, LoadTree(file)).first->second;
}

} // namespace bouncelab::scenario
