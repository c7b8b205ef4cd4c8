#include "lab/score/fidelity/subject.h"

#include "formats/log-fields.h"
#include "formats/sequence.h"
#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

constexpr const char* ROLES[] = {"",
                                 "SYN",
                                 "SYN-ACK",
                                 "ACK of the handshake",
                                 "greeting",
                                 "HELO",
                                 "RCPT",
                                 "forged reply",
                                 "reply of the server to RCPT",
                                 "client's answer to that reply"};

bool
Contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool
IsSameFlow(const CaptureFrame& a, const CaptureFrame& b)
{
    const auto same = [](const CaptureFrame& x, const CaptureFrame& y)
    {
        return x.ip->source == y.ip->source && x.ip->destination == y.ip->destination &&
               x.tcp->sourcePort == y.tcp->sourcePort &&
               x.tcp->destinationPort == y.tcp->destinationPort;
    };
    return same(a, b) || (a.ip->source == b.ip->destination && a.ip->destination == b.ip->source &&
                          a.tcp->sourcePort == b.tcp->destinationPort &&
                          a.tcp->destinationPort == b.tcp->sourcePort);
}

/// Takes a word off the front, up to the next space.
std::string
TakeWord(std::string_view& text)
{
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

} // namespace

CaseSession::CaseSession(const Capture& capture,
                         const CaseMessage& message,
                         const std::set<std::uint64_t>& forged)
    : m_forged(forged)
{
    const std::string command = fmt::format("RCPT TO:<{}>", message.to);
    const CaptureFrame* rcpt = nullptr;
    for (const CaptureFrame& frame : capture.Frames())
    {
        if (frame.tcp && StartsWith(frame.Payload(), command))
        {
            rcpt = &frame;
            break;
        }
    }
    if (!rcpt)
    {
        throw NotMeasurable(fmt::format("no flow in the capture has \"{}\"", command));
    }
    client = rcpt->ip->source;
    server = rcpt->ip->destination;
    clientPort = rcpt->tcp->sourcePort;
    serverPort = rcpt->tcp->destinationPort;
    for (const CaptureFrame& frame : capture.Frames())
    {
        if (frame.tcp && IsSameFlow(frame, *rcpt))
        {
            frames.push_back(&frame);
        }
    }
    m_packets[6] = rcpt;
    FindPackets();
}

void
CaseSession::FindPackets()
{
    const CaptureFrame& rcpt = *m_packets[6];
    const auto take = [&](int number, const CaptureFrame* frame)
    {
        const CaptureFrame*& slot = m_packets[static_cast<std::size_t>(number)];
        slot = slot ? slot : frame;
    };
    for (const CaptureFrame* frame : frames)
    {
        const std::uint8_t flags = frame->tcp->flags;
        const bool hasData = !frame->Payload().empty();
        const bool afterRcpt = frame->number > rcpt.number;
        if ((flags & tcp::SYN) != 0)
        {
            take(IsOutward(*frame) ? 1 : 2, frame);
        }
        else if (IsForged(*frame))
        {
            take(7, frame);
        }
        else if (IsOutward(*frame))
        {
            if (!hasData)
            {
                take(3, frame);
            }
            else if (!afterRcpt)
            {
                take(5, frame);
            }
            else if (SequenceAtMost(rcpt.EndSequence(), frame->tcp->sequence))
            {
                take(9, frame);
            }
        }
        else if (hasData)
        {
            take(4, frame);
            if (afterRcpt && frame->tcp->sequence == rcpt.tcp->acknowledgment)
            {
                take(8, frame);
            }
        }
    }
}

const CaptureFrame&
CaseSession::Packet(int number) const
{
    const CaptureFrame* packet = m_packets[static_cast<std::size_t>(number)];
    if (!packet)
    {
        throw NotMeasurable(fmt::format("the session of the case has no {} (P{})",
                                        ROLES[static_cast<std::size_t>(number)],
                                        number));
    }
    return *packet;
}

const CaseMessage&
Subject::Case() const
{
    if (!m_case)
    {
        m_case = m_run.Case();
        if (!m_case)
        {
            throw NotMeasurable("the scenario has no message under study");
        }
    }
    return *m_case;
}

const Capture&
Subject::Packets() const
{
    if (!m_capture)
    {
        const std::string vantage = m_run.CaptureVantage();
        if (vantage.empty())
        {
            throw NotMeasurable("no vantage has a capture");
        }
        m_capture = std::make_unique<Capture>(m_run.EvidenceOf(vantage) / "capture.pcap");
    }
    return *m_capture;
}

