#ifndef BOUNCELAB_DETECTORS_READERS_NAME_LOOKUP_READER_H
#define BOUNCELAB_DETECTORS_READERS_NAME_LOOKUP_READER_H

#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// A name that somebody looked up: by dig, host or nslookup.
struct NameLookup
{
    std::uint32_t line = 0; //!< Of the first answer, else of the question.
    std::string text;
    std::string name;                 //!< Without the dot at its end, in lower case.
    std::string type;                 //!< "A", "MX", "TXT"; "A" where none is told.
    std::string status;               //!< "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "TIMEOUT"
    std::vector<std::string> answers; //!< "10 mail.example", "127.0.0.2", without the dot.
};

/// Finds what dig, host, nslookup (also asked in its own prompt) and Resolve-DnsName print.
class NameLookupReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const NameLookup&)>;

    explicit NameLookupReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "name lookup"; }

  private:
    bool ReadCommand(std::uint32_t number, std::string_view text);
    bool ReadDig(std::uint32_t number, std::string_view text);
    bool ReadHostOrNslookup(std::uint32_t number, std::string_view text);
    bool ReadShort(std::uint32_t number, std::string_view text);
    bool ReadPrompt(std::uint32_t number, std::string_view text);
    bool ReadResolve(std::uint32_t number, std::string_view text);
    void Begin(std::uint32_t number, std::string_view text, std::string name, std::string type);
    void Add(std::uint32_t number, std::string_view text, std::string answer);

    Handler m_handler;
    std::optional<NameLookup> m_open;
    bool m_isShort = false; //!< dig +short: answers alone.
    bool m_inAnswer = false;
    std::string m_type; //!< Set in nslookup's prompt; empty = none was.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_NAME_LOOKUP_READER_H
