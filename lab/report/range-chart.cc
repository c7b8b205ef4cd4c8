#include "lab/report/range-chart.h"

#include "formats/xml-text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::report
{

namespace
{

constexpr int WIDTH = 760;
constexpr int LABELS = 170;  //!< Where bars begin.
constexpr int NUMBERS = 120; //!< Room behind the longest bar.
constexpr int TITLE_HEIGHT = 46;
constexpr int PANEL_HEAD = 30;
constexpr int BAR_STEP = 24;
constexpr int BAR_HEIGHT = 14;
constexpr int PANEL_GAP = 14;
constexpr const char* COLORS[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"};

} // namespace

std::string
RangeChart(const std::string& title, const std::vector<RangePanel>& panels)
{
    int height = TITLE_HEIGHT;
    for (const RangePanel& panel : panels)
    {
        height += PANEL_HEAD + static_cast<int>(panel.bars.size()) * BAR_STEP + PANEL_GAP;
    }
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" role=\"img\" aria-label=\"{2}\" font-family=\"sans-serif\" "
        "font-size=\"13\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n"
        "<text x=\"16\" y=\"28\" font-size=\"17\" fill=\"#222222\">{2}</text>\n",
        WIDTH,
        height,
        EscapedForXml(title));
    int y = TITLE_HEIGHT;
    for (const RangePanel& panel : panels)
    {
        double most = 0;
        for (const RangeBar& bar : panel.bars)
        {
            most = std::max(most, bar.most);
        }
        const auto lengthOf = [most](double value)
        { return most > 0 ? std::max(0.0, value) / most * (WIDTH - LABELS - NUMBERS) : 0.0; };
        svg +=
            fmt::format("<text x=\"16\" y=\"{}\" font-weight=\"bold\" fill=\"#222222\">{}</text>\n",
                        y + 18,
                        EscapedForXml(panel.title));
        y += PANEL_HEAD;
        for (std::size_t i = 0; i < panel.bars.size(); ++i, y += BAR_STEP)
        {
            const RangeBar& bar = panel.bars[i];
            const int middle = y + BAR_HEIGHT / 2;
            svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#222222\">{}"
                               "</text>\n<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" "
                               "fill=\"{}\"/>\n",
                               LABELS - 8,
                               middle + 4,
                               EscapedForXml(bar.label),
                               LABELS,
                               y,
                               lengthOf(bar.middle),
                               BAR_HEIGHT,
                               COLORS[i % std::size(COLORS)]);
            if (bar.least < bar.most)
            {
                svg +=
                    fmt::format("<path d=\"M{0:.1f} {2}H{1:.1f}M{0:.1f} {3}V{4}M{1:.1f} {3}V{4}\" "
                                "stroke=\"#222222\" fill=\"none\"/>\n",
                                LABELS + lengthOf(bar.least),
                                LABELS + lengthOf(bar.most),
                                middle,
                                middle - 4,
                                middle + 4);
            }
            svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" fill=\"#222222\">{}</text>\n",
                               LABELS + lengthOf(bar.most) + 6,
                               middle + 4,
                               EscapedForXml(bar.text));
        }
        y += PANEL_GAP;
    }
    return svg + "</svg>\n";
}

} // namespace bouncelab::report
