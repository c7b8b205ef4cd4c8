#include "lab/judge/adapter.h"

#include "formats/evidence-kind.h"
#include "formats/text.h"
#include "lab/scenario/yaml-reader.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fnmatch.h>

namespace bouncelab::judge
{

namespace
{

constexpr const char* FIELDS[] =
    {"frame.number", "frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport"};
constexpr std::size_t FIELD_COUNT = sizeof(FIELDS) / sizeof(FIELDS[0]);

bool
Fits(const std::string& pattern, const std::string& text)
{
    return pattern.empty() || fnmatch(pattern.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

template <class T>
T
NumberOf(std::string_view text)
{
    T number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// "1159253093.103763000", with nine decimals.
WallTime
TimeOf(std::string_view epoch)
{
    const std::size_t point = std::min(epoch.find('.'), epoch.size());
    std::string decimals(epoch.substr(std::min(point + 1, epoch.size())));
    decimals.resize(9, '0');
    return WallTime(
        Nanoseconds(NumberOf<std::int64_t>(epoch.substr(0, point)) * NANOSECONDS_PER_SECOND +
                    NumberOf<std::int64_t>(decimals)));
}

void
CheckClass(const std::string& dottedClass, const std::string& path, const scenario::Marks& marks)
{
    if (!IsKnownClass(dottedClass))
    {
        throw scenario::ScenarioError(
            marks.Find(path),
            path,
            fmt::format("found {}, expected a class that begins with {}",
                        dottedClass.empty() ? "nothing" : "\"" + dottedClass + "\"",
                        fmt::join(CLASS_FAMILIES, ", ")));
    }
}

} // namespace

Adapter::Adapter(const std::string& path)
    : m_name(std::filesystem::path(path).stem().string())
{
    scenario::Marks marks;
    const scenario::TextNode root = scenario::LoadTree(path);
    scenario::YamlReader(nullptr, marks).ReadStruct(root, "", ValueOf(m_config));
    if (IsFilter() != m_config.rows.empty())
    {
        throw scenario::ScenarioError(root.at,
                                      "",
                                      m_config.rows.empty()
                                          ? "found neither filter nor rows, expected one of them"
                                          : "found filter and rows, expected one of them");
    }
    if (IsFilter())
    {
        CheckClass(m_config.dottedClass, "class", marks);
    }
    for (std::size_t i = 0; i < m_config.rows.size(); ++i)
    {
        CheckClass(m_config.rows[i].dottedClass, fmt::format("rows.{}.class", i + 1), marks);
    }
}

score::DetectorScope
Adapter::Scope() const
{
    score::DetectorScope scope;
    scope.reads = {std::string(kinds::PACKETS)};
    std::set<std::string>& finds = scope.finds.emplace();
    if (IsFilter())
    {
        finds.insert(m_config.dottedClass);
    }
    for (const AdapterRow& row : m_config.rows)
    {
        if (row.verdict == Verdict::Fault)
        {
            finds.insert(row.dottedClass);
        }
    }
    return scope;
}

std::vector<std::string>
Adapter::Command(const std::filesystem::path& capture) const
{
    std::vector<std::string> words{"tshark",
                                   "-n",
                                   "-r",
                                   capture.string(),
                                   "-Y",
                                   m_config.filter,
                                   "-T",
                                   "fields",
                                   "-E",
                                   "separator=,",
                                   "-E",
                                   "occurrence=f"};
    for (const char* field : FIELDS)
    {
        words.insert(words.end(), {"-e", field});
    }
    return words;
}

std::vector<Alert>
Adapter::AlertsOf(const std::string& printed, const std::string& file) const
{
    std::vector<Alert> alerts;
    for (const std::string_view line : score::LinesOf(printed))
    {
        std::vector<std::string_view> cells;
        for (std::size_t at = 0; at <= line.size();)
        {
            const std::size_t end = std::min(line.find(',', at), line.size());
            cells.push_back(line.substr(at, end - at));
            at = end + 1;
        }
        if (cells.size() != FIELD_COUNT)
        {
            throw std::runtime_error(
                fmt::format("tshark printed \"{}\", expected {} fields", line, FIELD_COUNT));
        }
        Alert alert;
        alert.frame = NumberOf<std::uint64_t>(cells[0]);
        alert.time = TimeOf(cells[1]);
        alert.source = HostAddress::Parse(cells[2]).value_or(HostAddress());
        alert.sourcePort = NumberOf<std::uint16_t>(cells[3]);
        alert.destination = HostAddress::Parse(cells[4]).value_or(HostAddress());
        alert.destinationPort = NumberOf<std::uint16_t>(cells[5]);
        alert.signature = m_config.filter;
        alert.detector = m_name;
        alert.dottedClass = m_config.dottedClass;
        alert.verdict = m_config.verdict;
        alert.evidence.file = file;
        alert.evidence.frames = {alert.frame};
        alert.evidence.explanation = "matches " + m_config.filter;
        alerts.push_back(std::move(alert));
    }
    return alerts;
}

std::vector<Alert>
Adapter::Translate(const std::vector<Alert>& alerts) const
{
    std::vector<Alert> translated;
    for (const Alert& alert : alerts)
    {
        const auto row = std::find_if(m_config.rows.begin(),
                                      m_config.rows.end(),
                                      [&](const AdapterRow& each) {
                                          return Fits(each.signature, alert.signature) &&
                                                 Fits(each.category, alert.category);
                                      });
        if (row != m_config.rows.end())
        {
            translated.push_back(alert);
            translated.back().dottedClass = row->dottedClass;
            translated.back().verdict = row->verdict;
        }
    }
    return translated;
}

} // namespace bouncelab::judge
