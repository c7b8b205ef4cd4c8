#include "detectors/readers/text-file.h"

#include "detectors/readers/packaging.h"
#include "detectors/readers/syslog-stamp.h"
#include "detectors/readers/text-source.h"
#include "detectors/readers/wrapped-lines.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t HEAD_LINES = 2000;
constexpr std::size_t MOST_QUOTED = 3;
constexpr std::size_t LONGEST_QUOTE = 120;

class Reading
{
  public:
    Reading(std::FILE* file, const std::vector<TextLineReader*>& readers)
        : m_source(file)
        , m_readers(readers)
    {
    }

    TextReading Run()
    {
        std::vector<std::string> head;
        std::string line;
        while (head.size() < HEAD_LINES && m_source.Next(line))
        {
            head.push_back(line);
        }
        head = m_packaging.Learn(head);
        m_wrapped.Learn(head);
        for (std::string& first : head)
        {
            Take(std::move(first));
        }
        head.clear();
        while (m_source.Next(line))
        {
            Take(m_packaging.Undo(line));
        }
        HandOn();
        for (TextLineReader* reader : m_readers)
        {
            reader->End();
        }
        m_reading.usedBy.insert(m_usedBy.begin(), m_usedBy.end());
        m_reading.undone.insert(m_packaging.Undone().begin(), m_packaging.Undone().end());
        if (m_wrapped.AnyJoined())
        {
            m_reading.undone.emplace("wrapped lines");
        }
        if (!m_source.Encoding().empty())
        {
            m_reading.undone.emplace(m_source.Encoding());
        }
        if (m_source.Nuls() > 0)
        {
            m_reading.undone.emplace("NUL octets");
        }
        m_reading.cutLines = m_source.CutLines();
        return std::move(m_reading);
    }

  private:
    void Take(std::string line)
    {
        ++m_number;
        std::string_view joint;
        if (m_pieces > 0 && m_text.size() + line.size() < TextSource::LONGEST_LINE &&
            m_wrapped.Continues(m_lastPiece, line, joint))
        {
            m_text += joint;
            m_text += line;
            ++m_pieces;
        }
        else
        {
            HandOn();
            m_first = m_number;
            m_text = line;
            m_pieces = 1;
        }
        m_lastPiece = std::move(line);
    }

    void HandOn()
    {
        if (m_pieces == 0)
        {
            return;
        }
        std::string_view rest = m_text;
        bool used = false;
        bool isBlank = true;
        do
        {
            const std::string_view line = FirstLine(rest);
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            isBlank = isBlank && Trim(line, LINE_BLANKS).empty();
            used = Offer(line) || used;
        } while (!rest.empty());
        if (!isBlank)
        {
            m_reading.lines += m_pieces;
            (used ? m_reading.used : m_reading.notUnderstood) += m_pieces;
            Note(used);
        }
        m_pieces = 0;
    }

    bool Offer(std::string_view line)
    {
        bool used = false;
        const auto offer = [&](std::string_view text)
        {
            for (TextLineReader* reader : m_readers)
            {
                if (reader->Line(m_first, text))
                {
                    used = true;
                    m_usedBy[reader->Kind()] += m_pieces;
                    if (reader->IsExclusive())
                    {
                        return;
                    }
                }
            }
        };
        offer(line);
        // Rows in other columns than commas make.
        for (const char separator : {'\t', ';'})
        {
            if (!used && line.find(separator) != line.npos && BeginsLikeRow(line))
            {
                std::string other(line);
                std::replace(other.begin(), other.end(), separator, ',');
                offer(other);
                if (used)
                {
                    m_reading.undone.insert(separator == ';' ? "semicolons for commas"
                                                             : "tabs for commas");
                }
            }
        }
        // A row of a program that nobody knows may have in it what a text has.
        if (const std::string_view behind = used ? std::string_view() : BehindStamp(line);
            !behind.empty() && behind.size() < line.size())
        {
            offer(behind);
        }
        return used;
    }

    void Note(bool used)
    {
        const std::string_view text = m_text;
        if (!used && m_reading.strange.size() < MOST_QUOTED)
        {
            const std::string_view quote = text.substr(0, LONGEST_QUOTE);
            m_reading.strange.push_back(fmt::format("{}: {}{}",
                                                    m_first,
                                                    ForTerminal(quote),
                                                    quote.size() < text.size() ? "..." : ""));
        }
        std::string_view rest = text;
        if (scan::Skip(rest, "#Software: "))
        {
            m_reading.version = std::string(rest.substr(0, LONGEST_QUOTE));
        }
        else if (scan::Skip(rest, "#Version: ") && !m_reading.version.empty() &&
                 m_reading.version.find(rest) == std::string::npos)
        {
            m_reading.version += " " + std::string(rest.substr(0, LONGEST_QUOTE));
        }
        else if (SkipSyslogStamp(rest))
        {
            const std::string_view stamp = text.substr(0, text.size() - rest.size());
            m_reading.first = m_reading.first.empty() ? std::string(stamp) : m_reading.first;
            m_reading.last = stamp;
        }
    }

    TextSource m_source;
    const std::vector<TextLineReader*>& m_readers;
    Packaging m_packaging;
    WrappedLines m_wrapped;
    TextReading m_reading;
    std::map<std::string_view, std::uint64_t> m_usedBy;
    std::uint32_t m_number = 0;
    std::uint32_t m_first = 0; //!< Line of the first piece of m_text.
    std::uint32_t m_pieces = 0;
    std::string m_text;
    std::string m_lastPiece;
};

} // namespace

TextReading
ReadText(std::FILE* file, const std::vector<TextLineReader*>& readers)
{
    TextReading reading = Reading(file, readers).Run();
    std::fclose(file);
    return reading;
}

} // namespace bouncelab::detectors
