#include "formats/alert.h"

#include <cstdint>
#include <cstdlib>

/// Whatever is read as an alert is written and read back as the same.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace bouncelab;
    std::string error;
    if (const auto alert = AlertFromJsonLine({reinterpret_cast<const char*>(data), size}, error))
    {
        const std::string once = ToJsonLine(*alert);
        const auto again = AlertFromJsonLine(once, error);
        if (!again || ToJsonLine(*again) != once)
        {
            std::abort();
        }
    }
    return 0;
}
