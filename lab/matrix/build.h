#ifndef BOUNCELAB_LAB_MATRIX_BUILD_H
#define BOUNCELAB_LAB_MATRIX_BUILD_H

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::matrix
{

/// One digest of the programs whose work a folder of results is: another build, another digest.
std::string BuildOf(const std::vector<std::filesystem::path>& programs);

/// What is done about results that another build has made, or that nobody says who made.
enum class OtherBuild
{
    Refuse,
    Remove,
};

/**
 * Makes a folder one build's: its file build.json says whose runs lie there, so that results of two
 * builds are never mixed. An empty folder, or none, becomes this build's.
 *
 * \throws scenario::ScenarioError if the folder is not empty, and not this build's, and such
 * results are refused
 */
void ClaimFor(const std::string& build,
              const std::filesystem::path& results,
              OtherBuild other = OtherBuild::Refuse);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_BUILD_H
