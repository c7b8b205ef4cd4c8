#include "formats/label.h"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>

/// Whatever is read as a label is written and read back as the same.
extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace bouncelab;
    try
    {
        const Label label = ParseLabel({reinterpret_cast<const char*>(data), size});
        std::string once;
        AppendLabel(once, label);
        std::string twice;
        AppendLabel(twice, ParseLabel(once));
        if (once != twice)
        {
            std::abort();
        }
    }
    catch (const std::invalid_argument&)
    {
    }
    return 0;
}
