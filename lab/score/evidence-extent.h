#ifndef BOUNCELAB_LAB_SCORE_EVIDENCE_EXTENT_H
#define BOUNCELAB_LAB_SCORE_EVIDENCE_EXTENT_H

#include "formats/alert.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// How far the files of one evidence reach: whether an alert speaks of what is in it.
class EvidenceExtent
{
  public:
    /// \param evidence a folder or a file; its files are read when an alert names them
    explicit EvidenceExtent(std::filesystem::path evidence);

    /// What an alert names that is not there, and what was expected; empty = nothing.
    std::string Contradiction(const Alert& alert);

  private:
    struct Extent
    {
        bool isCapture = false;
        std::uint64_t frames = 0;
        std::uint64_t lines = 0;
        std::optional<WallTime> first; //!< Of a capture's frames.
        std::optional<WallTime> last;
    };

    static Extent Read(const std::filesystem::path& file);

    /// The file of a name as alerts give it, with or without folders; null = none.
    const std::string* Find(const std::string& name) const;
    const Extent& Of(const std::string& file);
    /// Of all captures together.
    Extent OfCaptures();
    std::string FramesBeyond(const Alert& alert, const Extent& extent, const std::string& name);
    std::string LineBeyond(const std::string& name, std::uint64_t line);

    std::filesystem::path m_root;
    std::vector<std::string> m_files; //!< Relative to the root.
    std::map<std::string, Extent> m_extents;
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_EVIDENCE_EXTENT_H
