#include "formats/file-name.h"

#include "formats/digest.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab
{

namespace
{

constexpr std::size_t LONGEST_NAME = 120;   // leaves room for extensions
constexpr std::size_t LONGEST_OF_ANY = 255; // NAME_MAX of Linux, and what NTFS allows

/// Names that Windows opens as devices, with any extension.
bool
IsDevice(std::string_view name)
{
    const std::string_view stem = name.substr(0, name.find('.'));
    if (stem.size() == 4 && IsDigit(stem[3]) && stem[3] != '0')
    {
        return StartsWithIgnoringCase(stem, "COM") || StartsWithIgnoringCase(stem, "LPT");
    }
    constexpr std::string_view DEVICES[] = {"CON", "PRN", "AUX", "NUL"};
    return std::any_of(std::begin(DEVICES),
                       std::end(DEVICES),
                       [&](std::string_view device) { return EqualIgnoringCase(stem, device); });
}

} // namespace

std::string
FileNameFrom(std::string_view data)
{
    constexpr std::string_view PLAIN = "._-+=@";
    std::string name;
    for (std::size_t i = 0; i < data.size() && name.size() <= LONGEST_NAME; ++i)
    {
        const bool dotAtEnd = data[i] == '.' && (i == 0 || i + 1 == data.size());
        const bool plain = IsAlnum(data[i]) || PLAIN.find(data[i]) != PLAIN.npos;
        if (plain && !dotAtEnd && !(i == 0 && IsDevice(data)))
        {
            name += data[i];
        }
        else
        {
            name += fmt::format("%{:02X}", static_cast<unsigned char>(data[i]));
        }
    }
    if (name.size() > LONGEST_NAME)
    {
        constexpr std::size_t DIGITS = 16;
        name.resize(LONGEST_NAME - DIGITS - 1);
        name += "~" + Sha256Of(data).substr(0, DIGITS);
    }
    return name.empty() ? "%" : name;
}

bool
StaysBelow(std::string_view relativePath)
{
    while (true)
    {
        const std::size_t end = relativePath.find('/');
        const std::string_view name = relativePath.substr(0, end);
        if (name.empty() || name == "." || name == ".." || name.size() > LONGEST_OF_ANY ||
            name.find('\0') != name.npos)
        {
            return false;
        }
        if (end == relativePath.npos)
        {
            return true;
        }
        relativePath.remove_prefix(end + 1);
    }
}

bool
IsNamedPipe(const std::filesystem::path& path)
{
    std::error_code unknown;
    return std::filesystem::is_fifo(path, unknown) && !StartsWith(path.string(), "/dev/");
}

} // namespace bouncelab
