#include "detectors/readers/translated-words.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors::translated
{

namespace
{

using WordPair = std::pair<std::string_view, std::string_view>;

constexpr std::array<WordPair, 34> COMMANDS{
    {{"数据", "DATA"},     {"資料", "DATA"},    {"数据。", "DATA"},  {"データ", "DATA"},
     {"데이터", "DATA"},   {"Daten", "DATA"},   {"DATEN", "DATA"},   {"données", "DATA"},
     {"DONNÉES", "DATA"},  {"Données", "DATA"}, {"datos", "DATA"},   {"DATOS", "DATA"},
     {"DADOS", "DATA"},    {"ДАННЫЕ", "DATA"},  {"данные", "DATA"},  {"邮件", "MAIL"},
     {"郵件", "MAIL"},     {"メール", "MAIL"},  {"메일", "MAIL"},    {"CORREO", "MAIL"},
     {"COURRIER", "MAIL"}, {"ПОЧТА", "MAIL"},   {"收件人", "RCPT"},  {"收件者", "RCPT"},
     {"退出", "QUIT"},     {"離開", "QUIT"},    {"终止", "QUIT"},    {"やめる", "QUIT"},
     {"종료", "QUIT"},     {"BEENDEN", "QUIT"}, {"QUITTER", "QUIT"}, {"重置", "RSET"},
     {"重設", "RSET"},     {"ВЫХОД", "QUIT"}}};

constexpr std::array<WordPair, 22> REPLY_WORDS{{{"感谢", "Thanks"},
                                                {"感謝", "Thanks"},
                                                {"谢谢", "Thanks"},
                                                {"謝謝", "Thanks"},
                                                {"ありがとう", "Thanks"},
                                                {"감사합니다", "Thanks"},
                                                {"Danke", "Thanks"},
                                                {"Merci", "Thanks"},
                                                {"Gracias", "Thanks"},
                                                {"Obrigado", "Thanks"},
                                                {"Спасибо", "Thanks"},
                                                {"好的", "Ok"},
                                                {"好", "Ok"},
                                                {"确定", "Ok"},
                                                {"確定", "Ok"},
                                                {"再见", "Bye"},
                                                {"再見", "Bye"},
                                                {"拜拜", "Bye"},
                                                {"Tschüss", "Bye"},
                                                {"Adiós", "Bye"},
                                                {"喂我", "Feed me"},
                                                {"回头见", "Catch you later"}}};

constexpr std::array<WordPair, 62> PACKET_WORDS{{{"标志", "Flags"},
                                                 {"標誌", "Flags"},
                                                 {"标记", "Flags"},
                                                 {"旗标", "Flags"},
                                                 {"旗標", "Flags"},
                                                 {"フラグ", "Flags"},
                                                 {"플래그", "Flags"},
                                                 {"Флаги", "Flags"},
                                                 {"Flaggen [", "Flags ["},
                                                 {"Drapeaux [", "Flags ["},
                                                 {"Indicateurs [", "Flags ["},
                                                 {"Banderas [", "Flags ["},
                                                 {"Indicadores [", "Flags ["},
                                                 {"Sinalizadores [", "Flags ["},
                                                 {"确认", "ack"},
                                                 {"確認", "ack"},
                                                 {"应答", "ack"},
                                                 {"확인", "ack"},
                                                 {", Bestätigung ", ", ack "},
                                                 {", accusé ", ", ack "},
                                                 {"窗口", "win"},
                                                 {"視窗", "win"},
                                                 {"获胜", "win"},
                                                 {"胜利", "win"},
                                                 {"赢", "win"},
                                                 {"贏", "win"},
                                                 {"勝つ", "win"},
                                                 {"ウィンドウ", "win"},
                                                 {"окно", "win"},
                                                 {", Fenster ", ", win "},
                                                 {", gewinnen ", ", win "},
                                                 {", fenêtre ", ", win "},
                                                 {", gagner ", ", win "},
                                                 {", ventana ", ", win "},
                                                 {", ganar ", ", win "},
                                                 {"长度", "length"},
                                                 {"長度", "length"},
                                                 {"長さ", "length"},
                                                 {"길이", "length"},
                                                 {"длина", "length"},
                                                 {", Länge ", ", length "},
                                                 {", longueur ", ", length "},
                                                 {", longitud ", ", length "},
                                                 {", comprimento ", ", length "},
                                                 {", lunghezza ", ", length "},
                                                 {"序列号", "seq"},
                                                 {"序列", "seq"},
                                                 {"序號", "seq"},
                                                 {", Sequenz ", ", seq "},
                                                 {"选项", "options"},
                                                 {"選項", "options"},
                                                 {"オプション", "options"},
                                                 {", Optionen ", ", options "},
                                                 {", opciones ", ", options "},
                                                 {"请求", "Request"},
                                                 {"回复", "Reply"},
                                                 {"谁拥有", "who-has"},
                                                 {"谁有", "who-has"},
                                                 {"告诉", "tell"},
                                                 {"对称主动", "symmetric active"},
                                                 {"服务器", "Server"},
                                                 {"客户端", "Client"}}};

constexpr std::array<std::string_view, 17> FORMULA_ERRORS{"#NAME?",
                                                          "#NOM?",
                                                          "#NOMBRE?",
                                                          "#¿NOMBRE?",
                                                          "#NOME?",
                                                          "#NAAM?",
                                                          "#NAVN?",
                                                          "#NAMN?",
                                                          "#NAZWA?",
                                                          "#NIMI?",
                                                          "#NÉV?",
                                                          "#ИМЯ?",
                                                          "#AD?",
                                                          "#VALUE!",
                                                          "#WERT!",
                                                          "#REF!",
                                                          "#名称?"};

/// Months by the first letters that tell them apart in English, German, French, Spanish and
/// Russian.
constexpr std::array<std::pair<std::string_view, int>, 41> MONTH_STARTS{
    {{"jan", 1},  {"feb", 2},  {"fév", 2},  {"mar", 3},  {"mär", 3},  {"apr", 4},  {"avr", 4},
     {"abr", 4},  {"may", 5},  {"mai", 5},  {"jun", 6},  {"juin", 6}, {"jul", 7},  {"juil", 7},
     {"aug", 8},  {"aoû", 8},  {"ago", 8},  {"sep", 9},  {"oct", 10}, {"okt", 10}, {"out", 10},
     {"nov", 11}, {"dec", 12}, {"dez", 12}, {"déc", 12}, {"dic", 12}, {"ene", 1},  {"janv", 1},
     {"set", 9},  {"янв", 1},  {"фев", 2},  {"мар", 3},  {"апр", 4},  {"мая", 5},  {"июн", 6},
     {"июл", 7},  {"авг", 8},  {"сен", 9},  {"окт", 10}, {"ноя", 11}, {"дек", 12}}};

int
MonthByStart(std::string_view name)
{
    const std::string lower = InLowerCase(name);
    const auto* const known =
        std::find_if(MONTH_STARTS.begin(),
                     MONTH_STARTS.end(),
                     [&](const auto& month) { return StartsWith(lower, month.first); });
    return known == MONTH_STARTS.end() ? 0 : known->second;
}

template <std::size_t N>
std::string_view
Found(const std::array<WordPair, N>& words, std::string_view word)
{
    const auto* const known = std::find_if(words.begin(),
                                           words.end(),
                                           [&](const WordPair& one) { return one.first == word; });
    return known == words.end() ? std::string_view() : known->second;
}

std::optional<std::string>
IsoDate(std::optional<std::int64_t> year,
        std::optional<std::int64_t> month,
        std::optional<std::int64_t> day)
{
    const bool isDate = year && month && day && *year >= 1970 && *year <= 2200 && *month >= 1 &&
                        *month <= 12 && *day >= 1 && *day <= 31;
    return isDate
               ? std::optional<std::string>(fmt::format("{:04}-{:02}-{:02}", *year, *month, *day))
               : std::nullopt;
}

/// "2010 年 7 月 2 日", "2010년 7월 2일"
std::optional<std::string>
TakeEastern(std::string_view& text)
{
    std::string_view rest = text;
    std::array<std::optional<std::int64_t>, 3> numbers;
    static constexpr std::array<std::array<std::string_view, 2>, 3> SIGNS{
        {{"年", "년"}, {"月", "월"}, {"日", "일"}}};
    for (std::size_t i = 0; i < numbers.size(); ++i)
    {
        scan::SkipSpace(rest);
        numbers[i] = scan::Number(rest);
        scan::SkipSpace(rest);
        if (!numbers[i] || !(scan::Skip(rest, SIGNS[i][0]) || scan::Skip(rest, SIGNS[i][1])))
        {
            return std::nullopt;
        }
    }
    text = rest;
    return IsoDate(numbers[0], numbers[1], numbers[2]);
}

/// "2010/7/2", "7/2/2010", "2.7.2010"
std::optional<std::string>
TakeNumbers(std::string_view& text)
{
    std::string_view rest = text;
    const auto first = scan::Number(rest);
    const char mark = rest.empty() ? '\0' : rest.front();
    if (!first || (mark != '/' && mark != '.'))
    {
        return std::nullopt;
    }
    rest.remove_prefix(1);
    const auto second = scan::Number(rest);
    const bool again = scan::Skip(rest, std::string_view(&mark, 1));
    const auto third = again ? scan::Number(rest) : std::nullopt;
    if (!second || !third)
    {
        return std::nullopt;
    }
    const bool dayFirst = mark == '.' || *first > 12;
    const auto date = *first >= 1970 ? IsoDate(first, second, third)
                      : dayFirst     ? IsoDate(third, second, first)
                                     : IsoDate(third, first, second);
    text = date ? rest : text;
    return date;
}

/// "2. Juli 2010", "2 de julio de 2010", "July 2, 2010"
std::optional<std::string>
TakeNamed(std::string_view& text)
{
    std::string_view rest = text;
    std::optional<std::int64_t> day;
    std::optional<std::int64_t> year;
    int month = 0;
    for (int words = 0; words < 6 && !(day && year && month > 0); ++words)
    {
        const std::string_view word = scan::Word(rest);
        std::string_view digits = word;
        const auto number = scan::Number(digits);
        if (number && Trim(digits, ".,").empty())
        {
            (*number > 31 ? year : day) = number;
        }
        else if (word != "de" && month == 0)
        {
            month = MonthByStart(word);
            words = month == 0 ? 6 : words;
        }
    }
    const auto date = month > 0 ? IsoDate(year, month, day) : std::nullopt;
    text = date ? rest : text;
    return date;
}

} // namespace

bool
IsAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::string
WithoutFullWidth(std::string_view text)
{
    std::string plain;
    while (!text.empty())
    {
        const std::size_t length = std::max<std::size_t>(Utf8Length(text), 1);
        const std::string_view character = text.substr(0, length);
        text.remove_prefix(length);
        const auto second = length == 3 ? static_cast<unsigned char>(character[1]) : 0U;
        const auto third = length == 3 ? static_cast<unsigned char>(character[2]) : 0U;
        // U+FF01 to U+FF5E are ASCII from "!" to "~".
        const unsigned code = (second & 0x3F) << 6 | (third & 0x3F);
        if (length == 3 && character[0] == '\xEF' && code >= 0xF01 && code <= 0xF5E)
        {
            plain += static_cast<char>(code - 0xF00 + 0x20);
        }
        else if (character == "。" || character == "、")
        {
            plain += character == "。" ? '.' : ',';
        }
        else
        {
            plain += character;
        }
    }
    return plain;
}

std::optional<std::string>
TakeDate(std::string_view& text)
{
    if (auto date = TakeEastern(text))
    {
        return date;
    }
    if (auto date = TakeNumbers(text))
    {
        return date;
    }
    return TakeNamed(text);
}

std::optional<std::string>
TakeTime(std::string_view& text)
{
    static constexpr std::array<std::string_view, 4> MORNINGS{"上午", "午前", "오전", "AM"};
    static constexpr std::array<std::string_view, 4> AFTERNOONS{"下午", "午後", "오후", "PM"};
    std::string_view rest = text;
    bool isMorning = false;
    bool isAfternoon = false;
    const auto takeHalf = [&]
    {
        scan::SkipSpace(rest);
        for (std::size_t i = 0; i < MORNINGS.size() && !isMorning && !isAfternoon; ++i)
        {
            isMorning = scan::Skip(rest, MORNINGS[i]);
            isAfternoon = !isMorning && scan::Skip(rest, AFTERNOONS[i]);
        }
    };
    takeHalf();
    scan::SkipSpace(rest);
    const auto hour = scan::Number(rest);
    const bool colon = scan::Skip(rest, ":");
    const auto minute = scan::Number(rest);
    const auto second = scan::Skip(rest, ":") ? scan::Number(rest) : std::optional<std::int64_t>(0);
    const std::string_view behind = rest;
    const bool isTold = isMorning || isAfternoon;
    takeHalf();
    rest = isTold || !(isMorning || isAfternoon) ? behind : rest;
    const bool isHalf = isMorning || isAfternoon;
    if (!hour || !colon || !minute || !second || *hour > (isHalf ? 12 : 23) || *minute > 59 ||
        *second > 59)
    {
        return std::nullopt;
    }
    text = rest;
    return fmt::format("{:02}:{:02}:{:02}",
                       isHalf ? *hour % 12 + (isAfternoon ? 12 : 0) : *hour,
                       *minute,
                       *second);
}

std::string_view
CommandOf(std::string_view word)
{
    return Found(COMMANDS, word);
}

std::string_view
ReplyWordOf(std::string_view word)
{
    return Found(REPLY_WORDS, word);
}

std::string
WithPacketWords(std::string_view line)
{
    std::string text = WithoutFullWidth(line);
    for (const auto& [word, english] : PACKET_WORDS)
    {
        for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at))
        {
            text.replace(at, word.size(), english);
            // Such languages write no spaces, which the log had.
            const std::size_t end = at + english.size();
            if (end < text.size() && (IsAlnum(text[end]) || text[end] == '['))
            {
                text.insert(end, " ");
            }
            if (at > 0 && text[at - 1] == ',')
            {
                text.insert(at, " ");
            }
            at += english.size();
        }
    }
    int depth = 0;
    for (std::size_t at = 0; at + 1 < text.size(); ++at)
    {
        depth += text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
        if (text[at] == ',' && depth == 0 && IsAlpha(text[at + 1]))
        {
            text.insert(at + 1, " ");
        }
    }
    return text;
}

bool
IsFormulaError(std::string_view word)
{
    return std::find(FORMULA_ERRORS.begin(), FORMULA_ERRORS.end(), word) != FORMULA_ERRORS.end();
}

} // namespace bouncelab::detectors::translated
