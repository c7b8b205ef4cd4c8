#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_SUBJECT_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_SUBJECT_H

#include "detectors/readers/client-error-reader.h"
#include "detectors/readers/filter-log-reader.h"
#include "detectors/readers/traceroute-reader.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/fidelity/receive-log.h"
#include "lab/score/run-folder.h"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// The run's evidence does not hold what a measurement needs. One sentence.
class NotMeasurable : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * The flow that carried the message under study, and in it the packets that S003 numbers P1 to P9.
 * They are found by their place in the dialogue, and P7 by the truth, which alone knows it for
 * sure.
 */
class CaseSession
{
  public:
    /// \throws NotMeasurable when the capture has no such flow
    CaseSession(const Capture& capture,
                const CaseMessage& message,
                const std::set<std::uint64_t>& forged);

    Ipv4 client;
    Ipv4 server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    std::vector<const CaptureFrame*> frames;

    /**
     * \param number 1 SYN, 2 SYN-ACK, 3 the client's ACK, 4 greeting, 5 HELO, 6 RCPT, 7 the forged
     *        reply, 8 the server's own reply to RCPT, 9 what the client sends after that
     * \throws NotMeasurable when the session has none
     */
    const CaptureFrame& Packet(int number) const;

    bool IsOutward(const CaptureFrame& frame) const { return frame.ip->source == client; }

    bool IsForged(const CaptureFrame& frame) const { return m_forged.count(frame.number) != 0; }

  private:
    void FindPackets();

    std::set<std::uint64_t> m_forged;
    std::array<const CaptureFrame*, 10> m_packets{};
};

/// What the log says of the delivery of the message under study.
struct LoggedDelivery
{
    std::string line;  //!< As it stands.
    std::string stamp; //!< "Sep 26 14:46:23".
    std::string host;
    std::string epoch; //!< "1159253183.972578".
    std::string number;
    std::string outcome; //!< "failure".
    std::string text;    //!< What follows it, spaces as "_" and line ends as "/".
};

/// A run's evidence as measurements see it; every part is read when it is first asked for.
class Subject
{
  public:
    explicit Subject(const RunFolder& run)
        : m_run(run)
    {
    }

    const RunFolder& Run() const { return m_run; }

    const CaseMessage& Case() const;
    const Capture& Packets() const;
    const CaseSession& Session() const;
    const detectors::Route& Route() const;

    /// The size and name of snort's file about the session.
    std::filesystem::path SnortFile() const;

    /// The lines of the report in a bounce of the message under study: recipient line, then text.
    std::vector<std::string> BounceLines() const;

    /// Ends of deliveries to the recipient under study, in the order of the log.
    std::vector<LoggedDelivery> Deliveries() const;

    /// The receive log of the first vantage with Exchange's logs. \throws NotMeasurable without one
    const ReceiveLog& ServerLog() const;

    /// Sessions of that log in which the sender under study is named, whoever brought the message;
    /// at least one. Bounces about it have another sender.
    std::vector<const detectors::LogSession*> SenderSessions() const;

    /// The first of them.
    const detectors::LogSession& CaseLogSession() const { return *SenderSessions().front(); }

    /// What the mail programs of all vantages showed their users; the filter agent's decisions.
    std::vector<detectors::ClientError> ClientErrors() const;
    std::vector<detectors::FilterDecision> FilterLog() const;

    /// A parameter of the host that sends the message under study, by its path ("/relay/port");
    /// null if it is not set. \throws NotMeasurable when the scenario does not say who sends it
    nlohmann::ordered_json SenderParameter(const std::string& path) const;

  private:
    /// The texts of all vantages: logs, bounces, traceroutes.
    const std::vector<std::string>& Texts() const;

    const RunFolder& m_run;
    mutable std::optional<CaseMessage> m_case;
    mutable std::unique_ptr<Capture> m_capture;
    mutable std::unique_ptr<CaseSession> m_session;
    mutable std::optional<detectors::Route> m_route;
    mutable std::unique_ptr<ReceiveLog> m_serverLog;
    mutable std::vector<std::string> m_texts;
    mutable bool m_textsRead = false;
};

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_SUBJECT_H
