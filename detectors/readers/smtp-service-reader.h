#ifndef BOUNCELAB_DETECTORS_READERS_SMTP_SERVICE_READER_H
#define BOUNCELAB_DETECTORS_READERS_SMTP_SERVICE_READER_H

#include "detectors/readers/healing.h"
#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// One row of the W3C extended log of IIS's SMTP service (facts F42, F43).
struct ServiceRow
{
    /// Who spoke.
    enum class Kind : std::uint8_t
    {
        Inbound, //!< A client's command, and the code of the answer.
        Command, //!< In a session that the server began.
        Response,
    };

    std::uint32_t line = 0; //!< From 1.
    WallTime time{};        //!< Whole seconds.
    Kind kind = Kind::Inbound;
    HostAddress remote;
    std::string user; //!< Inbound: the HELO name; empty where none is told.
    std::optional<HostAddress> local;
    std::uint16_t port = 0;
    std::string verb;     //!< As logged; empty in a response.
    std::string argument; //!< Behind the verb, or the response; "+" read as space where it is one.
    std::uint32_t status = 0;
    std::int64_t win32Status = 0;
    std::uint64_t receivedBytes = 0;
    std::optional<std::int64_t> takenMs;
    std::string text; //!< The row as it stands.
};

/**
 * Reads SMTP service logs. Columns are found by the "#Fields:" line before the rows, which may name
 * fewer than all; without one they are those that the service writes when all are chosen. A row
 * needs a time, a client and a method or a user that says who spoke. Rows that spreadsheets and
 * translated pages have damaged are mended first (HealServiceRow).
 */
class SmtpServiceReader : public TextLineReader
{
  public:
    using Handler = std::function<void(ServiceRow&)>;

    /// \param handler gets each row and may take it apart.
    explicit SmtpServiceReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "IIS SMTP service log"; }

    void End() override {}

    const HealingReport* Healings() const override { return &m_healings; }

  private:
    void ReadColumns(std::string_view list);
    bool ReadRow(std::uint32_t number, std::string_view text, std::string_view original);

    Handler m_handler;
    std::vector<int> m_columns; //!< Per column of the log: which member it fills, or -1.
    bool m_isService = false;   //!< By the header.
    std::string m_date;         //!< Of the header, for rows that have only the time.
    HealingReport m_healings;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SMTP_SERVICE_READER_H
