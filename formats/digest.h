#ifndef BOUNCELAB_FORMATS_DIGEST_H
#define BOUNCELAB_FORMATS_DIGEST_H

#include <filesystem>
#include <string>
#include <string_view>

namespace bouncelab
{

/// SHA-256 that is fed piece by piece.
class Sha256
{
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void Update(std::string_view bytes);

    /// The digest as 64 hexadecimal digits; the object starts anew.
    std::string Finish();

  private:
    struct State;
    State* m_state;
};

/// SHA-256 of text.
std::string Sha256Of(std::string_view bytes);

/// SHA-256 of a file. Throws std::runtime_error with the file's name.
std::string Sha256OfFile(const std::filesystem::path& path);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_DIGEST_H
