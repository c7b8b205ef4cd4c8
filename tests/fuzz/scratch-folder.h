#ifndef BOUNCELAB_TESTS_FUZZ_SCRATCH_FOLDER_H
#define BOUNCELAB_TESTS_FUZZ_SCRATCH_FOLDER_H

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace bouncelab::fuzz
{

/// A folder of this process for code that reads files; it goes when the process does. In memory
/// where there is such a place.
class ScratchFolder
{
  public:
    ScratchFolder()
        : m_root((std::filesystem::exists("/dev/shm") ? "/dev/shm"
                                                      : std::filesystem::temp_directory_path()) /
                 std::filesystem::path("bouncelab-fuzz-" + std::to_string(getpid())))
    {
        std::filesystem::create_directories(m_root);
    }

    ~ScratchFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_root, ignored);
    }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& Root() const { return m_root; }

    /// \param name below the folder; what it needs is made \return its path
    std::string Put(const std::string& name, std::string_view bytes) const
    {
        const std::filesystem::path path = m_root / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path.string();
    }

  private:
    std::filesystem::path m_root;
};

} // namespace bouncelab::fuzz

#endif // BOUNCELAB_TESTS_FUZZ_SCRATCH_FOLDER_H
