// A scenario file: refused with one line, or resolved to what reads back from its own printing.

#include "lab/scenario/load.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace bouncelab::scenario;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const PersonaLibrary personas(BOUNCELAB_TEST_PERSONAS);
    const std::string text(reinterpret_cast<const char*>(data), size);
    try
    {
        const ScenarioFile file = ScenarioFile::Parse(text, "fuzz.yaml");
        for (const std::string& variant : file.Variants())
        {
            const std::string shown = Show(file.Resolve(variant, personas));
            const ScenarioFile again = ScenarioFile::Parse(shown, "shown.yaml");
            if (Show(again.Resolve(variant, personas)) != shown)
            {
                std::abort();
            }
        }
    }
    catch (const ScenarioError& error)
    {
        const std::string message = error.what();
        if (message.find('\n') != std::string::npos || message.rfind("fuzz.yaml", 0) != 0)
        {
            std::abort();
        }
    }
    return 0;
}
