#include "lab/run/run-one.h"

#include "lab/run/manifest.h"
#include "lab/run/run-recorder.h"
#include "lab/scenario/load.h"
#include "lab/scenario/scenario-error.h"
#include "lab/world/world.h"
#include "models/host/event-stream.h"

namespace bouncelab::run
{

void
RunOne(const RunSpec& spec)
{
    const scenario::PersonaLibrary personas(spec.personas);
    const scenario::Scenario scenario = scenario::ScenarioFile::Load(spec.scenarioFile)
                                            .Resolve(spec.variant, personas, spec.overrides);
    std::filesystem::create_directories(spec.out);
    {
        RunRecorder recorder(spec, scenario);
        provenance::Ledger ledger(&recorder);
        recorder.SetLedger(ledger);
        host::EventStream events;
        events.Subscribe([&recorder](const host::Event& event) { recorder.OnEvent(event); });
        {
            world::World world(scenario, spec.seed, ledger, events);
            recorder.Attach(world);
            world.Run();
        }
        recorder.Close();
    }
    WriteManifest(spec, scenario);
}

} // namespace bouncelab::run
