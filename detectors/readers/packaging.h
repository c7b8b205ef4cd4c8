#ifndef BOUNCELAB_DETECTORS_READERS_PACKAGING_H
#define BOUNCELAB_DETECTORS_READERS_PACKAGING_H

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Takes off what tools and people put around the lines of a log on its way: quoting and
 * indentation; the prefixes of grep, findstr, docker, compose and syslog-ng; the records of log
 * drivers and shippers (log-records.h); tags and
 * entities of a saved page; links and marks of code of Markdown; labels and columns of a page
 * before rows; no-break spaces, typographic quotes and dashes, colors; spreadsheets' dates. Lines
 * that were broken are put together again afterwards (WrappedLines).
 *
 * What every line has to have before it is taken for packaging is learned from the beginning of the
 * text. A text without any of it is left as it is.
 */
class Packaging
{
  public:
    /// \param head the first lines of the text, some thousands at most.
    /// \return these, each as Undo() gives it.
    std::vector<std::string> Learn(const std::vector<std::string>& head);

    /// The line without packaging; a saved page's may become several, with LF between them.
    std::string Undo(std::string_view line);

    /// What was found and undone so far, one phrase each.
    const std::set<std::string>& Undone() const { return m_undone; }

  private:
    void LearnPrefix(const std::vector<std::string>& head);
    void LearnDates(const std::vector<std::string>& head);
    std::string WithCommas(std::string text);
    bool SkipPrefix(std::string_view& line);
    std::vector<std::string> RowsBehindPrefixes(std::string_view& line);
    std::string WithIsoDate(std::string_view line);

    bool m_isPage = false;
    bool m_isQuoted = false;
    bool m_isMonthFirst = false;
    std::set<std::string, std::less<>> m_fileNames; //!< That stand before lines.
    bool m_hasServicePrefix = false;
    std::size_t m_indent = 0;
    std::set<std::string> m_undone;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKAGING_H
