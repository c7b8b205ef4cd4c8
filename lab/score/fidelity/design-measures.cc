#include "detectors/readers/smtp-service-reader.h"
#include "detectors/readers/text-file.h"
#include "formats/text.h"
#include "lab/score/fidelity/measures.h"
#include "lab/score/label-param.h"
#include "lab/score/text-file.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

/// What becomes of the three reasons for which a server looks nobody up (S004-19, S004-26).
namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

using detectors::ServiceRow;

/// Files of one name or prefix in the first vantage that has any.
std::vector<fs::path>
FilesOfOne(const RunFolder& run, std::string_view prefix, std::string_view extension)
{
    std::vector<fs::path> found;
    const fs::path evidence = run.Root() / "evidence";
    for (const std::string& file : FilesBelow(evidence))
    {
        const fs::path path(file);
        const std::string name = path.filename().string();
        if (StartsWith(name, prefix) && path.extension() == extension &&
            (found.empty() || (evidence / file).parent_path() == found.front().parent_path()))
        {
            found.push_back(evidence / file);
        }
    }
    return found;
}

/// Rows of the SMTP service's log for what came in.
std::vector<ServiceRow>
InboundRows(const Subject& subject)
{
    std::vector<ServiceRow> rows;
    for (const fs::path& file : FilesOfOne(subject.Run(), "ex", ".log"))
    {
        detectors::SmtpServiceReader reader(
            [&rows](ServiceRow& row)
            {
                if (row.kind == ServiceRow::Kind::Inbound)
                {
                    rows.push_back(std::move(row));
                }
            });
        std::string text = ReadTextFile(file);
        detectors::ReadText(fmemopen(text.data(), text.size(), "rb"), {&reader});
    }
    if (rows.empty())
    {
        throw NotMeasurable("no vantage holds an SMTP service's log");
    }
    return rows;
}

std::string
HostOf(const std::string& end)
{
    return end.substr(0, end.rfind(':'));
}

/// The client that most recipients were refused of, or asked for where none was.
Ipv4
BusiestClient(const std::vector<ServiceRow>& rows)
{
    std::map<Ipv4, std::size_t> asked;
    for (const ServiceRow& row : rows)
    {
        asked[row.remote] += row.verb == "RCPT" ? 1 : 0;
    }
    return std::max_element(asked.begin(),
                            asked.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

/// By the truth, reports that left for people who did not write, and what they cost.
Facts
BackscatterVolume(const Subject& subject)
{
    std::int64_t reports = 0;
    std::set<std::string> clients;
    for (const Label& label : subject.Run().Labels())
    {
        if (ParamOf(label, "did") == "reported" && label.classLabel == "backscatter.ndr")
        {
            ++reports;
            clients.insert(HostOf(ParamOf(label, "client")));
        }
    }
    std::int64_t came = 0;
    std::int64_t octetsIn = 0;
    for (const ServiceRow& row : InboundRows(subject))
    {
        const bool isContent = row.verb == "DATA" && row.status / 100 == 2;
        if (isContent && clients.count(row.remote.ToString()) > 0)
        {
            ++came;
            octetsIn += static_cast<std::int64_t>(row.receivedBytes);
        }
    }
    return {Count("reports to people who did not write", reports),
            Count("messages that caused them", came),
            Count("octets of these", octetsIn),
            YesNo("accepting first causes them", reports > 0)};
}

/// What the replies to RCPT tell the client that asks most.
Facts
HarvestYield(const Subject& subject)
{
    const std::vector<ServiceRow> rows = InboundRows(subject);
    const Ipv4 client = BusiestClient(rows);
    std::set<std::string> accepted;
    std::set<std::string> refused;
    for (const ServiceRow& row : rows)
    {
        if (row.remote == client && row.verb == "RCPT")
        {
            (row.status / 100 == 2 ? accepted : refused).insert(row.argument);
        }
    }
    const bool tells = !refused.empty();
    return {Count("asked for", static_cast<std::int64_t>(accepted.size() + refused.size())),
            Count("refused", static_cast<std::int64_t>(refused.size())),
            Count("given away", tells ? static_cast<std::int64_t>(accepted.size()) : 0),
            YesNo("replies tell who exists", tells && !accepted.empty())};
}

/// What a directory's own figures say of lookups while clients wait.
Facts
LookupLoad(const Subject& subject)
{
    const std::vector<fs::path> files = FilesOfOne(subject.Run(), "directory-load", ".csv");
    if (files.empty())
    {
        throw NotMeasurable("no vantage holds a directory's load");
    }
    constexpr std::size_t BUSY = 4;
    constexpr std::size_t TIMED_OUT = 6;
    constexpr std::size_t LONGEST_QUEUE = 9;
    std::int64_t failed = 0;
    std::int64_t longest = 0;
    const std::string text = ReadTextFile(files.front());
    bool isHead = true;
    for (const std::string_view view : LinesOf(text))
    {
        std::vector<std::string> columns{""};
        for (const char c : view)
        {
            c == ',' ? columns.push_back("") : columns.back().push_back(c);
        }
        if (!isHead && columns.size() > LONGEST_QUEUE)
        {
            for (std::size_t i = BUSY; i <= TIMED_OUT; ++i)
            {
                failed += std::strtoll(columns[i].c_str(), nullptr, 10);
            }
            longest =
                std::max<std::int64_t>(longest,
                                       std::strtoll(columns[LONGEST_QUEUE].c_str(), nullptr, 10));
        }
        isHead = false;
    }
    constexpr std::int64_t LATE_MS = 500;
    std::int64_t late = 0;
    std::int64_t deferred = 0;
    for (const ServiceRow& row : InboundRows(subject))
    {
        late += row.verb == "RCPT" && row.takenMs.value_or(0) >= LATE_MS ? 1 : 0;
        deferred += row.verb == "RCPT" && row.status / 100 == 4 ? 1 : 0;
    }
    return {Count("lookups failed", failed),
            Count("longest queue", longest),
            Count("recipients answered late", late),
            Count("recipients deferred", deferred),
            YesNo("clients wait for the directory", late > 0)};
}

} // namespace

void
AddDesignMeasures(MeasureTable& table)
{
    table["backscatter-volume"] = {
        "Reports that left for people who did not write, and the mail that caused them.",
        {"reports to people who did not write",
         "messages that caused them",
         "octets of these",
         "accepting first causes them"},
        BackscatterVolume};
    table["harvest-yield"] = {"What the replies to RCPT told the client that asked most.",
                              {"asked for", "refused", "given away", "replies tell who exists"},
                              HarvestYield};
    table["lookup-load"] = {"How the directory and those who wait for it fared.",
                            {"lookups failed",
                             "longest queue",
                             "recipients answered late",
                             "recipients deferred",
                             "clients wait for the directory"},
                            LookupLoad};
}

} // namespace bouncelab::score