const CaseSession&
Subject::Session() const
{
    if (!m_session)
    {
        const Capture& capture = Packets();
        const std::string vantage = m_run.CaptureVantage();
        std::set<std::uint64_t> forged;
        for (const Label& label : m_run.Labels())
        {
            if (label.kind == "packet" && label.forged && label.vantage == vantage)
            {
                forged.insert(label.frame);
            }
        }
        m_session = std::make_unique<CaseSession>(capture, Case(), forged);
    }
    return *m_session;
}

const std::vector<std::string>&
Subject::Texts() const
{
    if (!m_textsRead)
    {
        for (const std::string& vantage : m_run.Vantages())
        {
            if (m_run.MembersOf(vantage).size() > 1)
            {
                continue;
            }
            const std::filesystem::path folder = m_run.EvidenceOf(vantage);
            for (const std::string& file : FilesBelow(folder))
            {
                if (!StartsWith(file, "snort/") && !Contains(file, ".pcap"))
                {
                    m_texts.push_back(ReadTextFile(folder / file));
                }
            }
        }
        m_textsRead = true;
    }
    return m_texts;
}

const detectors::Route&
Subject::Route() const
{
    if (m_route)
    {
        return *m_route;
    }
    const auto server = m_run.ServerOf(Case().to);
    for (const std::string& text : Texts())
    {
        if (!Contains(text, fields::traceroute::HEADER))
        {
            continue;
        }
        detectors::TracerouteReader reader(
            [&](const detectors::Route& route)
            {
                if (server && route.destination == *server && !m_route)
                {
                    m_route = route;
                }
            });
        std::uint32_t number = 0;
        for (const std::string_view line : LinesOf(text))
        {
            reader.Line(++number, line);
        }
        reader.End();
    }
    if (!m_route)
    {
        throw NotMeasurable("no traceroute to the server of the case");
    }
    return *m_route;
}

std::filesystem::path
Subject::SnortFile() const
{
    const CaseSession& session = Session();
    const std::filesystem::path file =
        m_run.EvidenceOf(m_run.CaptureVantage()) / "snort" / session.server.ToString() /
        fmt::format("TCP:{}-{}",
                    std::max(session.clientPort, session.serverPort),
                    std::min(session.clientPort, session.serverPort));
    if (!std::filesystem::exists(file))
    {
        throw NotMeasurable(fmt::format("no snort file {}", file.filename().string()));
    }
    return file;
}

std::vector<std::string>
Subject::BounceLines() const
{
    const std::string recipient = fmt::format("<{}>:", Case().to);
    for (const std::string& text : Texts())
    {
        if (!Contains(text, fields::qmail::BOUNCE_GREETING))
        {
            continue;
        }
        const std::vector<std::string_view> lines = LinesOf(text);
        const auto start = std::find(lines.begin(), lines.end(), recipient);
        const auto end = std::find(start, lines.end(), std::string_view());
        if (start != lines.end())
        {
            return {start, end};
        }
    }
    throw NotMeasurable(fmt::format("no bounce reports {}", recipient));
}

std::vector<LoggedDelivery>
Subject::Deliveries() const
{
    std::vector<LoggedDelivery> deliveries;
    std::set<std::string> numbers;
    const std::string target = fmt::format("{}{}", fields::qmail::TO_REMOTE, Case().to);
    for (const std::string& text : Texts())
    {
        for (const std::string_view line : LinesOf(text))
        {
            const std::size_t tag = line.find(fields::qmail::TAG);
            if (tag == std::string_view::npos || tag < 16)
            {
                continue;
            }
            std::string_view rest = line.substr(tag + fields::qmail::TAG.size());
            LoggedDelivery found;
            found.line = line;
            found.stamp = line.substr(0, 15);
            found.host = line.substr(16, tag - 17);
            found.epoch = TakeWord(rest);
            if (StartsWith(rest, fields::qmail::STARTING_DELIVERY) && rest.size() > target.size() &&
                rest.substr(rest.size() - target.size()) == target)
            {
                rest.remove_prefix(fields::qmail::STARTING_DELIVERY.size());
                numbers.insert(std::string(rest.substr(0, rest.find(':'))));
            }
            else if (StartsWith(rest, fields::qmail::DELIVERY))
            {
                rest.remove_prefix(fields::qmail::DELIVERY.size());
                found.number = rest.substr(0, rest.find(':'));
                rest.remove_prefix(std::min(rest.size(), found.number.size() + 2));
                found.outcome = rest.substr(0, rest.find(':'));
                rest.remove_prefix(std::min(rest.size(), found.outcome.size() + 2));
                found.text = rest;
                if (numbers.count(found.number) != 0)
                {
                    deliveries.push_back(std::move(found));
                }
            }
        }
    }
    if (deliveries.empty())
    {
        throw NotMeasurable("no log has the end of a delivery to the recipient of the case");
    }
    return deliveries;
}

} // namespace bouncelab::score
