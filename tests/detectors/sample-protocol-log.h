#ifndef BOUNCELAB_TESTS_DETECTORS_SAMPLE_PROTOCOL_LOG_H
#define BOUNCELAB_TESTS_DETECTORS_SAMPLE_PROTOCOL_LOG_H

#include "formats/alert.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// One message of a made session.
struct SampleLogMessage
{
    std::string sender;
    std::vector<std::string> recipients;
    std::vector<std::string> replies; //!< To RCPT; missing ones accept.
};

/// One session of a made receive log; all times in ms.
struct SampleLogSession
{
    std::string client = "198.51.100.7";
    std::string hello = "mail.isp.example.net";
    bool offersAuth = true;
    std::string authenticated; //!< Empty = it does not.
    std::vector<SampleLogMessage> messages;
    std::int64_t mailDelayMs = 1;              //!< Of replies to MAIL.
    std::vector<std::int64_t> rcptDelaysMs{1}; //!< Of replies to RCPT, the last one for the rest.
    std::int64_t otherDelayMs = 1;             //!< Of all others.
    bool announces = false; //!< "Tarpit for" rows for replies to RCPT that take a second or more.
};

/// A receive log of the server ex.abc.example at 192.168.0.222.
class SampleProtocolLog
{
  public:
    SampleProtocolLog();

    SampleProtocolLog& Add(const SampleLogSession& session);

    /// A minute passes between sessions; this lets more pass.
    void Wait(std::int64_t ms) { m_nowMs += ms; }

    const std::string& Text() const { return m_text; }

    /// What a detector says of the log, and of further text in its file.
    std::vector<Alert> Judge(const std::string& detector, const std::string& more = "") const;

  private:
    void Put(const std::string& event, const std::string& data, const std::string& context = "");

    std::string m_text;
    std::string m_remote;
    std::uint64_t m_id = 0x08CE6E5DA8B26408;
    std::int64_t m_nowMs = 0;
    int m_sequence = 0;
    int m_port = 49152;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SAMPLE_PROTOCOL_LOG_H
