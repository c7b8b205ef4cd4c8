#include "lab/judge/matrix-judge.h"

#include "lab/score/text-file.h"

#include <nlohmann/json.hpp>

namespace bouncelab::judge
{

std::vector<score::JudgedCell>
JudgeMatrix(const Subject& subject,
            const JudgeOptions& options,
            const matrix::MatrixCallbacks& callbacks)
{
    const auto rows = [&](const matrix::Cell&, const score::RunFolder& run, const score::RunScore&)
    {
        std::string text;
        for (const score::JudgedCell& cell :
             JudgeRun(subject, run, options.vantages, options.records, options.how.how.temporary))
        {
            text += score::ToJson(cell).dump() + "\n";
        }
        return text;
    };
    std::vector<score::JudgedCell> cells;
    matrix::MatrixCallbacks collecting = callbacks;
    collecting.done = [&](const matrix::CellResult& result)
    {
        const std::string text = result.status == 0 ? result.text : std::string();
        for (const std::string_view line : score::LinesOf(text))
        {
            cells.push_back(score::CellFromJson(nlohmann::ordered_json::parse(line)));
        }
        return callbacks.done(result);
    };
    matrix::RunCells(options.runs, options.how, rows, collecting);
    return cells;
}

} // namespace bouncelab::judge
