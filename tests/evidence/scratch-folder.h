#ifndef BOUNCELAB_TESTS_EVIDENCE_SCRATCH_FOLDER_H
#define BOUNCELAB_TESTS_EVIDENCE_SCRATCH_FOLDER_H

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace bouncelab::test
{

/// A folder that is gone when the test is over.
class ScratchFolder
{
  public:
    ScratchFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "bouncelab-XXXXXX").string();
        if (!mkdtemp(name.data()))
        {
            throw std::runtime_error("cannot create a scratch folder");
        }
        m_path = name;
    }

    ~ScratchFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

    const std::filesystem::path& GetPath() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

inline std::string
ReadFile(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Standard output of a command; throws if it does not exit with 0.
inline std::string
Shell(const std::string& command)
{
    std::string output;
    std::FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    {
        output.append(buffer, n);
    }
    const int status = pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    {
        throw std::runtime_error("failed: " + command);
    }
    return output;
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_EVIDENCE_SCRATCH_FOLDER_H
