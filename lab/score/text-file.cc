#include "lab/score/text-file.h"

#include "formats/file-name.h"
#include "formats/machine-error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace bouncelab::score
{

namespace
{

using FilePointer = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void
Fail(const char* what, const std::filesystem::path& path)
{
    throw MachineError::FromErrno(fmt::format("cannot {} {}", what, path.string()));
}

} // namespace

std::string
ReadTextFile(const std::filesystem::path& path)
{
    if (IsNamedPipe(path))
    {
        throw MachineError(fmt::format("cannot read {}: it is a pipe", path.string()));
    }
    const FilePointer file(std::fopen(path.c_str(), "rbe"), std::fclose);
    if (!file)
    {
        Fail("read", path);
    }
    constexpr std::size_t MOST_OF_NO_FILE = 64 << 20;
    std::string text;
    std::error_code unknown;
    const bool isFile = std::filesystem::is_regular_file(path, unknown);
    const auto size = std::filesystem::file_size(path, unknown);
    if (!unknown)
    {
        text.reserve(size);
    }
    char buffer[1 << 16];
    std::size_t got = 0;
    while ((got = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0)
    {
        text.append(buffer, got);
        if (!isFile && text.size() > MOST_OF_NO_FILE)
        {
            throw MachineError(fmt::format("cannot read {}: it is no file, and does not end in {} "
                                           "MiB",
                                           path.string(),
                                           MOST_OF_NO_FILE >> 20));
        }
    }
    if (std::ferror(file.get()))
    {
        Fail("read", path);
    }
    return text;
}

void
WriteTextFile(const std::filesystem::path& path, std::string_view text)
{
    FilePointer file(std::fopen(path.c_str(), "wbe"), std::fclose);
    if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
        std::fclose(file.release()) != 0)
    {
        Fail("write", path);
    }
}

std::vector<std::string_view>
LinesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty())
    {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r')
        {
            line.remove_suffix(1);
        }
        lines.push_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::vector<std::string>
FilesBelow(const std::filesystem::path& folder)
{
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    {
        if (entry.is_regular_file())
        {
            files.push_back(entry.path().lexically_relative(folder).generic_string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace bouncelab::score
