#include "detectors/readers/text-file.h"

#include <array>
#include <string>

namespace bouncelab::detectors
{

void
ReadText(std::FILE* file, const std::vector<TextLineReader*>& readers)
{
    constexpr std::size_t LONGEST_LINE = 64 << 10;
    std::array<char, 64 << 10> buffer;
    std::string line;
    std::uint32_t number = 0;
    bool afterReturn = false;
    const auto handOn = [&]
    {
        ++number;
        for (TextLineReader* reader : readers)
        {
            reader->Line(number, line);
        }
        line.clear();
    };
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), file)) > 0;)
    {
        for (std::size_t i = 0; i < got; ++i)
        {
            const char c = buffer[i];
            if (c == '\r' || (c == '\n' && !afterReturn))
            {
                handOn();
            }
            else if (c != '\n' && line.size() < LONGEST_LINE)
            {
                line += c;
            }
            afterReturn = c == '\r';
        }
    }
    std::fclose(file);
    if (!line.empty())
    {
        handOn();
    }
    for (TextLineReader* reader : readers)
    {
        reader->End();
    }
}

} // namespace bouncelab::detectors
