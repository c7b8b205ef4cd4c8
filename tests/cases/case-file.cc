#include "tests/cases/case-file.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>
#include <utility>

namespace bouncelab::test
{

namespace
{

namespace fs = std::filesystem;

[[noreturn]] void
Fail(const std::string& at, const std::string& found, const std::string& expected)
{
    throw std::runtime_error(at + ": found " + found + ", expected " + expected);
}

std::vector<CaseLine>
LinesOf(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
    {
        throw std::runtime_error("cannot read " + file.string());
    }
    std::vector<CaseLine> lines;
    for (std::string text; std::getline(stream, text);)
    {
        lines.push_back({text, file.filename().string() + ":" + std::to_string(lines.size() + 1)});
    }
    return lines;
}

/// `\xHH` becomes that octet and `\xHH{N}` N of it.
std::string
WithOctets(const std::string& text)
{
    static const std::regex escape(R"(\\x([0-9A-F]{2})(\{(\d+)\})?)");
    std::string out;
    auto rest = text.begin();
    for (std::sregex_iterator match(text.begin(), text.end(), escape), end; match != end; ++match)
    {
        out.append(rest, (*match)[0].first);
        out.append((*match)[3].matched ? std::stoul((*match)[3]) : 1,
                   static_cast<char>(std::stoi((*match)[1], nullptr, 16)));
        rest = (*match)[0].second;
    }
    return out.append(rest, text.end());
}

/// Reads one file from above.
class CaseReader
{
  public:
    explicit CaseReader(const fs::path& file)
        : m_file(file)
    {
    }

    std::vector<Case> Read()
    {
        for (const CaseLine& line : LinesOf(m_file))
        {
            Take(line);
        }
        End();
        return std::move(m_cases);
    }

  private:
    void Take(const CaseLine& line);
    void Begin(const CaseLine& line, const std::string& name, const std::string& from);
    void Join(const CaseLine& line, const std::string& additions);
    void End();
    void Add(CaseLine line);
    void Change(const CaseLine& line);
    std::vector<CaseLine> BaseOf(const CaseLine& line, const std::string& from) const;

