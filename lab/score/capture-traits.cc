#include "lab/score/artifact-probe.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/fidelity/evidence-texts.h"
#include "lab/score/traits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace bouncelab::score
{

namespace
{

/// Of a frame: what is a quantity rather than one of a few values.
bool
IsQuantity(const std::string& feature)
{
    static const std::set<std::string> QUANTITIES{"capture.nanoseconds",
                                                  "ip.id",
                                                  "ip.surplus",
                                                  "tcp.urgent",
                                                  "tcp.window",
                                                  "text.length"};
    return QUANTITIES.count(feature) > 0;
}

std::optional<std::int64_t>
WholeNumber(const std::string& text)
{
    const bool isNumber =
        !text.empty() && text.size() < 18 &&
        text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos;
    return isNumber && text != "-" ? std::optional(std::stoll(text)) : std::nullopt;
}

/// Which frames of a capture were sent when.
std::map<std::uint64_t, SimTime>
TimesOf(const RunFolder& run, const std::string& vantage)
{
    std::map<std::uint64_t, SimTime> times;
    for (const Label& label : run.Labels())
    {
        if (label.kind == "packet" && label.vantage == vantage)
        {
            times.emplace(label.frame, label.time);
        }
    }
    return times;
}

struct SeenFlow
{
    SimTime first{};
    SimTime last{};
    IpAddress opener;
    std::int64_t packets = 0;
    std::int64_t octets = 0;
    std::string end = "open";
};

/// Looks at a capture, frame by frame.
class CaptureWatcher
{
  public:
    /// \param hosts seen at other places, and not to be told of again
    CaptureWatcher(std::string vantage, Sightings& sightings, std::set<IpAddress>& hosts)
        : m_vantage(std::move(vantage))
        , m_sightings(sightings)
        , m_known(hosts)
    {
    }

    void Watch(const CaptureFrame& frame, SimTime time)
    {
        SeeTimes(frame, time);
        if (!frame.ip)
        {
            return;
        }
        const std::string frames = "frames/" + m_vantage + "/";
        m_sightings.Word(time, frames + "protocol", std::to_string(frame.ip->protocol));
        if (frame.tcp && frame.ip->v4)
        {
            for (const auto& [name, value] : FeaturesOf(frame))
            {
                SeeFeature(time, frames + name, value, IsQuantity(name));
            }
        }
        else
        {
            m_sightings.Number(time, frames + "length", frame.wireLength);
        }
        SeeHost(frame, time);
        if (frame.tcp)
        {
            SeeFlow(frame, time);
        }
    }

    /// The capture is over. Flows are told of when they have ended.
    void End()
    {
        const std::string flows = "flows/" + m_vantage + "/";
        for (const auto& [ends, flow] : m_flows)
        {
            m_sightings.Number(flow.last, flows + "packets", flow.packets);
            m_sightings.Number(flow.last, flows + "octets", flow.octets);
            m_sightings.Number(flow.last, flows + "duration", (flow.last - flow.first).count());
            m_sightings.Word(flow.last, flows + "end", flow.end);
        }
        m_known.insert(m_hosts.begin(), m_hosts.end());
    }

  private:
    using Ends =
        std::pair<std::pair<IpAddress, std::uint16_t>, std::pair<IpAddress, std::uint16_t>>;

    void SeeFeature(SimTime time,
                    const std::string& subject,
                    const std::string& value,
                    bool isQuantity)
    {
        const auto number = isQuantity ? WholeNumber(value) : std::nullopt;
        if (number)
        {
            m_sightings.Number(time, subject, *number);
        }
        else
        {
            m_sightings.Word(time, subject, value);
        }
    }

    void SeeTimes(const CaptureFrame& frame, SimTime time)
    {
        const std::string times = "times/" + m_vantage + "/";
        m_sightings.Number(time, times + "at", time.time_since_epoch().count());
        m_sightings.Number(time,
                           times + "millisecond",
                           SecondFraction(frame.time) / NANOSECONDS_PER_MILLISECOND);
        if (m_last)
        {
            m_sightings.Number(time, times + "gap", (time - *m_last).count());
        }
        m_last = time;
    }

    /// How much a counter has gone on since it was seen last.
    void SeeStep(SimTime time, const std::string& counter, std::uint16_t value)
    {
        const auto [last, isNew] = m_counters.try_emplace(counter, value);
        m_sightings.Number(time, counter, value);
        if (!isNew)
        {
            m_sightings.Number(time,
                               counter + " step",
                               static_cast<std::uint16_t>(value - last->second));
        }
        last->second = value;
    }

    void SeeHost(const CaptureFrame& frame, SimTime time)
    {
        const IpAddress& address = frame.ip->source;
        if (m_known.count(address) > 0)
        {
            return;
        }
        m_hosts.insert(address);
        const std::string host = "hosts/" + address.ToString() + "/";
        if (frame.ip->v4)
        {
            m_sightings.Word(time, host + "ttl", std::to_string(frame.ip->v4->ttl));
            m_sightings.Word(time, host + "df", frame.ip->v4->dontFragment ? "yes" : "no");
            SeeStep(time, host + "ip-id", frame.ip->v4->id);
        }
        if (!frame.tcp)
        {
            return;
        }
        if (frame.tcp->options.timestamp)
        {
            m_sightings.Number(time, host + "timestamp", frame.tcp->options.timestampValue);
        }
        if (frame.tcp->Has(tcp::SYN))
        {
            m_sightings.Word(time, host + "window", std::to_string(frame.tcp->window));
            m_sightings.Word(time, host + "options", OptionLayout(frame));
            m_sightings.Number(time, host + "sequence", frame.tcp->sequence);
        }
        if (frame.tcp->Has(tcp::SYN) && !frame.tcp->Has(tcp::ACK))
        {
            SeeStep(time, host + "port", frame.tcp->sourcePort);
        }
    }

    void SeeFlow(const CaptureFrame& frame, SimTime time)
    {
        const std::pair from(frame.ip->source, frame.tcp->sourcePort);
        const std::pair to(frame.ip->destination, frame.tcp->destinationPort);
        const auto [at, isNew] = m_flows.try_emplace(from < to ? Ends(from, to) : Ends(to, from));
        SeenFlow& flow = at->second;
        if (isNew)
        {
            flow.first = time;
        }
        flow.last = time;
        ++flow.packets;
        flow.octets += static_cast<std::int64_t>(frame.tcp->payload.size);
        flow.end = frame.tcp->Has(tcp::RST)   ? "reset"
                   : frame.tcp->Has(tcp::FIN) ? "closed"
                                              : flow.end;
    }

    std::string m_vantage;
    Sightings& m_sightings;
    std::set<IpAddress>& m_known;
    std::set<IpAddress> m_hosts;
    std::map<Ends, SeenFlow> m_flows;
    std::map<std::string, std::uint16_t> m_counters;
    std::optional<SimTime> m_last;
};

} // namespace

void
SeeCaptures(const RunFolder& run, Sightings& sightings)
{
    std::set<IpAddress> hosts;
    for (const std::string& vantage : PlainVantages(run))
    {
        const std::filesystem::path file = run.EvidenceOf(vantage) / "capture.pcap";
        if (!std::filesystem::exists(file))
        {
            continue;
        }
        const auto times = TimesOf(run, vantage);
        CaptureWatcher watcher(vantage, sightings, hosts);
        const Capture capture(file);
        for (const CaptureFrame& frame : capture.Frames())
        {
            const auto time = times.find(frame.number);
            watcher.Watch(frame, time == times.end() ? END_OF_TIME : time->second);
        }
        watcher.End();
    }
}

} // namespace bouncelab::score
