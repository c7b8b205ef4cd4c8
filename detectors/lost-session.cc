#include "detectors/accusations.h"
#include "detectors/analysis/analysis.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/session-break.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace lost_session
{

constexpr AlertRule SIGNATURE{"lost-session", 1100130, "BOUNCELAB a mail session breaks off"};

std::string_view
ClassOf(SessionBreak::How how)
{
    return how == SessionBreak::How::ClosedWindow || how == SessionBreak::How::Waited
               ? "unreachable.stalled"
           : how == SessionBreak::How::Refused ? "unreachable.refused"
                                               : "unreachable.lost";
}

/// "while the greeting is awaited"
std::string
WhenOf(const std::string& stage)
{
    return stage == "greeting"           ? "before the server has greeted"
           : stage == "TLS"              ? "as TLS begins, right after the server was ready for it"
           : stage == "words unknown"    ? "after words of the client's that nothing answers"
           : stage == "content"          ? "while the message is sent, and before it is taken"
           : StartsWith(stage, "after ") ? stage
                                         : fmt::format("at {}, without an answer to it", stage);
}

/// Whether a window is closed by what has another TTL than its host.
bool
IsForeignWindow(const SessionBreak& found)
{
    return found.how == SessionBreak::How::ClosedWindow && found.hasUsualTtl == false;
}

std::string
WhatOf(const SessionBreak& found)
{
    using How = SessionBreak::How;
    return found.how == How::Reset    ? "a reset from the server's side"
           : found.how == How::End    ? "an end of the connection from the server's side, without "
                                        "a word"
           : found.how == How::Logged ? fmt::format("the other end (\"{}\")", found.words)
           : found.how == How::Waited
               ? fmt::format("the client, which waits for it {} and gives up; the server's host "
                             "has answered before",
                             Seconds(found.lastedNs))
           : found.how == How::Silence
               ? fmt::format(
                     "silence: the client sends its words {} times in {}, and {}",
                     found.segments,
                     Seconds(found.lastedNs),
                     found.endsDeaf
                         ? "none of the server's packets acknowledges them, nor does its end of "
                           "the connection"
                         : "no TCP packet of the server's comes back")
           : IsForeignWindow(found)
               ? fmt::format("a window that stays closed, {} times in {}: packets say so that look "
                             "like none of the server's others",
                             found.segments,
                             Seconds(found.lastedNs))
               : fmt::format(
                     "a window that stays closed, {} times in {}: the server's host answers "
                     "and its program reads no more",
                     found.segments,
                     Seconds(found.lastedNs));
}

/// What the headers say of the sender of the end.
std::string
OriginOf(const SessionBreak& found)
{
    return !found.hasUsualTtl ||
                   (found.how == SessionBreak::How::ClosedWindow && *found.hasUsualTtl)
               ? ""
           : *found.hasUsualTtl
               ? " It has the TTL of the server's other packets: the server, or something in "
                 "front of it that looks as far away."
               : " No other packet of the server has its TTL.";
}

/// Whether a flow is resets of the server's side, and nothing else.
bool
IsStrayReset(const Flow& flow)
{
    return std::all_of(flow.segments.begin(),
                       flow.segments.end(),
                       [](const Segment& segment)
                       { return segment.side == SERVER && segment.Has(tcp::RST); });
}

/// The text that some balancers put into the resets that they send, to say why.
std::string
WordsOf(const Flow& flow, const SessionBreak& found)
{
    const Segment& end = flow.At(found.at.index);
    return found.how != SessionBreak::How::Reset || end.payloadCaptured == 0
               ? ""
               : fmt::format(", with the words \"{}\" in it{}",
                             QuoteOf(flow, end),
                             StartsWith(flow.Text(end), "BIG-IP")
                                 ? ", as a BIG-IP sends them that stands before a server"
                                 : "");
}

void
Fill(Alert& alert, const SessionBreak& found)
{
    const bool isStalled = found.how == SessionBreak::How::ClosedWindow && !IsForeignWindow(found);
    alert.where.side = isStalled ? "the server's: its mail program, or what it waits for, hangs"
                                 : "unknown: the server's, or on the way to it";
    alert.evidence.next =
        found.how == SessionBreak::How::Refused
            ? "whether the mail program runs and listens at that address; the same connection from "
              "another network, and a capture at the server: do the SYNs arrive, does it send the "
              "resets?"
        : found.how == SessionBreak::How::Waited
            ? "the server's log and load at that time (what it asks before it answers: names, "
              "block "
              "lists, a directory), and a capture at the server: does the answer leave it?"
        : found.how == SessionBreak::How::Silence
            ? "a capture at the server at the same time: do the repeats arrive, and does it answer?"
        : isStalled ? "the server's own log and load at that time: its disk, its content filter"
        : found.stage == "TLS"
            ? "the server's log of that moment; openssl s_client -starttls smtp to it from here "
              "and "
              "from another network, and the versions of TLS that both ends allow"
            : "the server's log of that session, and a capture at the server: does the same packet "
              "leave it?";
}

void
JudgeFlow(const Evidence& evidence, Analysis& analysis, AlertSink& sink)
{
    const Flow& flow = evidence.flow;
    analysis.resets.Add(evidence);
    const SmtpSession* session = analysis.AddSession(flow);
    if (!flow.window.isLast)
    {
        return;
    }
    const auto found =
        IsMailPort(flow.port[SERVER]) || session ? BreakOf(flow, session) : std::nullopt;
    if (IsMailPort(flow.port[SERVER]) && IsStrayReset(flow))
    {
        sink.Add(MakeInsufficient(
            evidence,
            SIGNATURE,
            fmt::format("{} is a reset from port {} of {}, and nothing of the connection that it "
                        "is about is here: whether it answers a SYN, ends a session or belongs to "
                        "none, does not show{}. A capture of the whole connection would decide.",
                        NameOfFrame(flow, 0),
                        flow.port[SERVER],
                        flow.address[SERVER].ToString(),
                        flow.At(0).sequence != 0 && flow.At(0).Has(tcp::ACK)
                            ? "; no host answers a SYN with a number of its own (RFC 9293)"
                            : "")));
        return;
    }
    if (!found || !evidence.Once(FindAccusations).empty() ||
        !evidence.Once(two_senders::Find).empty())
    {
        return;
    }
    const RefusedPackets::Refusals* refusals =
        analysis.refusedPackets.Of(flow, evidence.context.logs.expired);
    Finding finding;
    finding.accused = found->at.index;
    finding.dottedClass = ClassOf(found->how);
    finding.verdict = Verdict::Inconclusive;
    const std::string client = flow.address[CLIENT].ToString();
    const std::string server = flow.address[SERVER].ToString();
    const std::string frame = NameOfFrame(flow, found->at.index);
    finding.explanation =
        found->how == SessionBreak::How::Refused
            ? fmt::format("{} calls {} at port {}, and a reset answers the SYN ({}): nothing "
                          "listens there, or a firewall or another device says so in its name. "
                          "No SMTP took place.",
                          client,
                          server,
                          flow.port[SERVER],
                          frame)
            : fmt::format("A session of {} with {} breaks off {}, by {} ({}){}{}.{}",
                          client,
                          server,
                          WhenOf(found->stage),
                          WhatOf(*found),
                          frame,
                          found->how == SessionBreak::How::Silence && refusals
                              ? "; " + refusals->Tell(flow)
                              : std::string(),
                          WordsOf(flow, *found),
                          OriginOf(*found));
    Alert alert = MakeAlert(evidence, finding, SIGNATURE);
    Fill(alert, *found);
    sink.Add(std::move(alert));
}

void
JudgeLogs(const Analysis& analysis, AlertSink& sink)
{
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Codes))
    {
        const auto found = BreakOf(session);
        if (!found)
        {
            continue;
        }
        SessionFinding finding;
        finding.dottedClass = "unreachable.lost";
        finding.verdict = Verdict::Inconclusive;
        finding.refs = {found->at};
        finding.byServer = true;
        finding.explanation = fmt::format("A session with {} breaks off {}, by {} ({}).",
                                          session.server.ToString(),
                                          WhenOf(found->stage),
                                          WhatOf(*found),
                                          NameOfRef(session, found->at));
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        Fill(alert, *found);
        sink.AddOrCount(std::move(alert));
    }
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    // Whose sender is in question, is another detector's to judge.
    std::set<std::tuple<std::string, std::uint64_t>> doubted;
    for (const JudgedReset& judged : analysis.resets.Judge())
    {
        const Alert& alert = judged.reset->packet.alert;
        doubted.insert({alert.evidence.file, alert.frame});
    }
    std::vector<Alert> found;
    found.swap(sink.alerts);
    for (Alert& alert : found)
    {
        if (doubted.count({alert.evidence.file, alert.frame}) == 0)
        {
            sink.AddOrCount(std::move(alert));
        }
    }
    JudgeLogs(analysis, sink);
}

} // namespace lost_session

/**
 * Mail sessions that break off, or that a reset keeps from beginning: a connection that stood and
 * that the server's side ends in the middle of something, or at which its program reads no more.
 * Who did it and why, neither a client's log nor a capture at the client tells: inconclusive.
 * Resets that look like another's are left to forged-reset, as are sessions in which somebody else
 * spoke.
 */
extern const Detector LOST_SESSION{lost_session::SIGNATURE,
                                   "mail sessions that the server's side breaks off",
                                   {{kinds::PACKETS, kinds::SEND_LOG}, {"unreachable"}},
                                   lost_session::JudgeFlow,
                                   lost_session::Conclude};

} // namespace bouncelab::detectors
