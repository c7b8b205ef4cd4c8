#ifndef BOUNCELAB_TESTS_CLI_PROGRAM_H
#define BOUNCELAB_TESTS_CLI_PROGRAM_H

#include "lab/run/child-process.h"
#include "tests/tree.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::cli
{

using run::ChildEnd;
using run::RunChild;

/// Whether a file of a results folder tells what runs took, which no two calls agree on.
inline bool
IsOfTheClock(const std::string& file)
{
    return std::filesystem::path(file).filename() == "times.csv";
}

/// A folder in the temporary place that goes when the test does.
class Scratch
{
  public:
    Scratch()
        : m_path((std::filesystem::temp_directory_path() / "bouncelab-test-XXXXXX").string())
    {
        if (!mkdtemp(m_path.data()))
        {
            std::abort();
        }
    }

    ~Scratch()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::filesystem::path Path() const { return m_path; }

  private:
    std::string m_path;
};

/// The built program, started in a folder.
inline ChildEnd
Bouncelab(const std::filesystem::path& folder,
          const std::vector<std::string>& arguments,
          std::chrono::minutes limit = std::chrono::minutes(5))
{
    std::vector<std::string> words{"env",
                                   "-C",
                                   folder.string(),
                                   std::string("BOUNCELAB_DATA=") + tests::SourceDir().string(),
                                   tests::BinaryDir().string() + "/bin/bouncelab"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return RunChild(words, limit);
}

} // namespace bouncelab::cli

#endif // BOUNCELAB_TESTS_CLI_PROGRAM_H
