#include "detectors/analysis/flow-dialog.h"

#include "models/smtp/command.h"
#include "models/smtp/line-reader.h"
#include "models/smtp/reply-parser.h"

#include <algorithm>
#include <deque>

namespace bouncelab::detectors
{

namespace
{

/// A server that never answers shall not fill the memory (RFC 2920 batches are far smaller).

/// A complete line or reply and the segment that completed it.
struct DialogLine
{
    std::uint32_t segment = 0;
    Side side = CLIENT;
    bool afterGap = false;
    std::string line;       //!< Of the client; of the server, the reply's text.
    std::uint32_t code = 0; //!< Of the server.
};

std::string_view
TextOf(const Flow& flow, const Piece& piece)
{
    const Segment& segment = flow.At(piece.segment);
    const std::string_view text = flow.Text(segment);
    const auto skip = static_cast<std::size_t>(piece.start - segment.DataStart());
    return skip < text.size() ? text.substr(skip, static_cast<std::size_t>(piece.end - piece.start))
                              : std::string_view();
}

/// Calls feed(text, piece, afterGap) for every piece of a stream.
template <class Feed>
void
WalkStream(const Flow& flow, Side side, Feed feed)
{
    std::int64_t at = flow.stream[side].sawSyn ? 1 : 0;
    bool first = true;
    for (const Piece& piece : flow.stream[side].pieces)
    {
        const std::string_view text = TextOf(flow, piece);
        const bool gap = piece.start > at && !(first && !flow.stream[side].sawSyn);
        feed(text, piece, gap);
        at = piece.start + static_cast<std::int64_t>(text.size());
        first = false;
    }
}

void
CollectLines(const Flow& flow, std::vector<DialogLine>& all)
{
    const smtp::LineRules rules{};
    smtp::LineReader reader(rules);
    bool gapBefore = false;
    WalkStream(
        flow,
        CLIENT,
        [&](std::string_view text, const Piece& piece, bool gap)
        {
            if (gap)
            {
                reader = smtp::LineReader(rules);
                gapBefore = true;
            }
            while (!text.empty())
            {
                text.remove_prefix(std::max<std::size_t>(1, reader.Feed(text)));
                if (reader.Complete())
                {
                    all.push_back(
                        {piece.segment, CLIENT, gapBefore, std::string(reader.Get().text), 0});
                    reader.Next();
                    gapBefore = false;
                }
            }
        });
}

void
CollectReplies(const Flow& flow, std::vector<DialogLine>& all)
{
    smtp::ReplyParser parser;
    bool gapBefore = false;
    WalkStream(
        flow,
        SERVER,
        [&](std::string_view text, const Piece& piece, bool gap)
        {
            if (gap)
            {
                parser = smtp::ReplyParser();
                gapBefore = true;
            }
            while (!text.empty())
            {
                text.remove_prefix(std::max<std::size_t>(1, parser.Feed(text)));
                if (parser.Complete())
                {
                    all.push_back(
                        {piece.segment, SERVER, gapBefore, parser.Get().text, parser.Get().code});
                    parser.Next();
                    gapBefore = false;
                }
            }
        });
}

/// "RCPT TO" of "RCPT TO:<...>": what is said without whom it concerns.
std::string
NameOf(std::string_view line)
{
    const smtp::Command command = smtp::ParseCommand(line);
    std::string name(smtp::NameOfVerb(command.verb));
    if (command.verb == smtp::Verb::Mail)
    {
        name += " FROM";
    }
    else if (command.verb == smtp::Verb::Rcpt)
    {
        name += " TO";
    }
    else if (command.verb == smtp::Verb::Unknown)
    {
        name = "an unknown command";
    }
    return name;
}

/// Whether a further window begins in the middle of content: before the server says anything, the
/// client says what is no command, or more than anybody asks at once. Of its first line the window
/// may hold the end alone.
bool
BeginsInContent(const Flow& flow, const std::vector<DialogLine>& all)
{
    const auto answer = std::find_if(all.begin(),
                                     all.end(),
                                     [](const DialogLine& said) { return said.side == SERVER; });
    const auto unanswered = static_cast<std::size_t>(answer - all.begin());
    return !flow.window.IsFirst() && unanswered > 1 &&
           (unanswered > MOST_PENDING ||
            std::any_of(all.begin() + 1,
                        answer,
                        [](const DialogLine& said)
                        { return smtp::ParseCommand(said.line).verb == smtp::Verb::Unknown; }));
}

} // namespace

FlowDialog::FlowDialog(const Flow& flow)
{
    std::vector<DialogLine> all;
    CollectLines(flow, all);
    CollectReplies(flow, all);
    std::stable_sort(all.begin(),
                     all.end(),
                     [](const DialogLine& a, const DialogLine& b)
                     { return a.segment < b.segment; });
    std::deque<std::size_t> pending;
    ContentScanner content;
    bool inContent = BeginsInContent(flow, all);
    bool isSeenWhole = !inContent;
    bool greeted = false;
    for (DialogLine& said : all)
    {
        if (said.side == CLIENT)
        {
            inContent = inContent && !said.afterGap;
            if (inContent && (said.line != "." || (!isSeenWhole && &said == &all.front())))
            {
                const bool stuffed = said.line.size() > 1 && said.line.front() == '.';
                content.Line(std::string_view(said.line).substr(stuffed ? 1 : 0));
                continue;
            }
            FlowTurn exchange;
            if (inContent && isSeenWhole)
            {
                exchange.content = std::make_shared<const MailContent>(content.Take());
            }
            exchange.command = inContent ? "." : NameOf(said.line);
            exchange.line = std::move(said.line);
            exchange.commandSegment = said.segment;
            inContent = false;
            pending.push_back(m_turns.size());
            m_turns.push_back(std::move(exchange));
            if (pending.size() > MOST_PENDING)
            {
                pending.pop_front();
            }
            continue;
        }
        inContent = inContent && isSeenWhole; // What was taken for content draws a reply.
        if (said.afterGap && pending.size() > 1)
        {
            pending = {pending.back()};
        }
        const bool greeting =
            !greeted && (said.code == 220 || said.code == 554) && flow.stream[SERVER].sawSyn;
        greeted = true;
        if (pending.empty() || greeting)
        {
            inContent = inContent || (said.code == 354 && !flow.window.IsFirst());
            FlowTurn exchange;
            exchange.code = said.code;
            exchange.reply = std::move(said.line);
            exchange.replySegment = said.segment;
            m_turns.push_back(std::move(exchange));
            continue;
        }
        FlowTurn& answered = m_turns[pending.front()];
        pending.pop_front();
        answered.code = said.code;
        answered.reply = std::move(said.line);
        answered.replySegment = said.segment;
        if (!inContent && answered.command == "DATA" && said.code == 354)
        {
            inContent = true;
            isSeenWhole = true;
            content = ContentScanner();
        }
    }
}

std::string
FlowDialog::CommandIn(std::uint32_t segment) const
{
    std::string command;
    for (const FlowTurn& exchange : m_turns)
    {
        if (exchange.commandSegment == segment)
        {
            command = exchange.command;
        }
    }
    return command;
}

} // namespace bouncelab::detectors
