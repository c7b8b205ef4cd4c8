#include "lab/scenario/persona-library.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

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
    : m_homes{(std::filesystem::path(std::move(root)) / "models" / "personas")
                  .lexically_normal()
                  .string()}
{
}

PersonaLibrary::PersonaLibrary(const std::vector<std::filesystem::path>& roots)
{
    std::error_code error;
    for (const std::filesystem::path& root : roots)
    {
        for (const auto& home : {root / "personas", root / "models" / "personas"})
        {
            if (std::filesystem::is_directory(home, error))
            {
                m_homes.push_back(home.lexically_normal().string());
            }
        }
    }
}

std::optional<PersonaLibrary>
PersonaLibrary::Beside(const std::string& scenarioFile) const
{
    const std::filesystem::path own =
        std::filesystem::path(scenarioFile).parent_path() / "personas";
    std::error_code error;
    if (!std::filesystem::is_directory(own, error))
    {
        return std::nullopt;
    }
    PersonaLibrary library = *this;
    library.m_homes.insert(library.m_homes.begin(), own.lexically_normal().string());
    return library;
}

std::vector<std::string>
PersonaLibrary::Names(std::string_view kind) const
{
    std::set<std::string> names;
    std::error_code error;
    for (const std::string& home : m_homes)
    {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(home) / kind, error))
        {
            if (entry.path().extension() == ".yaml")
            {
                names.insert(entry.path().stem().string());
            }
        }
    }
    return {names.begin(), names.end()};
}

std::vector<std::string>
PersonaLibrary::FilesOf(std::string_view kind, const std::string& name) const
{
    std::vector<std::string> files;
    std::error_code error;
    for (const std::string& home : m_homes)
    {
        std::string file = fmt::format("{}/{}/{}.yaml", home, kind, name);
        if (IsName(name) && std::filesystem::exists(file, error))
        {
            files.push_back(std::move(file));
        }
    }
    return files;
}

const TextNode&
PersonaLibrary::Tree(std::string_view kind,
                     const std::string& name,
                     const SourceLocation& at,
                     const std::string& path) const
{
    if (const std::vector<std::string> files = FilesOf(kind, name); !files.empty())
    {
        const auto known = m_trees.find(files.front());
        return known != m_trees.end()
                   ? known->second
                   : m_trees.emplace(files.front(), LoadTree(files.front())).first->second;
    }
    const std::vector<std::string> names = Names(kind);
    throw ScenarioError(at,
                        path,
                        fmt::format("found no persona {} in models/personas/{}{}",
                                    Quote(name),
                                    kind,
                                    Suggest(name, {names.begin(), names.end()})));
}

} // namespace bouncelab::scenario
