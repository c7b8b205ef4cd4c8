#include "lab/evidence/vantage-folder.h"

#include "formats/file-name.h"
#include "formats/machine-error.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <stdexcept>

namespace bouncelab::evidence
{

namespace
{

void
MakeFolder(const std::filesystem::path& path)
{
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
    {
        throw MachineError(
            fmt::format("cannot create folder {}: {}", path.string(), error.message()));
    }
}

} // namespace

VantageFolder::VantageFolder(std::filesystem::path root)
    : m_root(std::move(root))
{
    MakeFolder(m_root);
}

OutputFile&
VantageFolder::Open(std::string_view name)
{
    const auto found = m_open.find(name);
    if (found != m_open.end())
    {
        return *found->second;
    }
    auto file = std::make_unique<OutputFile>(Reserve(name));
    return *m_open.emplace(name, std::move(file)).first->second;
}

void
VantageFolder::WriteFile(std::string_view name, std::string_view content)
{
    OutputFile file(Reserve(name));
    file.Write(content);
    file.Close();
}

std::filesystem::path
VantageFolder::Reserve(std::string_view name)
{
    if (!StaysBelow(name))
    {
        throw std::runtime_error(
            fmt::format("\"{}\" would be written outside {}", Escape(name), m_root.string()));
    }
    if (!m_names.emplace(name).second)
    {
        throw std::runtime_error(
            fmt::format("{}/{} would be written twice", m_root.string(), name));
    }
    const std::filesystem::path path = m_root / name;
    MakeFolder(path.parent_path());
    return path;
}

std::unique_ptr<OutputFile>
VantageFolder::Append(std::string_view name)
{
    const bool known = m_names.find(name) != m_names.end();
    return std::make_unique<OutputFile>(known ? m_root / name : Reserve(name), known);
}

void
VantageFolder::Close()
{
    for (auto& [name, file] : m_open)
    {
        file->Close();
    }
    m_open.clear();
}

std::vector<std::string>
VantageFolder::List() const
{
    return {m_names.begin(), m_names.end()};
}

} // namespace bouncelab::evidence
