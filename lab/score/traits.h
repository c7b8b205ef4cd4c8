#ifndef BOUNCELAB_LAB_SCORE_TRAITS_H
#define BOUNCELAB_LAB_SCORE_TRAITS_H

#include "formats/clock.h"
#include "lab/score/run-folder.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// What a run's evidence looks like, whatever it means: numbers by which runs can be compared.
namespace bouncelab::score
{

/// Names, numbered in the order in which they come.
class NameBook
{
  public:
    std::uint32_t NumberOf(std::string_view name);

    const std::string& NameOf(std::uint32_t number) const { return m_names[number]; }

  private:
    std::deque<std::string> m_names; //!< Where the keys of m_numbers point.
    std::unordered_map<std::string_view, std::uint32_t> m_numbers;
};

/// Something that was seen at a moment: a number, or a word, which has a number in the book.
struct Sighting
{
    SimTime time{};
    std::uint32_t subject = 0; //!< In the book: "host/192.0.2.1/IP ID".
    bool isWord = false;
    std::int64_t value = 0;
};

/// Collects what is seen, under the name of whose it is.
class Sightings
{
  public:
    explicit Sightings(NameBook& book)
        : m_book(book)
    {
    }

    void Number(SimTime time, std::string_view subject, std::int64_t value)
    {
        m_all.push_back({time, m_book.NumberOf(subject), false, value});
    }

    void Word(SimTime time, std::string_view subject, std::string_view word)
    {
        m_all.push_back({time, m_book.NumberOf(subject), true, m_book.NumberOf(word)});
    }

    /// All, by subject and time, else as they came.
    std::vector<Sighting> Sorted() &&;

  private:
    NameBook& m_book;
    std::vector<Sighting> m_all;
};

/// Frames, flows and hosts of a run's captures. Times are those of the truth.
void SeeCaptures(const RunFolder& run, Sightings& sightings);

/**
 * Rows of logs, and mails in mailboxes. A row has the time of its stamp, by the clock that its
 * writer had at the start of the run, and a second, to which stamps are cut; one without stamp has
 * that of the row before it. What has no time
 * at all, as that a file is there, counts as seen at the end of time.
 */
void SeeTexts(const RunFolder& run, Sightings& sightings);

constexpr SimTime END_OF_TIME = SimTime::max();

/// A number for each trait that a run has, by the trait's number in the book.
using Traits = std::vector<std::pair<std::uint32_t, std::int64_t>>;

/**
 * The traits of what was seen from one moment until before another (all, up to END_OF_TIME): of
 * numbers how many there are, the first, least, median and greatest and how many per million are
 * odd; of words how many per million of all are this one.
 *
 * \param sorted see Sightings::Sorted()
 */
Traits TraitsBetween(const std::vector<Sighting>& sorted,
                     SimTime from,
                     SimTime until,
                     NameBook& book);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_TRAITS_H
