// The text of a --set: refused with one line, or applied.

#include "lab/scenario/load.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace bouncelab::scenario;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::string root = BOUNCELAB_TEST_PERSONAS;
    static const PersonaLibrary personas(root);
    static const ScenarioFile file = ScenarioFile::Load(root + "/small.yaml");
    const std::string text(reinterpret_cast<const char*>(data), size);
    try
    {
        Show(file.Resolve("fault", personas, {text}));
    }
    catch (const ScenarioError& error)
    {
        const std::string message = error.what();
        if (message.find('\n') != std::string::npos)
        {
            std::abort();
        }
    }
    return 0;
}
