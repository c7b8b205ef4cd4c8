#include "detectors/readers/windows-event-heads.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

namespace bouncelab::detectors
{

namespace
{

/// In German, French, Spanish, Chinese and Japanese, without the colon.
constexpr std::pair<std::string_view, EventHead> TRANSLATED_HEADS[] = {
    {"Protokollname", EventHead::Log},
    {"Ereignistyp", EventHead::Type},
    {"Ereignisquelle", EventHead::Source},
    {"Quelle", EventHead::Source},
    {"Ereignis-ID", EventHead::Id},
    {"Ereigniskennung", EventHead::Id},
    {"Datum", EventHead::Date},
    {"Zeit", EventHead::Time},
    {"Aufgabenkategorie", EventHead::Other},
    {"Ereigniskategorie", EventHead::Other},
    {"Ebene", EventHead::Other},
    {"Schlüsselwörter", EventHead::Other},
    {"Benutzer", EventHead::Other},
    {"Beschreibung", EventHead::Description},
    {"Ereignis-XML", EventHead::Xml},
    {"Nom du journal", EventHead::Log},
    {"Source", EventHead::Source},
    {"Date", EventHead::Date},
    {"ID de l'événement", EventHead::Id},
    {"ID de l’événement", EventHead::Id},
    {"Catégorie de la tâche", EventHead::Other},
    {"Niveau", EventHead::Other},
    {"Mots clés", EventHead::Other},
    {"Utilisateur", EventHead::Other},
    {"Ordinateur", EventHead::Computer},
    {"Description", EventHead::Description},
    {"Nombre de registro", EventHead::Log},
    {"Origen", EventHead::Source},
    {"Fecha", EventHead::Date},
    {"Id. del evento", EventHead::Id},
    {"Categoría de la tarea", EventHead::Other},
    {"Nivel", EventHead::Other},
    {"Palabras clave", EventHead::Other},
    {"Usuario", EventHead::Other},
    {"Equipo", EventHead::Computer},
    {"Descripción", EventHead::Description},
    {"日志名称", EventHead::Log}, // zh
    {"事件类型", EventHead::Type},
    {"事件来源", EventHead::Source},
    {"来源", EventHead::Source},
    {"日期", EventHead::Date},
    {"时间", EventHead::Time},
    {"事件 ID", EventHead::Id},
    {"任务类别", EventHead::Other},
    {"级别", EventHead::Other},
    {"关键字", EventHead::Other},
    {"用户", EventHead::Other},
    {"计算机", EventHead::Computer},
    {"描述", EventHead::Description},
    {"ログの名前", EventHead::Log}, // ja
    {"ソース", EventHead::Source},
    {"日付", EventHead::Date},
    {"イベント ID", EventHead::Id},
    {"レベル", EventHead::Other},
    {"ユーザー", EventHead::Other},
    {"説明", EventHead::Description},
};

} // namespace

std::optional<HeadLine>
HeadLineOf(std::string_view text)
{
    constexpr std::string_view WIDE_COLON = "：";
    for (const auto& [label, head] : HEADS)
    {
        if (StartsWith(text, label))
        {
            return HeadLine{head, label == "Event Source:", text.substr(label.size())};
        }
    }
    for (const auto& [label, head] : TRANSLATED_HEADS)
    {
        std::string_view rest = text;
        if (scan::Skip(rest, label))
        {
            scan::SkipSpace(rest);
            if (scan::Skip(rest, ":") || scan::Skip(rest, WIDE_COLON))
            {
                return HeadLine{head, false, rest};
            }
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
