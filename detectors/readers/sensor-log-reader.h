#ifndef BOUNCELAB_DETECTORS_READERS_SENSOR_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_SENSOR_LOG_READER_H

#include "detectors/readers/port-test-reader.h"
#include "detectors/readers/reported-reply.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds connections to mail servers and last replies in what Zeek (conn.log, smtp.log; as tables
 * and as JSON) and Suricata (records `flow` of eve.json) log. Other records of theirs it leaves:
 * what a sensor suspects, its capture has to show.
 */
class SensorLogReader : public TextLineReader
{
  public:
    struct Handlers
    {
        std::function<void(const PortTest&)> connection;
        std::function<void(const ReportedReply&)> reply;
    };

    explicit SensorLogReader(Handlers handlers)
        : m_handlers(std::move(handlers))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override { m_fields.clear(); }

    std::string_view Kind() const override { return "sensor's log"; }

  private:
    class Record;

    bool ReadHead(std::string_view text);
    bool ReadZeek(const Record& record);
    bool ReadSuricata(const Record& record);
    void HandOn(const Record& record, PortTest::Outcome outcome);

    Handlers m_handlers;
    std::vector<std::string> m_fields; //!< Of Zeek's table, by column.
    bool m_isZeek = false;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SENSOR_LOG_READER_H
