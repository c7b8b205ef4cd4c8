#ifndef BOUNCELAB_TESTS_CASES_CASE_FILE_H
#define BOUNCELAB_TESTS_CASES_CASE_FILE_H

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// A line of a case, and where it is written.
struct CaseLine
{
    std::string text; //!< Without its line end; octets where `\xHH` stood.
    std::string at;   //!< "values.txt:17".
};

/// What one case of a file says (tests/cases/README.md).
struct Case
{
    std::string name;
    std::string at;                    //!< "values.txt:16".
    std::vector<CaseLine> lines;       //!< With the changes made.
    std::vector<std::string> expected; //!< The lines behind `! `.

    /// The lines as the text of a file.
    std::string Text() const;
};

/// The cases of a file. \throws std::runtime_error "FILE:LINE: found ..., expected ..."
std::vector<Case> ReadCases(const std::filesystem::path& file);

/// The cases of every .txt in a folder, file by file in order of names.
std::vector<Case> ReadCasesIn(const std::filesystem::path& folder);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_CASES_CASE_FILE_H
