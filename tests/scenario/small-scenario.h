#ifndef BOUNCELAB_TESTS_SCENARIO_SMALL_SCENARIO_H
#define BOUNCELAB_TESTS_SCENARIO_SMALL_SCENARIO_H

#include "lab/scenario/load.h"
#include "tests/tree.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

inline const std::string DATA = tests::SourceDir().string() + "/tests/scenario/data";

inline std::string
ReadFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A file that is gone at the end of the test.
class TemporaryFile
{
  public:
    TemporaryFile(const std::string& name, const std::string& text)
        : m_path(tests::BinaryDir().string() + "/" + name)
    {
        std::ofstream(m_path, std::ios::binary) << text;
    }

    ~TemporaryFile() { std::remove(m_path.c_str()); }

    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& Path() const { return m_path; }

  private:
    std::string m_path;
};

inline Scenario
ResolveSmall(const std::string& variant, const std::vector<std::string>& overrides = {})
{
    const PersonaLibrary personas(DATA);
    return ScenarioFile::Load(DATA + "/small.yaml").Resolve(variant, personas, overrides);
}

/// The message without the folder in front, or nothing.
inline std::string
ResolveError(const std::string& variant, const std::vector<std::string>& overrides = {})
{
    try
    {
        ResolveSmall(variant, overrides);
    }
    catch (const ScenarioError& error)
    {
        const std::string text = error.what();
        return text.rfind(DATA + "/", 0) == 0 ? text.substr(DATA.size() + 1) : text;
    }
    return "";
}

} // namespace bouncelab::scenario

#endif // BOUNCELAB_TESTS_SCENARIO_SMALL_SCENARIO_H
