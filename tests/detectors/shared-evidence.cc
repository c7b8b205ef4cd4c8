#include "shared-evidence.h"

#include "detectors/readers/evidence-folder.h"
#include "detectors/registry.h"

namespace bouncelab::test
{

namespace
{

using namespace detectors;

class Collector : public AlertSink
{
  public:
    void Add(Alert alert) override { alerts.push_back(std::move(alert)); }

    std::vector<Alert> alerts;
};

} // namespace

std::vector<Alert>
JudgePath(const std::filesystem::path& path,
          const std::string& detector,
          std::vector<std::string>* notes)
{
    auto all = AllDetectors();
    Collector collector;
    Surroundings surroundings;
    const auto each = [&](auto&& act)
    {
        for (auto& one : all)
        {
            if (detector.empty() || one->Name() == detector)
            {
                act(*one);
            }
        }
    };
    const auto problem =
        ReadEvidence(path,
                     surroundings,
                     {[&](const Evidence& evidence)
                      { each([&](Detector& one) { one.Judge(evidence, collector); }); },
                      [&](const std::string& note)
                      {
                          if (notes)
                          {
                              notes->push_back(note);
                          }
                      }});
    BOOST_REQUIRE_MESSAGE(!problem, problem.value_or(""));
    each([&](Detector& one) { one.Conclude(surroundings, collector); });
    return collector.alerts;
}

} // namespace bouncelab::test
