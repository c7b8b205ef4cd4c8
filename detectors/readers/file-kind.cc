#include "detectors/readers/file-kind.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/readers/text-source.h"
#include "detectors/readers/unpacked-file.h"

#include <algorithm>
#include <cctype>

namespace bouncelab::detectors
{

bool
IsEmptyText(const std::filesystem::path& path)
{
    std::error_code error;
    const std::string extension = path.extension().string();
    return (extension == ".txt" || extension == ".log") &&
           std::filesystem::file_size(path, error) == 0 && !error;
}

FileKind
Sniff(std::FILE* file, std::string& what)
{
    unsigned char head[4096];
    const std::size_t size = std::fread(head, 1, sizeof(head), file);
    std::rewind(file);
    if (size == 0)
    {
        what = "is empty";
        return FileKind::Other;
    }
    if (LooksLikeCapture(head, size))
    {
        return FileKind::Capture;
    }
    bool bigEndian = false;
    if (UnitOfEncoding(head, size, bigEndian) > 1)
    {
        return FileKind::Text;
    }
    what = NameOfContent(head, size);
    const bool packed = what.find("unpack") != std::string::npos;
    // Texts of any encoding have hardly any control characters, noise has one in ten.
    const auto control = std::count_if(
        head,
        head + size,
        [](unsigned char c) { return (c < 0x20 && !std::isspace(c) && c != 0x1B) || c == 0x7F; });
    const bool noise = static_cast<std::size_t>(control) * 50 > size;
    return packed || noise ? FileKind::Other : FileKind::Text;
}

} // namespace bouncelab::detectors
