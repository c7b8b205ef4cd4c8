#ifndef BOUNCELAB_LAB_MATRIX_GRID_H
#define BOUNCELAB_LAB_MATRIX_GRID_H

#include "lab/matrix/campaign.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bouncelab::matrix
{

/// One key's value at a point of a grid.
struct Setting
{
    std::string key;
    std::string value;
    std::string path; //!< Key path in the campaign, where it was written.

    std::string Text() const { return key + "=" + value; }
};

using Point = std::vector<Setting>;

/// The points of a campaign, by number: what is varied, multiplied; the last factor runs fastest.
class Grid
{
  public:
    /// \throws scenario::ScenarioError at the value that does not fit
    explicit Grid(const Campaign& campaign);

    std::size_t Size() const { return m_size; }

    /// \param index below Size()
    Point At(std::size_t index) const;

    /// The keys that are varied, each once, in order.
    const std::vector<std::string>& Keys() const { return m_keys; }

    /// The values that a key has anywhere.
    std::vector<std::string> ValuesOf(const std::string& key) const;

    /// A choice of points in which every setting has its place once at least.
    std::vector<std::size_t> Covering() const;

  private:
    using Factor = std::vector<Point>; //!< Rows of settings that go together.

    void AddProduct(const ValuesByKey& axes);
    void AddZip(const ValuesByKey& axes);
    void AddList(const std::vector<std::map<std::string, std::string>>& points);
    void AddLatinHypercube(const LatinHypercubeConfig& hypercube);
    void Add(Factor factor, const std::string& path);
    std::vector<std::string> ValuesAt(const std::string& path,
                                      const std::vector<std::string>& written) const;
    [[noreturn]] void Fail(const std::string& path, const std::string& text) const;

    const Campaign& m_campaign;
    Point m_fixed;
    std::vector<Factor> m_factors;
    std::vector<std::string> m_keys;
    std::size_t m_size = 1;
};

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_GRID_H
