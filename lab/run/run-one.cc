#include "lab/run/run-one.h"

#include "lab/run/manifest.h"
#include "lab/run/run-recorder.h"
#include "lab/spec/load.h"
#include "lab/spec/spec-error.h"
#include "lab/world/world.h"
#include "models/host/event-stream.h"

namespace bouncelab::run
{

void
RunOne(const RunSpec& spec)
{
    const spec::PersonaLibrary personas(spec.personas.string());
    const spec::Scenario scenario =
        spec::ScenarioFile::Load(spec.scenarioFile).Resolve(spec.variant, personas, spec.overrides);
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
