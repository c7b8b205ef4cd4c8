// A persona file, as one of every kind: taken, or refused with lines that name it.

#include "lab/scenario/load.h"
#include "lab/scenario/persona-kinds.h"
#include "tests/fuzz/scratch-folder.h"

#include <cstdint>
#include <cstdlib>

using namespace bouncelab;
using namespace bouncelab::scenario;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fuzz::ScratchFolder folder;
    static const PersonaLibrary personas(BOUNCELAB_TEST_PERSONAS);
    for (const PersonaFolder& kind : PersonaFolders())
    {
        const std::string path =
            folder.Put("personas/" + std::string(kind.type->folder) + "/fuzz.yaml",
                       {reinterpret_cast<const char*>(data), size});
        for (const ScenarioError& fault : FaultsInFile(path, personas))
        {
            const std::string message = fault.what();
            if (message.find('\n') != std::string::npos || message.rfind(path, 0) != 0)
            {
                std::abort();
            }
        }
    }
    return 0;
}
