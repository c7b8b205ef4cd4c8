#ifndef BOUNCELAB_DETECTORS_READERS_TRANSLATED_WORDS_H
#define BOUNCELAB_DETECTORS_READERS_TRANSLATED_WORDS_H

#include <optional>
#include <string>
#include <string_view>

/// What pages that machines have translated make of the words of logs, and back.
namespace bouncelab::detectors::translated
{

bool IsAscii(std::string_view text);

/// ASCII's characters in their full-width forms, and the full stop of such texts, as ASCII's.
std::string WithoutFullWidth(std::string_view text);

/**
 * Takes a date off the front that is written for people: "2010 年 7 月 2 日", "2. Juli 2010",
 * "July 2, 2010", "7/2/2010", "2010/7/2".
 * \return "2010-07-02"; where two numbers can both be the month, the first one is taken for it
 */
std::optional<std::string> TakeDate(std::string_view& text);

/// Takes a time of day off the front: "5:36:15 PM", "下午 5:36", "17:36". \return "17:36:15"
std::optional<std::string> TakeTime(std::string_view& text);

/// SMTP's command that a word stands for: "数据" is DATA; empty where it is none.
std::string_view CommandOf(std::string_view word);

/// An English word that servers answer with: "感谢" is "Thanks"; empty where it is none.
std::string_view ReplyWordOf(std::string_view word);

/// A printed packet with tcpdump's own words: "标志 [P.], 确认 21, 长度 20".
std::string WithPacketWords(std::string_view line);

/// The spreadsheets' sign, in any language, of a formula that names nothing: "#NAME?", "#NOM?".
bool IsFormulaError(std::string_view word);

} // namespace bouncelab::detectors::translated

#endif // BOUNCELAB_DETECTORS_READERS_TRANSLATED_WORDS_H
