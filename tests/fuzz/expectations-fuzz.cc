// Expectations beside a scenario: taken, or refused with lines that name the file.

#include "lab/scenario/load.h"
#include "tests/fuzz/scratch-folder.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace bouncelab;
using namespace bouncelab::scenario;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fuzz::ScratchFolder folder;
    static const PersonaLibrary personas(BOUNCELAB_TEST_PERSONAS);
    static const std::string scenario = []
    {
        std::ifstream file(BOUNCELAB_TEST_PERSONAS "/small.yaml", std::ios::binary);
        return folder.Put("scenario.yaml", std::string(std::istreambuf_iterator<char>(file), {}));
    }();
    const std::string path = folder.Put("expect.yaml", {reinterpret_cast<const char*>(data), size});
    for (const ScenarioError& fault : FaultsInFile(path, personas))
    {
        const std::string message = fault.what();
        if (message.find('\n') != std::string::npos ||
            (message.rfind(path, 0) != 0 && message.rfind(scenario, 0) != 0))
        {
            std::abort();
        }
    }
    return 0;
}
