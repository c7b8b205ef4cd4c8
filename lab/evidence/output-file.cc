#include "lab/evidence/output-file.h"

#include "formats/machine-error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace bouncelab::evidence
{

OutputFile::OutputFile(std::filesystem::path path, bool append)
    : m_path(std::move(path))
{
    const int mode = append ? O_APPEND : O_TRUNC;
    m_descriptor = open(m_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0644);
    if (m_descriptor < 0)
    {
        Fail("cannot create");
    }
    if (append)
    {
        const off_t end = lseek(m_descriptor, 0, SEEK_END);
        m_flushed = end > 0 ? static_cast<std::uint64_t>(end) : 0;
    }
}

OutputFile::~OutputFile()
{
    if (m_descriptor >= 0)
    {
        close(m_descriptor);
    }
}

void
OutputFile::Flush()
{
    std::size_t done = 0;
    while (done < m_buffer.size())
    {
        const ssize_t written = write(m_descriptor, m_buffer.data() + done, m_buffer.size() - done);
        if (written < 0)
        {
            if (errno == EINTR)
            {
                continue;
            }
            Fail("cannot write to");
        }
        done += static_cast<std::size_t>(written);
    }
    m_flushed += done;
    m_buffer.clear();
}

void
OutputFile::Close()
{
    if (m_descriptor < 0)
    {
        return;
    }
    Flush();
    const int descriptor = m_descriptor;
    m_descriptor = -1;
    if (close(descriptor) != 0)
    {
        Fail("cannot close");
    }
}

void
OutputFile::Fail(std::string_view what) const
{
    throw MachineError::FromErrno(fmt::format("{} {}", what, m_path.string()));
}

} // namespace bouncelab::evidence
