#ifndef BOUNCELAB_LAB_SCENARIO_SCENARIO_ERROR_H
#define BOUNCELAB_LAB_SCENARIO_SCENARIO_ERROR_H

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::scenario
{

/// Where a value was written: a file, or a `--set` on the command line (then line is 0).
struct SourceLocation
{
    std::shared_ptr<const std::string> file;
    int line = 0;   //!< From 1; 0 = the file as a whole.
    int column = 0; //!< From 1, in characters.

    std::string ToString() const; //!< "file:line:column", or "file" where line is 0.
};

/**
 * Something in a scenario, persona or expectation file that is not valid. what() is one line
 * without a line end: `file:line:column: key: what was found, what was expected`.
 */
class ScenarioError : public std::runtime_error
{
  public:
    /// key may be empty, where the fault belongs to no key (broken YAML).
    ScenarioError(SourceLocation at, const std::string& key, const std::string& text);

    const SourceLocation& At() const { return m_at; }

    const std::string& Key() const { return m_key; }

    const std::string& Text() const { return m_text; }

  private:
    SourceLocation m_at;
    std::string m_key;
    std::string m_text;
};

/// The path of a key inside path; at the root, the key alone.
inline std::string
JoinPath(const std::string& path, std::string_view key)
{
    return path.empty() ? std::string(key) : path + "." + std::string(key);
}

/// The value as it was found, in quotes, cut short and without control characters.
std::string Quote(std::string_view text);

/**
 * The candidate that a mistyped word most likely meant (edit distance at most a third of its
 * length, with a swap of neighbours as one edit), or an empty view.
 */
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// `, did you mean "x"?` where a candidate is near, else `, expected one of a, b, c`.
std::string Suggest(std::string_view word, const std::vector<std::string_view>& candidates);

/**
 * Where each value of a resolved struct came from, by its key path (`paths.japan.hops.7.delay`;
 * items of lists count from 1).
 */
class Marks
{
  public:
    void Set(const std::string& path, const SourceLocation& at) { m_at[path] = at; }

    /// Forgets a path and everything under it.
    void Forget(const std::string& path);

    /// The place of the value, or of the nearest enclosing value that was written at all.
    SourceLocation Find(const std::string& path) const;

  private:
    std::map<std::string, SourceLocation> m_at;
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_SCENARIO_ERROR_H
