#ifndef BOUNCELAB_DETECTORS_READERS_WEB_TEST_READERS_H
#define BOUNCELAB_DETECTORS_READERS_WEB_TEST_READERS_H

#include "detectors/readers/own-test-readers.h"
#include "detectors/readers/sender-checks-reader.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// What pages show that test mail, and reports of others about one's own TLS.
namespace bouncelab::detectors
{

/// Finds what Gmail's "Show original" and mail-tester say of who sent a message.
class ShownChecksReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const SenderChecks&)>;

    explicit ShownChecksReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "page about a message"; }

  private:
    bool ReadGmail(std::uint32_t number, std::string_view text);
    bool ReadMailTester(std::uint32_t number, std::string_view text);
    SenderChecks& Open(std::uint32_t number, std::string_view text, std::string_view receiver);

    Handler m_handler;
    std::optional<SenderChecks> m_open;
};

/// Finds what CheckTLS says of a server's certificate.
class CheckTlsReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TlsTest&)>;

    explicit CheckTlsReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "CheckTLS"; }

  private:
    Handler m_handler;
    std::optional<TlsTest> m_open;
};

/// Finds reports about TLS (RFC 8460, JSON), in one line or several: each policy's first kind of
/// failure, or that there was none.
class TlsReportReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TlsTest&)>;

    explicit TlsReportReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "TLS report"; }

  private:
    bool Finish();

    Handler m_handler;
    std::string m_json; //!< Empty outside of a report.
    std::uint32_t m_line = 0;
    std::uint32_t m_brace = 0; //!< The line before that is an opening brace alone; 0 = none.
    int m_depth = 0;           //!< Of braces that are open.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_WEB_TEST_READERS_H