    fs::path m_file;
    std::string m_from = "nothing";
    bool m_isVerbatim = true;
    bool m_isInFile = false; //!< Behind a line "--- FILE": empty lines and # are text.
    std::size_t m_next = 0;  //!< Where in the case's lines the next change may be.
    std::vector<Case> m_cases;
};

std::vector<CaseLine>
CaseReader::BaseOf(const CaseLine& line, const std::string& from) const
{
    const auto named = [](const std::vector<Case>& cases, const std::string& wanted)
    {
        return std::find_if(cases.begin(),
                            cases.end(),
                            [&](const Case& known) { return known.name == wanted; });
    };
    if (const auto above = named(m_cases, from); above != m_cases.end())
    {
        return above->lines;
    }
    const std::size_t colon = std::min(from.find(':'), from.size());
    const fs::path file = m_file.parent_path() / from.substr(0, colon);
    if (from == "nothing")
    {
        return {};
    }
    if (colon == from.size() && fs::exists(file))
    {
        return LinesOf(file);
    }
    if (fs::exists(file))
    {
        const std::vector<Case> others = ReadCases(file);
        if (const auto other = named(others, from.substr(colon + 1)); other != others.end())
        {
            return other->lines;
        }
    }
    Fail(line.at,
         "from " + from,
         "a case above, a file beside this one, FILE:CASE of such a file, or nothing");
}

void
CaseReader::Begin(const CaseLine& line, const std::string& name, const std::string& from)
{
    if (std::any_of(m_cases.begin(),
                    m_cases.end(),
                    [&](const Case& known) { return known.name == name; }))
    {
        Fail(line.at, "a second case " + name, "a name of its own");
    }
    m_cases.push_back({name, line.at, BaseOf(line, from), {}});
    m_isVerbatim = from == "nothing";
    m_next = 0;
}

/// Appends cases' lines, and files as they are, each behind its "--- FILE".
void
CaseReader::Join(const CaseLine& line, const std::string& additions)
{
    static const std::regex addition(" (plus|with) (\\S+)");
    for (std::sregex_iterator match(additions.begin(), additions.end(), addition), end;
         match != end;
         ++match)
    {
        std::vector<CaseLine>& lines = m_cases.back().lines;
        if ((*match)[1] == "with")
        {
            lines.push_back({"--- " + (*match)[2].str(), line.at});
        }
        const std::vector<CaseLine> more = BaseOf(line, (*match)[2]);
        lines.insert(lines.end(), more.begin(), more.end());
    }
}

/// Empty lines at the end of a case part it from what follows.
void
CaseReader::End()
{
    while (m_isInFile && m_cases.back().lines[m_next - 1].text.empty())
    {
        m_cases.back().lines.erase(m_cases.back().lines.begin() +
                                   static_cast<std::ptrdiff_t>(--m_next));
    }
    m_isInFile = false;
}

/// In front of what the heading adds.
void
CaseReader::Add(CaseLine line)
{
    std::vector<CaseLine>& lines = m_cases.back().lines;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(m_next++), std::move(line));
}

void
CaseReader::Change(const CaseLine& line)
{
    std::vector<CaseLine>& lines = m_cases.back().lines;
    if (line.text == "...")
    {
        m_next = lines.size();
        return;
    }
    const char sign = line.text.front();
    const std::string text = WithOctets(line.text.substr(1));
    const auto next = lines.begin() + static_cast<std::ptrdiff_t>(m_next);
    if (sign == '+')
    {
        Add({text, line.at});
        return;
    }
    if (sign != '-' && sign != ' ')
    {
        Fail(line.at, "`" + line.text + "`", "..., or a line that begins with -, +, ! or a space");
    }
    const auto here =
        std::find_if(next, lines.end(), [&](const CaseLine& known) { return known.text == text; });
    if (here == lines.end())
    {
        Fail(line.at,
             "`" + text + "`",
             "a line of what is changed, behind the change before this one");
    }
    m_next = static_cast<std::size_t>(here - lines.begin()) + (sign == ' ' ? 1 : 0);
    if (sign == '-')
    {
        lines.erase(here);
    }
}

void
CaseReader::Take(const CaseLine& line)
{
    static const std::regex heading(R"(=== (\S+)(?: from (\S+))?((?: (?:plus|with) \S+)*))");
    static const std::regex base(R"(from (\S+))");
    std::smatch match;
    if (!m_isInFile && (line.text.empty() || line.text.front() == '#'))
    {
        return;
    }
    if (std::regex_match(line.text, match, heading))
    {
        End();
        Begin(line, match[1], match[2].matched ? match[2].str() : m_from);
        Join(line, match[3]);
    }
    else if (m_cases.empty() && std::regex_match(line.text, match, base))
    {
        m_from = match[1];
    }
    else if (m_cases.empty())
    {
        Fail(line.at, "`" + line.text + "`", "=== and the name of a case");
    }
    else if (line.text.compare(0, 2, "! ") == 0)
    {
        End();
        m_cases.back().expected.push_back(line.text.substr(2));
    }
    else if (m_isVerbatim)
    {
        m_isInFile = m_isInFile || line.text.compare(0, 4, "--- ") == 0;
        Add({WithOctets(line.text), line.at});
    }
    else
    {
        Change(line);
    }
}

} // namespace

std::string
Case::Text() const
{
    std::string text;
    for (const CaseLine& line : lines)
    {
        text += line.text + "\n";
    }
    return text;
}

std::vector<Case>
ReadCases(const fs::path& file)
{
    return CaseReader(file).Read();
}

std::vector<Case>
ReadCasesIn(const fs::path& folder)
{
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
    {
        if (entry.path().extension() == ".txt")
        {
            files.insert(entry.path());
        }
    }
    std::vector<Case> cases;
    for (const fs::path& file : files)
    {
        std::vector<Case> more = ReadCases(file);
        cases.insert(cases.end(), more.begin(), more.end());
    }
    return cases;
}

} // namespace bouncelab::test
