#include "detectors/readers/evidence-files.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/file-kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace bouncelab::detectors
{

namespace
{

namespace fs = std::filesystem;

std::optional<std::string>
AddFile(const fs::path& path, bool isOnly, EvidenceFiles& found)
{
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    {
        return fmt::format("{}: is a pipe or device, expected a file, which can be read twice",
                           path.string());
    }
    std::FILE* file = std::fopen(path.c_str(), "rb");
    const bool empty = file && std::fgetc(file) == EOF && std::feof(file);
    const int reason = errno;
    if (!file || std::ferror(file))
    {
        return fmt::format("{}: cannot be read: {}", path.string(), std::strerror(reason));
    }
    std::fclose(file);
    if (empty && isOnly && !IsEmptyText(path))
    {
        return fmt::format("{}: is empty", path.string());
    }
    const std::string name = path.filename().string();
    const bool isKnown = std::any_of(found.files.begin(),
                                     found.files.end(),
                                     [&](const EvidenceFile& other) { return other.name == name; });
    found.files.push_back({path, isKnown ? path.string() : name});
    return std::nullopt;
}

std::optional<std::string>
AddFolder(const fs::path& folder, const fs::path& prefix, EvidenceFiles& found)
{
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    if (error)
    {
        return fmt::format("{}: cannot be read: {}", folder.string(), error.message());
    }
    for (; entry != fs::recursive_directory_iterator(); entry.increment(error))
    {
        if (error)
        {
            found.cutShort.push_back(
                fmt::format("{}: not read further: {}", folder.string(), error.message()));
            break;
        }
        const std::string name = (prefix / entry->path().lexically_relative(folder)).string();
        if (entry->is_regular_file(error))
        {
            found.files.push_back({entry->path(), name});
        }
        else if (!entry->is_directory(error) || entry->is_symlink(error))
        {
            found.noFiles.push_back(name);
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string>
FindFiles(const std::vector<fs::path>& paths, EvidenceFiles& found)
{
    const bool isOnly = paths.size() == 1;
    for (const fs::path& path : paths)
    {
        std::error_code error;
        const auto problem = fs::is_directory(fs::status(path, error))
                                 ? AddFolder(path, isOnly ? fs::path() : path.filename(), found)
                                 : AddFile(path, isOnly, found);
        if (problem)
        {
            return problem;
        }
    }
    std::sort(found.files.begin(),
              found.files.end(),
              [](const EvidenceFile& a, const EvidenceFile& b) { return a.name < b.name; });
    std::sort(found.noFiles.begin(), found.noFiles.end());
    if (found.files.size() > GetCaps().files)
    {
        found.leftOut = found.files.size() - GetCaps().files;
        found.files.resize(GetCaps().files);
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
