#include "lab/cli/detect-summary.h"

#include "formats/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace bouncelab::cli
{

namespace
{

using Json = nlohmann::ordered_json;

/// What a family of classes means for whoever has to act.
struct FamilyAdvice
{
    std::string_view family;
    std::string_view failed;
    std::string_view side;
    std::string_view next;
};

constexpr std::array<FamilyAdvice, 16> ADVICE{
    {{"forged",
      "packets in the other side's name were put into the connection",
      "on the path between the two ends; neither end sent them",
      "a capture of the same connection at both ends and a traceroute to the server's port; send "
      "the frames above to whoever runs that path"},
     {"intercepted",
      "a machine between the two ends spoke or changed what was said",
      "on the path: a firewall or virus scanner at either end, or the access provider",
      "the same dialog from another access, and the server's own log of this one"},
     {"tarpit",
      "replies are held back",
      "the server's, which delays on purpose or is slow",
      "the server's log of the session, with times"},
     {"ban",
      "the client's address is banned for a time",
      "the server's, in answer to what the address did before",
      "ask the server's postmaster, with the address and the time"},
     {"auth",
      "the log-on fails",
      "between the two servers or the client and its server, inside the organization",
      "the clocks of both, and the receive protocol log of that session"},
     {"blacklist",
      "the sending address is on a block list",
      "the sender's: something at that address sends, or looks as if it did",
      "who opens connections to port 25 at that time, before asking to be taken off the list"},
     {"relay",
      "mail is passed on for strangers, or seems to be",
      "the server's",
      "one test finished with DATA, and a log or capture of what leaves"},
     {"backscatter",
      "reports go to people who sent nothing",
      "the server's that accepts mail for recipients that do not exist",
      "recipients refused at RCPT; a day's log for the scale"},
     {"harvest",
      "somebody guesses mailboxes",
      "the client's; the mail flow itself is sound",
      "limits on errors of one client; nothing has to be sent"},
     {"overload",
      "the server cannot keep up with what it is asked",
      "the server's",
      "its load and its directory's answers at that time"},
     {"lost",
      "mail that a host took for delivery is gone",
      "the host's that took it",
      "the next host's log, for the Message-ID"},
     {"refused",
      "the receiver refuses the mail",
      "the sender's, by the receiver's rules",
      "the whole reply, to whoever runs the sending host"},
     {"deferred",
      "the receiver puts the mail off",
      "the receiver's, for now",
      "the log of the next attempts"},
     {"unreachable",
      "no mail session takes place",
      "on the way to the server",
      "a capture at the sender while it tries: what leaves, and what comes back"},
     {"inconsistent",
      "the evidence contradicts itself, and shows no forger",
      "nobody's that it shows",
      "the same connection captured once more, unedited"},
     {"insufficient",
      "that cannot be told from this evidence",
      "unknown",
      "a capture of the connection at both ends, or the server's own log of it"}}};

const FamilyAdvice&
AdviceOf(const Alert& alert)
{
    const auto* const found = std::find_if(
        ADVICE.begin(),
        ADVICE.end(),
        [&](const FamilyAdvice& advice) { return advice.family == FamilyOf(alert.dottedClass); });
    return found == ADVICE.end() ? ADVICE.back() : *found;
}

std::tuple<int, bool, bool, double>
WeightOf(const Alert& alert)
{
    const int verdict = alert.verdict == Verdict::Fault          ? 2
                        : alert.verdict == Verdict::Inconclusive ? 1
                                                                 : 0;
    return {verdict,
            !alert.where.side.empty(),
            FamilyOf(alert.dottedClass) != classes::INSUFFICIENT,
            alert.score};
}

std::uint64_t
NumberOf(const Json& object, const char* name)
{
    return object.value(name, std::uint64_t{0});
}

std::string
Counted(std::uint64_t count, std::string_view one)
{
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string
Join(const Json& list, std::string_view between)
{
    std::string text;
    for (const Json& item : list)
    {
        text += text.empty() ? "" : between;
        text += item.get<std::string>();
    }
    return text;
}

std::string
DescribeFile(const Json& file)
{
    const Json none = Json::array();
    std::string kinds = Join(file.value("kinds", none), ", ");
    std::string text =
        ForTerminal(file.value("file", "")) + ": " + (kinds.empty() ? "not recognized" : kinds);
    if (file.contains("version"))
    {
        text += " (" + ForTerminal(file.value("version", "")) + ")";
    }
    if (file.contains("problem"))
    {
        text += "; " + ForTerminal(file.value("problem", ""));
    }
    for (const auto& [name, word] : {std::pair{"packets", "packet"},
                                     std::pair{"flows", "flow"},
                                     std::pair{"sessions", "session"}})
    {
        text += file.contains(name) ? ", " + Counted(NumberOf(file, name), word) : "";
    }
    const std::uint64_t used = NumberOf(file, "rows_used");
    const std::uint64_t strange = NumberOf(file, "rows_not_understood");
    if (used + strange > 0)
    {
        text += fmt::format(", {} used, {} not understood", Counted(used, "row"), strange);
    }
    if (file.contains("from"))
    {
        text += fmt::format(", from {} to {}",
                            ForTerminal(file.value("from", "")),
                            ForTerminal(file.value("to", "")));
    }
    if (file.contains("undone"))
    {
        text += "\n    undone: " + Join(file["undone"], ", ");
    }
    if (file.contains("other_packets"))
    {
        text += "\n    other packets:";
        for (const auto& [name, count] : file["other_packets"].items())
        {
            text += fmt::format(" {} {}", count.get<std::uint64_t>(), ForTerminal(name));
        }
    }
    if (file.contains("healed"))
    {
        text += "\n    healed: " + Join(file["healed"], "\n            ");
    }
    if (file.contains("left_out"))
    {
        text += "\n    left out: " + Join(file["left_out"], "; ");
    }
    if (file.contains("first_not_understood"))
    {
        text +=
            "\n    not understood: " + Join(file["first_not_understood"], "\n                    ");
    }
    return text + "\n";
}

/// Of what failed and no detector speaks of.
DetectSummary
SummarizeUnexplained(const Json& unexplained)
{
    const std::uint64_t replies = NumberOf(unexplained, "replies");
    const std::string place = fmt::format("{}, {}: \"{}\"",
                                          ForTerminal(unexplained.value("file", "")),
                                          unexplained.value("place", ""),
                                          ForTerminal(unexplained.value("words", "")));
    if (replies == 0)
    {
        return {fmt::format("{} of a text that was not understood in full {} to no end, the first "
                            "with {}",
                            Counted(NumberOf(unexplained, "sessions"), "session"),
                            NumberOf(unexplained, "sessions") == 1 ? "comes" : "come",
                            place),
                "unknown",
                "the lines that were not understood (above) say more: the same session from the "
                "other side, or as a capture"};
    }
    return {fmt::format("{} something, and no detector says why; the first in {}",
                        replies == 1 ? std::string("1 reply of the server refuses")
                                     : fmt::format("{} replies of the server refuse", replies),
                        place),
            "unknown: the client's, by the server's rules, or the server's",
            "the whole session, and what the client wanted to send to whom; where both are yours, "
            "the settings that the reply names"};
}

/// Of a family that may not be what happened, the side is no fact either.
std::string
SideOf(const Alert& alert, const FamilyAdvice& advice)
{
    if (!alert.where.side.empty())
    {
        return alert.where.side;
    }
    const bool isFact = alert.verdict != Verdict::Inconclusive || &advice == &ADVICE.back();
    return (isFact ? "" : "undecided; if it is this, ") + std::string(advice.side);
}

} // namespace

DetectSummary
Summarize(const std::vector<Alert>& alerts, const Json& reading)
{
    const auto heaviest =
        std::max_element(alerts.begin(),
                         alerts.end(),
                         [](const Alert& a, const Alert& b) { return WeightOf(a) < WeightOf(b); });
    if (heaviest == alerts.end() && reading.contains("unexplained"))
    {
        return SummarizeUnexplained(reading["unexplained"]);
    }
    if (heaviest == alerts.end())
    {
        const bool isJudged = reading.is_null() || reading.value("status", "") == "judged";
        const FamilyAdvice& unknown = ADVICE.back();
        return isJudged ? DetectSummary{"nothing that this evidence shows",
                                        "nobody's that it shows",
                                        "the log of the other side, or a capture while it fails"}
                        : DetectSummary{std::string(unknown.failed),
                                        std::string(unknown.side),
                                        std::string(unknown.next)};
    }
    const Alert& alert = *heaviest;
    const FamilyAdvice& advice = AdviceOf(alert);
    std::string failed = alert.evidence.explanation.empty() ? std::string(advice.failed)
                                                            : alert.evidence.explanation;
    if (alert.verdict == Verdict::Benign)
    {
        failed = "nothing that is a fault: " + failed;
    }
    return {failed,
            SideOf(alert, advice),
            alert.evidence.next.empty() ? std::string(advice.next) : alert.evidence.next};
}

std::string
NothingFound(const Json& reading)
{
    std::string files;
    for (const Json& file : reading.value("files", Json::array()))
    {
        if (file.value("understood", false))
        {
            files += (files.empty() ? "" : ", ") + ForTerminal(file.value("file", ""));
        }
    }
    return fmt::format("Nothing found in {} and {} of {}.",
                       Counted(NumberOf(reading, "sessions"), "session"),
                       Counted(NumberOf(reading, "flows"), "flow"),
                       files);
}

std::string
DescribeReading(const Json& reading)
{
    std::string text;
    for (const Json& file : reading.value("files", Json::array()))
    {
        text += DescribeFile(file);
    }
    return text;
}

} // namespace bouncelab::cli
