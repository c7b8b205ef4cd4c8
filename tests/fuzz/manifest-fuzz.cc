// The manifest of a run's folder: understood as far as anybody asks, or refused with one line.

#include "lab/score/run-folder.h"
#include "lab/score/run-score.h"
#include "tests/fuzz/scratch-folder.h"

#include <cstdint>
#include <stdexcept>

using namespace bouncelab;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fuzz::ScratchFolder folder;
    folder.Put("manifest.json", {reinterpret_cast<const char*>(data), size});
    folder.Put("truth/labels.jsonl", "");
    folder.Put("evidence/mail-host/note.txt", "");
    try
    {
        const score::RunFolder run(folder.Root());
        run.Case();
        run.CaptureVantage();
        run.ServerOf("sam@clinic.example");
        for (const std::string& vantage : run.Vantages())
        {
            run.MembersOf(vantage);
            run.Collects(vantage, "snort");
        }
        score::CheckSeal(folder.Root());
    }
    catch (const std::runtime_error&)
    {
    }
    return 0;
}
