#include "lab/run/opaque-folder.h"

#include "formats/machine-error.h"
#include "lab/run/locked-folder.h"

#include <cerrno>
#include <cstdlib>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

/// The library reports a full disk as an error of input and output, and names the source first.
void
CopyFile(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    fs::copy_file(from, to, error);
    if (!error)
    {
        return;
    }
    std::error_code unknown;
    const fs::space_info space = fs::space(to.parent_path(), unknown);
    if (!unknown && space.available < fs::file_size(from, unknown))
    {
        errno = ENOSPC;
        throw MachineError::FromErrno("cannot copy evidence to " + to.parent_path().string());
    }
    throw fs::filesystem_error("cannot copy", from, to, error);
}

void
CopyFiles(const fs::path& from, const fs::path& to)
{
    fs::create_directories(to);
    for (const auto& entry : fs::recursive_directory_iterator(from))
    {
        const fs::path target = to / entry.path().lexically_relative(from);
        if (entry.is_directory())
        {
            fs::create_directories(target);
        }
        else if (entry.is_regular_file())
        {
            CopyFile(entry.path(), target);
        }
    }
}

} // namespace

OpaqueFolder::OpaqueFolder(const fs::path& parent, const fs::path& evidence)
{
    std::string pattern =
        ((parent.empty() ? fs::temp_directory_path() : parent) / "XXXXXX").string();
    if (!mkdtemp(pattern.data()))
    {
        throw MachineError::FromErrno("cannot make a temporary folder");
    }
    m_path = pattern;
    m_evidence = m_path / "e";
    try
    {
        fs::create_directory(Alerts());
        fs::create_directory(Scratch());
        if (fs::is_directory(evidence))
        {
            CopyFiles(evidence, m_evidence);
        }
        else if (!evidence.empty())
        {
            fs::create_directory(m_evidence);
            m_evidence /= evidence.filename();
            CopyFile(evidence, m_evidence);
        }
    }
    catch (...)
    {
        RemoveAll(m_path);
        throw;
    }
}

OpaqueFolder::~OpaqueFolder()
{
    RemoveAll(m_path);
}

} // namespace bouncelab::run
